// Why the service refused something, in words.
import type { Finding } from "./api";
import { said, t } from "./words";

/** A word above a case: who changed it meanwhile, or why the last act was refused. */
export interface Notice {
  readonly kind: string;
  /** The last entry that its reader knew of: what came later is news. */
  readonly known?: number;
  /** What its reader did that holds, in words; nothing was refused. */
  readonly holds?: string;
}

const KNOWN = [
  "case-changed", "news-unseen", "held-by-another", "held-long-enough", "taken-by-another", "reports-unseen", "second-look-owed", "danger-stands", "cannot-wait", "authorisation-awaited", "other-case-unfit", "not-alike", "no-identity", "identity-not-released", "number-not-opened", "opening-not-found",
  "illegal-move", "case-not-found", "not-allowed", "not-valid", "key-conflict", "network", "too-many", "busy", "dossier-too-large", "package-not-found", "package-failed",
] as const;

export function refusal(kind: string): string {
  const known = KNOWN.find((each) => each === kind);
  return known ? t(`problem_${known}`) : t("problem_other", { kind });
}

const WHY = {
  "reference.form": "why_reference",
  "date.until": "why_until",
  "hold.not_later": "why_hold_not_later",
  "hold.many": "why_hold_many",
} as const;

/** The field that cannot be accepted, and why where the page has words for it. */
export function wrongIn({ field, code }: Finding): string {
  const why = Object.entries(WHY).find(([each]) => each === code)?.[1];
  return why ? `${said("field", field)}: ${t(why)}` : said("field", field);
}
