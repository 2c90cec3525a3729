// What can be said to be wrong before anything is sent. The service has the last word.
import type { Finding } from "../api";
import { odd } from "../unsendable-characters";
import { t } from "../texts";
import { amountOf } from "./amount";
import { type Answers, asksMoney, givesNumber, type LossRow } from "./answers";
import { dayOf } from "./day";

type Found = Map<string, string>;
type Check = (answers: Answers) => Found;

const LONGEST_NARRATIVE = 20_000;
const length = (text: string): number => [...text].length;
const line = (id: string, text: string, longest: number): readonly (readonly [string, boolean, string])[] => [
  [id, odd(text), t("error.control")],
  [id, length(text) > longest, t("error.value_long")],
];

function found(...entries: readonly (readonly [string, boolean, string])[]): Found {
  return new Map(entries.filter(([, wrong]) => wrong).map(([id, , text]) => [id, text]));
}

/** Which of several payments is meant: two errors must not read alike in the summary. */
function ofPayment({ losses }: Answers, row: LossRow, text: string): string {
  return losses.length > 1 ? `${t("report.loss", { number: String(losses.indexOf(row) + 1) })}: ${text}` : text;
}

/** Whether a telephone number has too few digits to be one. */
const tooShort = (phone: string): boolean => phone.replace(/[^\d٠-٩]/g, "").length < 6;

const badDay = (typed: string): boolean => dayOf(typed) === undefined;

const locations: Check = (a) =>
  found(
    ...a.locations.flatMap((row) => line(`value-${row.id}`, row.value, 2048)),
    ...line("platform", a.platform, 200),
  );

export const CHECKS = {
  way: (a) => found(["way", a.way === undefined, t("error.way")]),
  category: (a) => found(["category", a.category === undefined, t("error.category")]),
  before: () => new Map(),
  role: (a) => found(["role", a.role === undefined, t("error.role")]),
  narrative: (a) =>
    new Map([
      ...found(
        ["narrative", !a.narrative.trim(), t("error.narrative")],
        ["narrative", odd(a.narrative), t("error.control")],
        ["narrative", length(a.narrative) > LONGEST_NARRATIVE, t("error.narrative_long")],
      ),
      ...locations(a),
    ]),
  locations,
  when: (a) => found(["day", badDay(a.day), t("error.day")]),
  money: (a) =>
    found(
      ["lost", asksMoney(a) && a.lost === undefined, t("error.money")],
      ...(asksMoney(a) && a.lost === "yes" ? a.losses : []).flatMap((row) => [
        [`amount-${row.id}`, !isAmount(row.amount), ofPayment(a, row, t("error.amount"))] as const,
        [`paidOn-${row.id}`, badDay(row.paidOn), ofPayment(a, row, t("error.day"))] as const,
        ...line(`account-${row.id}`, row.account, 200).map(([id, is, text]) => [id, is, ofPayment(a, row, text)] as const),
      ]),
    ),
  place: (a) =>
    found(
      ["code-0", a.place === "list" && !a.codes.length, t("error.region")],
      ["placeText", a.place === "text" && !a.placeText.trim(), t("error.place_text")],
      ...line("placeText", a.place === "text" ? a.placeText : "", 300),
      ["country", a.place === "abroad" && !a.country, t("error.country")],
      ...line("livesText", a.place === "abroad" ? a.livesText : "", 300),
    ),
  safety: (a) =>
    found(
      ["callNumber", givesNumber(a) && tooShort(a.callNumber), t("error.phone")],
      ["callSafe", givesNumber(a) && a.callSafe === undefined, t("error.call_safe")],
    ),
  disclosure: (a) => {
    const reachable = a.disclosure === "confidential" || a.disclosure === "identified";
    const { email, phone } = { email: a.email.trim(), phone: a.phone.trim() };
    return found(
      ["disclosure", a.disclosure === undefined, t("error.disclosure")],
      ["fullName", a.disclosure === "identified" && !a.fullName.trim(), t("error.full_name")],
      ["email", reachable && !email && !phone, t("error.contact")],
      ["email", reachable && email !== "" && !/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(email), t("error.email")],
      ["phone", reachable && phone !== "" && tooShort(phone), t("error.phone")],
    );
  },
  check: () => new Map(),
} satisfies Record<string, Check>;

export type StepId = keyof typeof CHECKS;

function isAmount(typed: string): boolean {
  const amount = amountOf(typed);
  return /^\d{1,15}(\.\d{1,8})?$/.test(amount) && Number(amount) > 0;
}

/** Where a finding of the service belongs: the page, the field, and our words for it. */
export function placeOfFinding(finding: Finding, answers: Answers): [StepId, string, string] {
  const [step, field, text] = placeOf(finding, answers);
  if (finding.code === "text.control") return [step, field, t("error.control")];
  if (finding.code !== "string_too_long") return [step, field, text];
  return [step, field, t(field === "narrative" ? "error.narrative_long" : "error.value_long")];
}

/** Where the places are asked for: beside the narrative, for who came by a way of their own. */
function where(answers: Answers): StepId {
  return answers.way === "other" ? "locations" : "narrative";
}

function placeOf(finding: Finding, answers: Answers): [StepId, string, string] {
  const path = finding.pointer.replace(/^#\//, "").split("/");
  const refused = t("error.refused");
  switch (path[0]) {
    case "call_now":
      return path[1] === "safe"
        ? ["safety", "callSafe", t("error.call_safe")]
        : ["safety", "callNumber", t("error.phone")];
    case "category":
      return ["category", "category", t("error.category")];
    case "role":
      return ["role", "role", t("error.role")];
    case "narrative":
      return ["narrative", "narrative", t("error.narrative")];
    case "locations": {
      const rows = answers.locations.filter((row) => row.value.trim());
      return [where(answers), `value-${rows[Number(path[1])]?.id ?? 1}`, refused];
    }
    case "platform":
      return [where(answers), "platform", refused];
    case "seen_at":
      return ["when", "day", t("error.day")];
    case "money_lost": {
      const row = answers.losses[Number(path[1])]?.id ?? 1;
      return path[2] === "amount" ? ["money", `amount-${row}`, t("error.amount")]
        : path[2] === "at" ? ["money", `paidOn-${row}`, t("error.day")]
        : ["money", `${path[2] === "currency" ? "currency" : "account"}-${row}`, refused];
    }
    case "territory":
      return path[1] === "residence" ? ["place", "lives-0", t("error.region")]
        : path[1] === "residence_text" ? ["place", "livesText", t("error.place_text")]
        : answers.place === "abroad" ? ["place", "country", t("error.country")]
        : answers.place === "text" ? ["place", "placeText", t("error.place_text")]
        : ["place", "code-0", t("error.region")];
    case "disclosure":
      return path.includes("email") ? ["disclosure", "email", t("error.email")]
        : path.includes("phone") ? ["disclosure", "phone", t("error.phone")]
        : path.includes("name") ? ["disclosure", "fullName", t("error.full_name")]
        : path.includes("id_number") ? ["disclosure", "idNumber", refused]
        : path.includes("address") ? ["disclosure", "address", refused]
        : ["disclosure", "email", t("error.contact")];
    default:
      return ["check", "send", refused];
  }
}
