// What can be done to a case beside the decision at its foot, by what `may` names. The forms for it
// are parts of their own (form.tsx): most cases need none.
import { useLayoutEffect, useState } from "preact/hooks";
import type { CaseView, Person } from "./api";
import { comparable } from "./similar-cases";
import { ENDED, HELD_BY_UNIT, TAKING_MESSAGE, TAKING_REMARK, WITHOUT_UNIT } from "./statuses";

export type ActId =
  | "compare" | "admit" | "take_out" | "look" | "no_danger" | "pass" | "danger_over" | "inform" | "receipt" | "instruct" | "annul" | "suspect" | "suspect_event"
  | "suspect_correct" | "freeze" | "freeze_step" | "payment" | "waive" | "notice" | "notice_withdraw" | "closure"
  | "closure_correct" | "resume" | "reopen" | "split" | "message" | "note" | "dossier" | "identity_ask" | "identities" | "identity_accept" | "identity_doubt" | "assign" | "reassign" | "break_hold" | "retry" | "keep" | "erase" | "court_hold" | "court_lift";

/** Acts with a screen of their own; the others have a form. */
export type ScreenId = "compare" | "dossier" | "identities";
export type FormId = Exclude<ActId, ScreenId>;

/** An act that somebody chose, and what it is about where that is chosen already. */
export interface Asked {
  readonly act: ActId | "list";
  readonly of?: string;
  /** The form that it was begun from, to which leaving it leads back. */
  readonly from?: FormId;
  /** What could not be begun before it, which its form says. */
  readonly before?: "ask";
}

type Move = CaseView["may"][number];
interface Row {
  readonly act: ActId;
  /** One of these has to be open to the reader; none where whoever reads the case may. */
  readonly moves: readonly Move[];
  /** Whether there is something for it to act on, where `may` does not tell it. */
  readonly on?: (view: CaseView, person: Person) => boolean;
}

const isProsecutor = (_: CaseView, person: Person): boolean => person.role === "prosecutor";
/** What an officer enters of the prosecutor's decisions, a prosecutor gives. */
const instructs = (view: CaseView, person: Person): boolean => isOfficer(view, person) || isProsecutor(view, person);
const isOfficer = (_: CaseView, person: Person): boolean => person.role === "officer";

/** An analyst writes to the reporters of cases that stand at the desk; a unit writes to those of its own. */
const writes = (view: CaseView, person: Person): boolean =>
  !isProsecutor(view, person) && TAKING_MESSAGE.includes(view.status) && (person.role !== "analyst" || WITHOUT_UNIT.includes(view.status));

/** What a prosecutor gave at the desk, no officer takes back. */
export const mayAnnul = (entry: NonNullable<CaseView["instructions"]>[number], person: Person): boolean =>
  person.role === "prosecutor" || entry.given !== "by_prosecutor";

/** Whether the unit may take back that it informed the office. */
export const mayUninform = (view: CaseView, person: Person): boolean =>
  !isProsecutor(view, person) && Boolean(view.informed && !view.informed.received_at);

/** In the order in which the list shows them. */
const ROWS: readonly Row[] = [
  { act: "compare", moves: ["merge", "keep_apart"], on: (view, person) => !isOfficer(view, person) && comparable(view).length > 0 },
  { act: "look", moves: ["look"] },
  { act: "admit", moves: ["admit"] },
  { act: "instruct", moves: ["authorise", "check", "instruct", "transfer", "close"], on: instructs },
  { act: "inform", moves: ["inform"] },
  { act: "receipt", moves: ["receipt"] },
  { act: "suspect", moves: ["suspect"], on: (view) => !ENDED.includes(view.status) },
  { act: "suspect_event", moves: ["suspect"], on: (view) => (view.outcomes ?? []).length > 0 },
  { act: "notice", moves: ["notice"] },
  { act: "message", moves: [], on: writes },
  { act: "assign", moves: [], on: (view, person) => isOfficer(view, person) && HELD_BY_UNIT.includes(view.status) },
  { act: "note", moves: [], on: (view, person) => !isProsecutor(view, person) && TAKING_REMARK.includes(view.status) },
  { act: "freeze", moves: ["freeze"] },
  { act: "freeze_step", moves: ["freeze"], on: (view) => (view.freezes ?? []).some((each) => each.bond !== "lifted") },
  { act: "pass", moves: ["pass"] },
  { act: "no_danger", moves: ["no_danger"] },
  { act: "closure", moves: ["close"], on: (view, person) => isOfficer(view, person) || (isProsecutor(view, person) && view.status === "awaiting_authorisation") },
  { act: "payment", moves: ["payment"] },
  { act: "waive", moves: ["waive"] },
  { act: "take_out", moves: ["take_out"] },
  { act: "annul", moves: ["annul"], on: (view, person) => instructs(view, person) && (mayUninform(view, person) || (view.instructions ?? []).some((each) => !each.annulled && mayAnnul(each, person))) },
  { act: "danger_over", moves: ["annul"], on: (view, person) => !isProsecutor(view, person) && (view.gate ?? []).some((each) => each.by === "danger") },
  { act: "suspect_correct", moves: ["correct"], on: (view) => (view.outcomes ?? []).length > 0 },
  { act: "notice_withdraw", moves: ["notice_withdrawn"] },
  { act: "closure_correct", moves: ["correct"], on: (view) => Boolean(view.closed) },
  { act: "resume", moves: ["resume"] },
  { act: "reopen", moves: ["reopen"] },
  { act: "split", moves: ["split"] },
  { act: "break_hold", moves: ["break_hold"] },
  { act: "reassign", moves: ["reassign"] },
  { act: "retry", moves: ["retry"] },
  { act: "keep", moves: ["keep"] },
  { act: "erase", moves: ["erase"] },
  { act: "court_hold", moves: ["court_hold"] },
  { act: "court_lift", moves: ["court_hold_lifted"] },
  { act: "identity_ask", moves: [], on: (view, person) => isOfficer(view, person) && HELD_BY_UNIT.includes(view.status) && view.reports.some((each) => each.disclosure !== "anonymous") },
  { act: "identities", moves: ["identity_accepted", "identity_doubted"], on: (view) => view.history.some((each) => each.move === "identity_asked") },
  { act: "dossier", moves: [] },
];

/** The acts that are open to the reader of a case now. */
export const actsOf = (view: CaseView, person: Person): readonly ActId[] =>
  ROWS.filter(
    ({ moves, on }) => (!moves.length || moves.some((each) => view.may.includes(each))) && (on?.(view, person) ?? true),
  ).map(({ act }) => act);

interface Draft {
  readonly values: Readonly<Record<string, string>>;
  /** The Idempotency-Key of what is typed: a repeat after a doubt is the same act. */
  readonly key: string;
}

/** What was typed for acts and is not sent, by case and act: it outlives a refusal. */
export const drafts = new Map<string, Draft>();
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
