// What the reporter has answered so far. It lives in this tab's memory, and elsewhere only where kept.ts says.
import type { Report } from "../api";
import { currencies, data, type Way } from "../page-data";
import { amountOf } from "./amount";
import { dayOf } from "./day";

export interface LocationRow {
  readonly id: number;
  readonly kind: "url" | "handle" | "phone" | "email" | "other";
  readonly value: string;
}

export type PlaceKind = "list" | "text" | "abroad" | "none";
export type DisclosureKind = Report["disclosure"]["kind"];
type Payment = Extract<NonNullable<Report["money_lost"]>, readonly unknown[]>[number];
type Means = NonNullable<Payment["means"]>;

/** One payment, as it is typed. */
export interface LossRow {
  readonly id: number;
  readonly amount: string;
  readonly currency: string;
  readonly means: Means | "";
  readonly paidOn: string;
  readonly account: string;
}

export interface Answers {
  readonly way: Way | undefined;
  /** Whether the way was chosen before the form was opened. */
  readonly came: boolean;
  readonly category: string | undefined;
  readonly role: Report["role"] | undefined;
  readonly narrative: string;
  readonly locations: readonly LocationRow[];
  readonly platform: string;
  /** What pictures look like that stay on this device. */
  readonly pictures: readonly string[];
  /** As it was typed, see day.ts. */
  readonly day: string;
  readonly online: "yes" | "no" | "unknown" | undefined;
  readonly lost: "yes" | "no" | undefined;
  readonly losses: readonly LossRow[];
  readonly place: PlaceKind | undefined;
  /** Codes from the region inwards; the last one is sent. */
  readonly codes: readonly string[];
  readonly placeText: string;
  readonly country: string;
  /** Where the victim lives in this country, when it happened in another: picked or in words. */
  readonly lives: readonly string[];
  readonly livesText: string;
  readonly danger: boolean;
  /** Somebody thinks of harming themselves. */
  readonly despair: boolean;
  readonly minor: boolean;
  readonly vulnerable: boolean;
  /** Asked only where danger was ticked. */
  readonly callNumber: string;
  readonly callSafe: NonNullable<Report["call_now"]>["safe"] | undefined;
  readonly disclosure: DisclosureKind | undefined;
  readonly email: string;
  readonly phone: string;
  readonly fullName: string;
  readonly idNumber: string;
  readonly address: string;
}

/** The category of who does not know. */
export const UNKNOWN = "";

export function emptyLoss(id: number): LossRow {
  const currency = data.home === "MA" ? "MAD" : (currencies[0] ?? "");
  return { id, amount: "", currency, means: "", paidOn: "", account: "" };
}

export const NOTHING: Answers = {
  way: undefined,
  came: false,
  category: undefined,
  role: undefined,
  narrative: "",
  locations: [{ id: 1, kind: "url", value: "" }],
  platform: "",
  pictures: [],
  day: "",
  online: undefined,
  lost: undefined,
  losses: [emptyLoss(1)],
  place: undefined,
  codes: [],
  placeText: "",
  country: "",
  lives: [],
  livesText: "",
  danger: false,
  despair: false,
  minor: false,
  vulnerable: false,
  callNumber: "",
  callSafe: undefined,
  disclosure: undefined,
  email: "",
  phone: "",
  fullName: "",
  idNumber: "",
  address: "",
};

/** Whose money it may be: a witness lost none. */
export function asksMoney(answers: Answers): boolean {
  return answers.role !== "witness";
}

/** Whether somebody may be hurt, by others or by themselves. */
export function inDanger(answers: Answers): boolean {
  return answers.danger || answers.despair;
}

/** Whether the reporter gave a number to call. */
export function givesNumber(answers: Answers): boolean {
  return inDanger(answers) && answers.callNumber.trim() !== "";
}

export function placeOf(answers: Answers): Report["territory"] | undefined {
  const code = answers.codes.at(-1);
  if (answers.place === "list" && code) return { code };
  if (answers.place === "text") return { text: answers.placeText.trim() };
  if (answers.place === "abroad") {
    const lives = answers.lives.at(-1);
    const words = answers.livesText.trim();
    return {
      country: answers.country,
      ...(lives ? { residence: lives } : {}),
      ...(words ? { residence_text: words } : {}),
    } as Report["territory"];
  }
  return undefined;
}

function disclosureOf(answers: Answers): Report["disclosure"] {
  const { email, phone } = answers;
  const contact = {
    ...(email.trim() ? { email: email.trim() } : {}),
    ...(phone.trim() ? { phone: phone.trim() } : {}),
  };
  switch (answers.disclosure) {
    case "identified":
      return {
        kind: "identified",
        contact,
        identity: {
          name: answers.fullName.trim(),
          ...(answers.idNumber.trim() ? { id_number: answers.idNumber.trim() } : {}),
          ...(answers.address.trim() ? { address: answers.address.trim() } : {}),
        },
      };
    case "confidential":
      return { kind: "confidential", contact };
    default:
      return { kind: "anonymous" };
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The report to send. What was not answered is left out. */
export function reportOf(answers: Answers): Report {
  const report: Mutable<Report> = {
    category: answers.category || null,
    narrative: answers.narrative,
    locations: answers.locations
      .filter((row) => row.value.trim())
      .map((row) => ({ kind: row.kind, value: row.value.trim() })),
    role: answers.role ?? "witness",
    victim_is_minor: answers.minor,
    victim_is_vulnerable: answers.vulnerable,
    danger_now: inDanger(answers),
    language: data.language,
    disclosure: disclosureOf(answers),
  };
  if (givesNumber(answers) && answers.callSafe) report.call_now = { phone: answers.callNumber.trim(), safe: answers.callSafe };
  if (answers.platform.trim()) report.platform = answers.platform.trim();
  if (answers.way === "blackmailed" && answers.pictures.length) report.pictures = [...answers.pictures];
  const day = dayOf(answers.day);
  if (day) report.seen_at = day;
  if (answers.online === "yes" || answers.online === "no") {
    report.still_online = answers.online === "yes";
  }
  if (asksMoney(answers) && answers.lost === "yes") {
    report.money_lost = answers.losses.map((row) => {
      const paid = dayOf(row.paidOn);
      return {
        amount: amountOf(row.amount),
        currency: row.currency as Payment["currency"],
        ...(row.means ? { means: row.means } : {}),
        ...(paid ? { at: paid } : {}),
        ...(row.account.trim() ? { beneficiary_account: row.account.trim() } : {}),
      };
    });
  }
  const territory = placeOf(answers);
  if (territory) report.territory = territory;
  return report;
}
