// What can be said to be wrong before anything is sent. The service has the last word.
import type { Finding } from "../api";
import { t } from "../texts";
import { amountOf } from "./amount";
import { type Answers, type LossRow } from "./answers";

type Found = Map<string, string>;
type Check = (answers: Answers) => Found;

const LONGEST_NARRATIVE = 20_000;
const length = (text: string): number => [...text].length;
const today = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

function found(...entries: readonly (readonly [string, boolean, string])[]): Found {
  return new Map(entries.filter(([, wrong]) => wrong).map(([id, , text]) => [id, text]));
}

/** Which of several payments is meant: two errors must not read alike in the summary. */
function ofPayment({ losses }: Answers, row: LossRow, text: string): string {
  return losses.length > 1 ? `${t("report.loss", { number: String(losses.indexOf(row) + 1) })}: ${text}` : text;
}

/** A year of two digits is read as one of the first century; there was nothing online before this day. */
const EARLIEST = "1990-01-01";
const badDay = (day: string): boolean => day !== "" && (day > today() || day < EARLIEST);

export const CHECKS = {
  category: (a) => found(["category", a.category === undefined, t("error.category")]),
  before: () => new Map(),
  role: (a) => found(["role", a.role === undefined, t("error.role")]),
  narrative: (a) =>
    found(
      ["narrative", !a.narrative.trim(), t("error.narrative")],
      ["narrative", length(a.narrative) > LONGEST_NARRATIVE, t("error.narrative_long")],
    ),
  locations: (a) =>
    found(
      ...a.locations.map((row) => [`value-${row.id}`, length(row.value) > 2048, t("error.value_long")] as const),
      ["platform", length(a.platform) > 200, t("error.value_long")],
    ),
  when: (a) => found(["day", badDay(a.day), t("error.day")]),
  money: (a) =>
    found(
      ["lost", a.lost === undefined, t("error.money")],
      ...(a.lost === "yes" ? a.losses : []).flatMap((row) => [
        [`amount-${row.id}`, !isAmount(row.amount), ofPayment(a, row, t("error.amount"))] as const,
        [`paidOn-${row.id}`, badDay(row.paidOn), ofPayment(a, row, t("error.day"))] as const,
        [`account-${row.id}`, length(row.account) > 200, ofPayment(a, row, t("error.value_long"))] as const,
      ]),
    ),
  place: (a) =>
    found(
      ["code-0", a.place === "list" && !a.codes.length, t("error.region")],
      ["placeText", a.place === "text" && !a.placeText.trim(), t("error.place_text")],
      ["placeText", a.place === "text" && length(a.placeText) > 300, t("error.value_long")],
      ["country", a.place === "abroad" && !a.country, t("error.country")],
      ["livesText", a.place === "abroad" && length(a.livesText) > 300, t("error.value_long")],
    ),
  safety: () => new Map(),
  disclosure: (a) => {
    const reachable = a.disclosure === "confidential" || a.disclosure === "identified";
    const { email, phone } = { email: a.email.trim(), phone: a.phone.trim() };
    return found(
      ["disclosure", a.disclosure === undefined, t("error.disclosure")],
      ["fullName", a.disclosure === "identified" && !a.fullName.trim(), t("error.full_name")],
      ["email", reachable && !email && !phone, t("error.contact")],
      ["email", reachable && email !== "" && !/^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(email), t("error.email")],
      ["phone", reachable && phone !== "" && phone.replace(/[^\d٠-٩]/g, "").length < 6, t("error.phone")],
    );
  },
  check: () => new Map(),
} satisfies Record<string, Check>;

/** Days that were begun and not finished: the browser gives them as nothing at all. */
export function unfinished(form: HTMLFormElement, answers: Answers): Found {
  const dates = [...form.querySelectorAll<HTMLInputElement>("input[type=date]")];
  return new Map(
    dates
      .filter((input) => input.validity.badInput)
      .map(({ id }) => {
        const row = answers.losses.find((each) => id === `paidOn-${each.id}`);
        return [id, row ? ofPayment(answers, row, t("error.day")) : t("error.day")];
      }),
  );
}

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

function placeOf(finding: Finding, answers: Answers): [StepId, string, string] {
  const path = finding.pointer.replace(/^#\//, "").split("/");
  const refused = t("error.refused");
  switch (path[0]) {
    case "category":
      return ["category", "category", t("error.category")];
    case "role":
      return ["role", "role", t("error.role")];
    case "narrative":
      return ["narrative", "narrative", t("error.narrative")];
    case "locations": {
      const rows = answers.locations.filter((row) => row.value.trim());
      return ["locations", `value-${rows[Number(path[1])]?.id ?? 1}`, refused];
    }
    case "platform":
      return ["locations", "platform", refused];
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
