// What can be done to a case beside the decision at its foot. Which acts are open, and why others are not, the server says
// (`acts` and `closed_acts`); here stands how they are shown. Their forms are parts of their own (form.tsx): most cases need none.
import { useLayoutEffect, useState } from "preact/hooks";
import type { CaseView, Person } from "./api";
import { t } from "./words";

type NamedAct = CaseView["acts"][number];

/** Acts of the bar at the foot, which have keys of their own. */
const DECIDING = ["confirm", "reject", "ask", "merge", "acknowledge", "decline"] as const;
/** Verdicts on one identity, which the screen of all of them begins. */
type Verdict = "identity_accept" | "identity_doubt";
/** Acts beside the decision, as the server names them. */
export type ActBeside = Exclude<NamedAct, (typeof DECIDING)[number]>;
export type ActId = ActBeside | Verdict;

/** Acts with a screen of their own; the others have a form. */
export type ScreenId = "compare" | "dossier" | "identities";
export type FormId = Exclude<ActId, ScreenId>;

/** An act that somebody chose, and what it is about where that is chosen already. */
export interface Asked {
  readonly act: ActId;
  readonly of?: string;
  /** The form that it was begun from, to which leaving it leads back. */
  readonly from?: FormId;
  /** What could not be begun before it, which its form says. */
  readonly before?: "ask";
}

/** What a prosecutor gave at the desk, no officer takes back. */
export const mayAnnul = (entry: NonNullable<CaseView["instructions"]>[number], person: Person): boolean =>
  person.role === "prosecutor" || entry.given !== "by_prosecutor";

/** Whether the unit may take back that it informed the office. */
export const mayUninform = (view: CaseView, person: Person): boolean =>
  person.role !== "prosecutor" && Boolean(view.informed && !view.informed.received_at);

const isBeside = (act: NamedAct): act is ActBeside => !(DECIDING as readonly NamedAct[]).includes(act);

/** The acts beside the decision that are open to the reader of a case now. */
export const actsOf = (view: CaseView): readonly ActId[] => view.acts.filter(isBeside);

/** Why an act is not open to the reader now, in words; nothing for one that is, or that the role does not have. */
export function closedBecause(view: CaseView, act: NamedAct): string | undefined {
  const closed = view.closed_acts?.find((each) => each.act === act);
  return closed && t(`act_closed_${closed.because}`);
}

interface Draft {
  readonly values: Readonly<Record<string, string>>;
  /** The Idempotency-Key of what is typed: a repeat after a doubt is the same act. */
  readonly key: string;
}

/** What was typed for acts and is not sent, by case and act: it outlives a refusal. */
export const drafts = new Map<string, Draft>();
/** Under what name a draft is kept. */
export const draftOf = (id: string, { act, of }: Pick<Asked, "act" | "of">): string => `${id} ${act} ${of ?? ""}`;
/** The act that is open on a case: it stays open where the case is read again. */
const opened = new Map<string, Asked>();
const watching = new Set<() => void>();

/** Open an act on a case, or close the one that is. */
export function openAct(id: string, to?: Asked): void {
  if (to) opened.set(id, to);
  else opened.delete(id);
  for (const each of watching) each();
}

/** The act that is open on a case, whoever opened it. */
export function useOpenAct(id: string): Asked | undefined {
  const [, draw] = useState(0);
  useLayoutEffect(() => {
    const changed = (): void => draw((n) => n + 1);
    watching.add(changed);
    return () => void watching.delete(changed);
  }, []);
  return opened.get(id);
}
