// The forms of acts on a case. Those of money stand in forms-of-money.ts.
import { type FormId, mayAnnul, mayUninform } from "./acts";
import { call, type CaseView } from "./api";
import { choice, type Choice, day, type Field, filled, type Form, fromOffice, fromProsecutor, known, list, ofOffice, options, reason, type Schemas, unnamed, type Values } from "./fields";
import { compareContacts, isNamed, warningOf } from "./contacts";
import { nameOf } from "./entries";
import { MONEY } from "./freeze-forms";
import { type Hold, holdOf, worded } from "./legal-holds";
import { mentionedIn, readersOf } from "./mentions";
import { when } from "./times";
import { named, number, said, t, words } from "./words";

/** What a prosecutor decides: an instruction, or that the authorisation is refused, which ends the case. */
type Kind = Exclude<Schemas["InstructionEntry"]["kind"], "annul"> | "refuse";
type Happening = Schemas["SuspectEvent"]["happening"];

const ALL = "all";
/** Reports that one call admits. */
const MOST_NAMED = 40;
const NOBODY = "nobody";

/** Words to whoever gets the case, who reads them first. */
const HAND_OVER: Field = { name: "handover", is: "words", most: 500, optional: true };
const wordsWith = ({ handover }: Values): { words?: string } => (handover?.trim() ? { words: handover.trim() } : {});

/** The officers of the reader's unit. */
let colleagues: readonly Schemas["Colleague"][] = [];

/** The hold that a lifting ends; one that ended meanwhile has its entry alone. */
const lifted = (view: CaseView, entry: string | undefined): Hold =>
  holdOf(view, entry) ?? { court: "", reference: "", until: "", entry: Number(entry) };

/** Why the case can end where it stands, or could have ended. */
const reasonsOf = (view: CaseView): NonNullable<CaseView["closure_reasons"]> => view.closure_reasons ?? [];

/** The decisions of the prosecutor that the case can take now, the likeliest first. */
function kindsFor(view: CaseView): Kind[] {
  const may = (move: CaseView["may"][number]): boolean => view.may.includes(move);
  // A case that nobody may inquire into yet ends by that refusal, and by no other decision.
  const refusable = reasonsOf(view).includes("authorisation_refused");
  const kinds: readonly (readonly [Kind, boolean])[] = [
    ["authorise", may("authorise") || may("instruct")],
    ["order_checks", may("check")],
    ["investigate", may("instruct")],
    ["complete", may("instruct")],
    ["transfer", may("transfer")],
    ["close", may("close") && !refusable],
    ["refuse", may("close") && refusable],
    ["join", may("merge")],
  ];
  return kinds.filter(([, there]) => there).map(([kind]) => kind);
}

/** What a decision says; only an authorisation has conditions. A refusal is a closure, which has no words. */
const wordingOf = (kind: Kind | undefined): Field[] => [
  ...(kind === "refuse" ? [] : [{ name: "wording", is: "words", most: 4000, optional: true } as const]),
  ...(kind === "authorise" ? [{ name: "conditions", is: "words", most: 2000, optional: true } as const] : []),
];

const OF_A_KIND: Partial<Record<Kind, () => Field>> = {
  transfer: () => list("unit", words.units),
  join: () => ({ name: "into", is: "line", most: 26 }),
  close: () => endGround(),
};

/** The dossiers that were taken of the case, the latest first. */
const exportsOf = (view: CaseView): Choice[] =>
  view.history
    .filter((each) => each.move === "export")
    .reverse()
    .map((each) => ({ id: String(each.number), name: t("export_taken", { time: when(each.at), name: nameOf(view, each.by) }) }));

/** What names the dossier that was handed over: the one that was taken here, or its file. */
const dossierOf = (taken: readonly Choice[]): readonly Field[] => [
  ...(taken.length ? [{ name: "export", is: "list", options: taken, usual: taken[0]?.id, optional: true } as const] : []),
  { name: "dossier_file", is: "file", optional: taken.length > 0 },
];

const endGround = (): Field =>
  choice<Schemas["CloseCase"]["ground"]>("ground", "endground", ["no_offence", "insufficient_evidence", "unknown_offender", "prescription", "other"]);

const reports = (view: CaseView, name: string, first: readonly { id: string; name: string }[], of: (each: CaseView["reports"][number]) => boolean): Field => ({
  name,
  is: "choice",
  options: [
    ...first,
    ...view.reports.filter(of).map((each) => ({ id: each.reference, name: `${t("report_n", { n: number(each.number) })} ${each.reference}` })),
  ],
});

const suspects = (view: CaseView): Field => ({
  name: "suspect",
  is: "choice",
  options: (view.outcomes ?? [])
    .filter((each) => each.standing !== "withdrawn")
    .map((each) => ({ id: String(each.number), name: `${number(each.number)} · ${said("suspect", each.standing)}` })),
});

/** What can happen to a suspect who stands so. */
function happenings(view: CaseView, suspect: string | undefined): Happening[] {
  const standing = (view.outcomes ?? []).find((each) => String(each.number) === suspect)?.standing;
  if (standing === "wanted") return ["arrested", "lapsed", "cancelled", "presented"];
  return standing === "arrested" ? ["presented"] : ["wanted", "arrested", "presented"];
}

/** The entries about a suspect, to name the one that was an error; the latest first. */
function entriesOf(view: CaseView, suspect: string | undefined): Field {
  const found = (view.outcomes ?? []).find((each) => String(each.number) === suspect);
  const entries = [...(found?.entries ?? [])].filter((each) => each.holds).reverse();
  return {
    name: "corrects",
    is: "choice",
    options: entries.map((each) => ({
      id: String(each.entry),
      name: `${each.happening ? said("suspect", each.happening) : t("correction")} · ${when(each.on ?? each.at)}`,
    })),
  };
}

/** The shown reports that nobody has admitted, as many as one call takes. One whose contact is named in the case is chosen by itself. */
const notAdmitted = (view: CaseView): string[] =>
  view.reports.filter((each) => !each.belongs && !isNamed(view.id, each.reference)).map((each) => each.reference).slice(0, MOST_NAMED);

/** Those that the reader chose to admit. */
const toAdmit = (view: CaseView, values: Values): string[] => (values["reports"] === ALL ? notAdmitted(view) : [values["reports"] ?? ""]);

/** The same choice, where the names of those whose contact is named in the case say so. */
const flagged = (view: CaseView, field: Field): Field => ({
  ...field,
  options: (field.options ?? []).map(({ id, name }) => ({ id, name: isNamed(view.id, id) ? `${name} · ${t("contact_flag")}` : name })),
});

/** All of them at once, if there are any. */
function allAtOnce(view: CaseView): Choice[] {
  const n = notAdmitted(view).length;
  const others = view.reports.some((each) => !each.belongs && isNamed(view.id, each.reference));
  return n ? [{ id: ALL, name: t(others ? "admit_all_others" : "admit_all", { n: number(n) }) }] : [];
}

const closing = (values: Readonly<Record<string, string>>): Record<string, string> =>
  filled(values, values["reason"] === "closed_by_prosecutor" ? ["reason", "ground"] : ["reason"]);

export const FORMS: Readonly<Record<FormId, Form>> = {
  ...MONEY,
  admit: {
    ready: compareContacts,
    fields: (view) => [flagged(view, reports(view, "reports", allAtOnce(view), (each) => !each.belongs))],
    warns: (view, values) => toAdmit(view, values).map((each) => warningOf(view.id, each)).find(Boolean),
    call: () => "admissions",
    body: (values, view): Schemas["Admission"] => ({ reports: toAdmit(view, values) }),
  },
  take_out: {
    fields: (view) => [
      reports(view, "report", [], () => true),
      choice<Schemas["TakeOut"]["because"]>("because", "takeout", ["other_facts", "named_by_chance", "needs_own_review"]),
    ],
    call: () => "take-out",
    body: (values) => filled(values, ["report", "because"]),
  },
  look: {
    fields: () => [],
    call: () => "look",
    body: (_, view): Schemas["Look"] => ({ seen: view.unread?.last ?? view.last_entry }),
  },
  no_danger: {
    fields: () => [reason()],
    call: (_, person) => (person.role === "officer" ? "danger" : "review"),
    body: (values, view) => ({ ...filled(values, ["reason"]), outcome: "no_danger", dangers: view.dangers ?? 0, seen: view.last_entry }),
  },
  pass: {
    fields: () => [choice<Schemas["PassGate"]["danger"]>("danger", "danger", ["life", "child", "attack"]), reason("ground_told")],
    call: () => "danger",
    body: (values) => ({ outcome: "pass", ...filled(values, ["danger"]), ground: values["ground_told"]?.trim() }),
  },
  danger_over: {
    fields: () => [reason()],
    call: () => "danger",
    body: (values) => ({ outcome: "withdraw", ...filled(values, ["reason"]) }),
  },
  instruct: {
    first: (view, { kind }) => (kind === "close" || kind === "refuse" ? unnamed(view) : undefined),
    fields: (view, { kind }, person) => {
      const more = OF_A_KIND[kind as Kind];
      return [{ name: "kind", is: "choice", options: options<Kind>("instruction", kindsFor(view)) }, ...(more ? [more()] : []), ...fromOffice(view, person), ...wordingOf(kind as Kind)];
    },
    call: ({ kind }) => (kind === "refuse" ? "closure" : "instructions"),
    body: (values, view, person) => ({
      ...(values["kind"] === "refuse" ? { reason: "authorisation_refused" } : filled(values, ["kind", "unit", "into", "ground", "wording", "conditions"])),
      ...ofOffice(values, person),
      ...known(view),
    }),
  },
  inform: {
    first: (view) => (exportsOf(view).length ? undefined : { why: t("export_first"), act: "dossier" }),
    fields: (view) => [
      choice<Schemas["Inform"]["means"]>("means", "informing", ["here", "in_person", "letter", "message", "telephone"]),
      day("informed_on"),
      ...dossierOf(exportsOf(view)),
      ...fromProsecutor(view).filter(({ name }) => name !== "reference" && name !== "decided_on"),
    ],
    call: () => "informed",
    body: (values) => {
      const [digest] = (values["dossier_file"] ?? "").split(" ");
      const handed = digest ? { digest } : values["export"] ? { export: Number(values["export"]) } : {};
      return { ...filled(values, ["means", "informed_on", "prosecutor", "court", "other_office"]), ...handed };
    },
  },
  receipt: { fields: () => [], call: () => "receipt", body: (_, view) => ({ entry: view.informed?.entry ?? 0 }) },
  annul: {
    fields: (view, _, person) => [
      {
        name: "entry",
        is: "choice",
        options: [
          ...(view.informed && mayUninform(view, person)
            ? [{ id: String(view.informed.entry), name: `${t("informed")} · ${when(view.informed.at)}` }]
            : []),
          ...(view.instructions ?? [])
            .filter((each) => !each.annulled && mayAnnul(each, person))
            .reverse()
            .map((each) => ({ id: String(each.entry), name: `${said("instruction", each.instruction)} · ${when(each.decided_on)} · ${each.reference}` })),
        ],
      },
      reason(),
    ],
    call: () => "instructions",
    body: (values) => ({ kind: "annul", entry: Number(values["entry"]), ...filled(values, ["reason"]) }),
  },
  suspect: { fields: () => [day("on")], call: () => "suspects", body: (values) => filled(values, ["on"]) },
  suspect_event: {
    fields: (view, { suspect }) => [
      suspects(view),
      { name: "happening", is: "choice", options: options<Happening>("suspect", happenings(view, suspect)) },
      day("on"),
    ],
    call: ({ suspect }) => `suspects/${suspect}/events`,
    body: (values) => filled(values, ["happening", "on"]),
  },
  suspect_correct: {
    fields: (view, { suspect }) => [
      suspects(view),
      entriesOf(view, suspect),
      choice<Schemas["Correction"]["because"]>("because", "correcting", [
        "other_day", "other_event", "other_person", "other_case", "recorded_twice", "did_not_happen",
      ]),
    ],
    call: ({ suspect }) => `suspects/${suspect}/corrections`,
    body: (values) => ({ corrects: Number(values["corrects"]), ...filled(values, ["because"]) }),
  },
  notice: {
    fields: () => [
      choice<Schemas["GiveNotice"]["told"]>("told", "noticed", ["complainant", "victim", "lawyer"]),
      choice<Schemas["GiveNotice"]["means"]>("means", "noticing", ["letter", "telephone", "in_person", "message"]),
    ],
    call: () => "notice",
    body: (values) => filled(values, ["told", "means"]),
  },
  notice_withdraw: { fields: () => [reason()], call: () => "notice/withdrawal", body: (values) => filled(values, ["reason"]) },
  closure: {
    first: unnamed,
    fields: (view, _, person) => [
      choice("reason", "closed", reasonsOf(view)),
      ...fromOffice(view, person),
    ],
    call: () => "closure",
    body: (values, view, person) => ({ ...filled(values, ["reason"]), ...ofOffice(values, person), ...known(view) }),
  },
  closure_correct: {
    fields: (view, values) => [
      choice("reason", "closed", reasonsOf(view)),
      ...(values["reason"] === "closed_by_prosecutor" ? [endGround()] : []),
    ],
    call: () => "closure/corrections",
    body: closing,
  },
  resume: { fields: () => [reason()], call: () => "closure/withdrawal", body: (values) => filled(values, ["reason"]) },
  reopen: {
    fields: () => [choice<Schemas["Reopen"]["because"]>("because", "reopening", ["new_facts", "error", "complaint"])],
    call: () => "review",
    body: (values) => ({ outcome: "reopen", ...filled(values, ["because"]) }),
  },
  split: { fields: () => [], call: () => "review", body: () => ({ outcome: "split" }) },
  message: {
    soon: "message",
    fields: (view, values) => [
      // To all are those who were admitted: where nobody was, that reaches nobody.
      ...(view.reports.length > 1
        ? [reports(view, "reports", view.cursor || view.reports.some((each) => each.belongs) ? [{ id: ALL, name: t("message_all") }] : [], () => true)]
        : []),
      { name: "text", is: "words", least: 1, most: 4000, lang: view.reports.find((each) => each.reference === values["reports"])?.language ?? view.language },
    ],
    call: () => "messages",
    body: (values, view): Schemas["Message"] => {
      const only = view.reports.length === 1 ? view.reports[0]?.reference : undefined;
      const chosen = values["reports"] === ALL ? undefined : (values["reports"] ?? only);
      return { text: values["text"]?.trim() ?? "", ...(chosen ? { reports: [chosen] } : {}) };
    },
  },
  identity_ask: {
    fields: (view) => [
      reports(view, "report", [], (each) => each.disclosure !== "anonymous"),
      { name: "motive", is: "words", least: 30, most: 2000 },
    ],
    call: () => "identity-requests",
    body: (values) => filled(values, ["report", "motive"]),
  },
  identity_accept: { fields: () => [], call: ({ request }) => `identity-requests/${request}/verdict`, body: () => ({ outcome: "accept" }) },
  identity_doubt: {
    fields: () => [reason()],
    call: ({ request }) => `identity-requests/${request}/verdict`,
    body: (values) => ({ outcome: "doubt", ...filled(values, ["reason"]) }),
  },
  note: {
    fields: ({ id }) => [{ name: "note", is: "words", least: 1, most: 2000, of: id }],
    call: () => "notes",
    body: (values, { id }): Schemas["Note"] => ({
      text: values["note"]?.trim() ?? "",
      mentions: mentionedIn(values["note"] ?? "", readersOf(id)).map(({ subject }) => subject),
      ...(values["settles"] ? { settles: Number(values["settles"]) } : {}),
    }),
  },
  assign: {
    ready: async () => {
      colleagues = (await call<Schemas["Colleagues"]>({ method: "GET", path: "/v1/desk/colleagues" })).body.people;
    },
    fields: (_, { owner }) => [
      {
        name: "owner",
        is: "choice",
        options: [...colleagues.map(({ subject, name }) => ({ id: subject, name })), { id: NOBODY, name: t("owner_none") }],
      },
      ...(owner && owner !== NOBODY ? [HAND_OVER] : []),
    ],
    method: "PUT",
    call: () => "owner",
    body: ({ owner, ...values }): Schemas["Ownership"] => (owner && owner !== NOBODY ? { to: owner, ...wordsWith(values) } : {}),
  },
  reassign: {
    fields: () => [list("unit", words.units), HAND_OVER],
    call: () => "reassign",
    body: (values) => ({ ...filled(values, ["unit"]), ...wordsWith(values) }),
  },
  break_hold: { fields: () => [reason()], call: () => "hold/break", body: (values) => filled(values, ["reason"]) },
  retry: { fields: () => [], call: () => "retry", body: () => ({}) },
  keep: {
    fields: () => [
      choice<Schemas["Keep"]["ground"]>("ground", "keeping", ["proceedings_open", "limitation_interrupted", "needed_in_another_case"]),
      { name: "until", is: "day" },
    ],
    call: () => "retention",
    body: (values) => ({ outcome: "keep", ...filled(values, ["ground", "until"]) }),
  },
  erase: { fields: () => [], call: () => "retention", body: () => ({ outcome: "erase" }) },
  court_hold: {
    fields: ({ competence }) => [
      { name: "reference", is: "line", most: 40 },
      list("court", words.courts, competence.court),
      { name: "until", is: "day" },
    ],
    call: () => "retention",
    body: (values) => ({ outcome: "court_hold", ...filled(values, ["court", "reference", "until"]) }),
  },
  court_lift: {
    soon: "court_lift",
    fields: () => [],
    about: (view, { hold }) => {
      const { court, reference } = lifted(view, hold);
      return [named(words.courts, court), reference];
    },
    sure: (view, { hold }) => t("court_lift_sure", worded(lifted(view, hold))),
    call: () => "retention",
    body: ({ hold }, view) => {
      const { court, reference, entry } = lifted(view, hold);
      return { outcome: "court_hold_lifted", court, reference, entry };
    },
  },
};
