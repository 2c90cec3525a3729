// The language in which the forms of acts are written: fields, and what they make together.
import type { components } from "#types/openapi";
import { dayAt } from "../shared/clocks";
import type { ActId } from "./acts";
import type { CaseView, Person } from "./api";
import { number, said, t, words } from "./words";

export type Schemas = components["schemas"];
export type Values = Readonly<Record<string, string>>;

export interface Choice<Id extends string = string> {
  readonly id: Id;
  readonly name: string;
}

export interface Field {
  readonly name: string;
  /** `choice`: a few options, by digits; `list`: many; `words`: sentences; `line`: one line; `day`; `file`: its digest and its name. */
  readonly is: "choice" | "list" | "words" | "line" | "day" | "file";
  readonly options?: readonly Choice[];
  readonly least?: number;
  readonly most?: number;
  readonly optional?: boolean;
  /** What is likely to be typed on a line: offered, and not imposed. */
  readonly offered?: readonly string[];
  /** The language of the reporter, where the words are for one: with templates. */
  readonly lang?: string;
  /** The case whose readers the words may name behind an @. */
  readonly of?: string;
  /** What stands there before anything is chosen. */
  readonly usual?: string | undefined;
}

export interface Form {
  readonly fields: (view: CaseView, values: Values, person: Person) => readonly Field[];
  /** What has to be read before the form can be shown. */
  readonly ready?: (view: CaseView) => Promise<void>;
  /** What is better done to the case before, where that was not done: why, and the act if the reader may. */
  readonly first?: (view: CaseView, values: Values) => { readonly why: string; readonly act: ActId | undefined } | undefined;
  /** What its reader has to know of what was chosen. */
  readonly warns?: (view: CaseView, values: Values) => string | undefined;
  /** What it does stays done: it is sent after a while in which it can be undone. */
  readonly soon?: "message" | "court_lift";
  /** What else it is about beside the case, said while it can be undone. */
  readonly about?: (view: CaseView, values: Values) => readonly string[];
  /** What is asked before it is sent, with names: the button says what it does. */
  readonly sure?: (view: CaseView, values: Values) => string;
  /** How the call is made; most are posted. */
  readonly method?: "PUT";
  /** The call, behind the address of the case. */
  readonly call: (values: Values, person: Person) => string;
  readonly body: (values: Values, view: CaseView, person: Person) => object;
}

/** What is said before a case ends: nobody tells the end to reporters whose reports were not named. */
export const unnamed = (view: CaseView): ReturnType<NonNullable<Form["first"]>> =>
  view.unadmitted ? { why: t("unnamed_at_end", { n: number(view.unadmitted) }), act: view.may.includes("admit") ? "admit" : undefined } : undefined;

/** Options with their words in a section of the texts. */
export const options = <Id extends string>(section: string, ids: readonly Id[]): readonly Choice<Id>[] =>
  ids.map((id) => ({ id, name: said(section, id) }));

export const choice = <Id extends string>(name: string, section: string, ids: readonly Id[]): Field => ({
  name,
  is: "choice",
  options: options(section, ids),
});

export const list = (name: string, names: Readonly<Record<string, string>>, usual?: string | null): Field => ({
  name,
  is: "list",
  options: Object.entries(names).map(([id, told]) => ({ id, name: told })),
  usual: usual ?? undefined,
});

/** A reason in words, as long as the API asks for. */
export const reason = (name = "reason"): Field => ({ name, is: "words", least: 10, most: 500 });

/** Today in the country, whose days the law counts, wherever the device stands. */
export const today = (): string => dayAt(words.clocks, new Date());
export const day = (name: string, optional = false): Field => ({ name, is: "day", usual: today(), optional });

/** What the reader knew of the case when they decided. */
export function known(view: CaseView): { seen: number; shown?: number } {
  const last = Math.max(...view.reports.map((each) => each.number));
  return { seen: view.last_entry, ...(view.unadmitted ? { shown: last } : {}) };
}

/** A dated act of a prosecutor's office: by default of the competent one, today. */
export const fromProsecutor = (view: CaseView): readonly Field[] => [
  { name: "reference", is: "line", most: 40 },
  day("decided_on"),
  list("prosecutor", words.prosecutors, view.competence.prosecutor),
  list("court", words.courts, view.competence.court),
  { name: "other_office", is: "words", least: 10, most: 500, optional: true },
];

/** A decision of a prosecutor's office: given by a prosecutor for their own, or entered with its document. */
export const fromOffice = (view: CaseView, person: Person): readonly Field[] =>
  person.role === "prosecutor"
    ? [{ name: "reference", is: "line", most: 40 }, day("decided_on")]
    : [...fromProsecutor(view), { name: "document", is: "file", optional: true }];

/** What such a decision is sent with. */
export function ofOffice(values: Values, person: Person): object {
  if (person.role === "prosecutor") return { ...filled(values, ["reference", "decided_on"]), prosecutor: person.office, court: person.court };
  const [sha256, ...name] = (values["document"] ?? "").split(" ");
  return { ...filled(values, ACT), ...(sha256 ? { document: { sha256, name: name.join(" ").slice(0, 120) } } : {}) };
}

/** The fields that were filled in, as they are. */
export const filled = (values: Values, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, (values[name] ?? "").trim()]).filter(([, value]) => value));

export const ACT = ["reference", "decided_on", "prosecutor", "court", "other_office"] as const;
