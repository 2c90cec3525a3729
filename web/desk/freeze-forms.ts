// The forms by which money is held back: payments that staff were told of, and each step of a freeze.
import type { CaseView } from "./api";
import { choice, day, type Field, filled, type Form, fromProsecutor, known, list, options, type Schemas } from "./fields";
import { number, said, words } from "./words";

type Step = Schemas["FreezeEntry"]["step"];

const MEANS: readonly Schemas["Means"][] = ["bank_transfer", "card", "cash", "cash_transfer", "mobile_wallet", "crypto", "voucher", "other"];
const CHANNELS = ["telephone", "e_mail", "letter", "in_person", "portal"] as const satisfies readonly Schemas["Payment"]["channel"][];

const line = (name: string, most: number, optional = true, usual?: string | null): Field => ({ name, is: "line", most, optional, usual: usual ?? undefined });
const institution = (name: string, optional = true, usual?: string | null): Field => ({ ...line(name, 200, optional, usual), offered: Object.values(words.parties) });
const currencies = (): Readonly<Record<string, string>> => {
  const names = new Intl.DisplayNames(words.locale, { type: "currency" });
  return Object.fromEntries(Object.keys(words.currencies).map((code) => [code, `${code} · ${names.of(code) ?? code}`]));
};
const currency = (optional: boolean, usual?: string | null): Field => ({ ...list("currency", currencies(), usual), optional });
const means = (usual?: string | null): Field => ({ name: "means", is: "list", options: options("means", MEANS), optional: true, usual: usual ?? undefined });
const onDay = (usual?: string | null): Field => ({ name: "at", is: "day", optional: true, usual: usual?.slice(0, 10) });

/** The first payment that a report tells of, and the report. */
function told(view: CaseView): Partial<Schemas["MoneyLost"]> & { readonly report?: string } {
  for (const each of view.reports) {
    const [first] = each.facts.money_lost ?? [];
    if (first) return { ...first, report: each.reference };
  }
  return {};
}

/** What can follow on each state of a freeze; an answer follows on whatever was sent. */
const NEXT: Readonly<Record<Schemas["Bond"], readonly Step[]>> = {
  open: ["notice", "asked", "authorised"],
  asked: ["authorised", "refused", "notice"],
  authorised: ["order", "notice"],
  refused: ["asked", "authorised", "notice"],
  ordered: ["lift_asked", "lifted"],
  lift_asked: ["lift_refused", "contested", "lifted"],
  lift_refused: ["contested", "lift_asked", "lifted"],
  contested: ["file_sent", "lifted"],
  at_court: ["upheld", "lifted"],
  lifted: [],
};

/** What can follow on a freeze as it stands now. */
const next = (freeze: Schemas["FreezeView"]): readonly Step[] => [...(freeze.sent ? (["answered"] as const) : []), ...NEXT[freeze.bond]];

const ON_A_STEP: Readonly<Record<Step, (view: CaseView, values: Readonly<Record<string, string>>) => readonly Field[]>> = {
  notice: () => [choice("channel", "channel", CHANNELS)],
  asked: () => [choice("channel", "channel", CHANNELS)],
  authorised: fromProsecutor,
  refused: fromProsecutor,
  order: () => [choice("channel", "channel", CHANNELS)],
  answered: (view, { found }) => [
    choice<Schemas["InstitutionAnswer"]["to"]>("to", "answerto", ["notice", "order"]),
    choice<Schemas["InstitutionAnswer"]["found"]>("found", "found", ["held", "partly_held", "gone", "unknown"]),
    ...(found === "held" || found === "partly_held"
      ? [line("held", 24, false), line("of", 24, false, told(view).amount), currency(false, told(view).currency)]
      : []),
    ...(found === "partly_held" || found === "gone" ? [institution("gone"), line("beneficiary_account", 200)] : []),
  ],
  lift_asked: () => [choice<Schemas["AskLifting"]["asker"]>("asker", "asker", ["holder", "third_party", "institution", "victim"]), day("on")],
  lift_refused: fromProsecutor,
  contested: () => [choice<Schemas["Contest"]["because"]>("because", "contesting", ["refusal", "silence"]), day("on")],
  file_sent: () => [day("on")],
  upheld: (view) => [line("reference", 40, false), list("court", words.courts, view.competence.court), day("on")],
  lifted: () => [
    choice<Schemas["Lift"]["ground"]>("ground", "lifting", ["prosecutor", "court", "expired", "not_linked", "wages_or_pension", "paid_back", "other"]),
    day("on"),
    line("reference", 40),
  ],
};

const STEPS_OF_AN_OFFICE: readonly Step[] = ["authorised", "refused", "lift_refused"];

export const MONEY: Readonly<Record<"freeze" | "freeze_step" | "payment" | "waive", Form>> = {
  freeze: {
    fields: (view) => {
      const first = told(view);
      return [
        institution("institution", false),
        line("amount", 24, false, first.amount),
        currency(false, first.currency),
        line("beneficiary_account", 200, true, first.beneficiary_account),
        means(first.means),
        onDay(first.at),
        line("operation", 200),
        line("report", 40, true, first.report),
      ];
    },
    call: () => "freezes",
    body: (values, view) => {
      const said = filled(values, ["institution", "amount", "currency", "beneficiary_account", "means", "at", "operation", "report"]);
      const { at } = told(view);
      // A field of a day cannot show the hour that the report tells.
      return at && at.slice(0, 10) === said["at"] ? { ...said, at } : said;
    },
  },
  freeze_step: {
    fields: (view, values) => {
      const open = (view.freezes ?? []).filter((each) => each.bond !== "lifted");
      const chosen = open.find((each) => String(each.number) === values["freeze"]);
      const step = values["step"] as Step | undefined;
      return [
        { name: "freeze", is: "choice", options: open.map((each) => ({ id: String(each.number), name: `${number(each.number)} · ${said("bond", each.bond)}` })) },
        ...(chosen ? [{ name: "step", is: "choice" as const, options: options("freezing", next(chosen)) }] : []),
        ...(step && step in ON_A_STEP ? ON_A_STEP[step](view, values) : []),
      ];
    },
    call: ({ freeze }) => `freezes/${freeze}/entries`,
    body: (values, view) => {
      const step = values["step"] as Step;
      const { gone, beneficiary_account, ...said } = filled(values, ["step", ...ON_A_STEP[step](view, values).map((each) => each.name)]);
      return {
        ...said,
        ...(gone ? { gone: [{ institution: gone, ...(beneficiary_account ? { beneficiary_account } : {}) }] } : {}),
        ...(STEPS_OF_AN_OFFICE.includes(step) ? known(view) : {}),
      };
    },
  },
  payment: {
    fields: (view) => [
      choice<Schemas["Payment"]["told_by"]>("told_by", "teller", ["reporter", "victim", "relative", "institution", "other"]),
      choice("channel", "channel", CHANNELS),
      line("amount", 24),
      currency(true, told(view).currency),
      onDay(),
      means(),
      line("beneficiary_account", 200),
      institution("institution"),
      line("report", 40, true, view.reports.length === 1 ? view.reports[0]?.reference : undefined),
    ],
    call: () => "payments",
    body: (values) => filled(values, ["told_by", "channel", "amount", ...(values["amount"] ? ["currency"] : []), "at", "means", "beneficiary_account", "institution", "report"]),
  },
  waive: {
    fields: () => [
      choice<Schemas["NotPursued"]["reason"]>("reason", "waiving", ["no_payment", "own_payment", "below_means", "account_unknown", "paid_back", "sent_before"]),
    ],
    call: () => "payments/waiver",
    body: (values) => filled(values, ["reason"]),
  },
};
