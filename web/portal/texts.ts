// Words, numbers and days in the language of the page.
import type { Key, PluralKey } from "#types/messages";
import { offsetAt, shownAt } from "../shared/clocks";
import { data } from "./page-data";

const rules = new Intl.PluralRules(data.language);
const digits = new Intl.NumberFormat(data.locale);

export function t(key: Key, values: Readonly<Record<string, string>> = {}): string {
  const text = data.texts[key] ?? key;
  // One pass: what is filled in is never read for braces itself.
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

export function plural(key: PluralKey, n: number): string {
  const forms = data.plurals[key] ?? {};
  return (forms[rules.select(n)] ?? forms["other"] ?? "").replace("{n}", digits.format(n));
}

export function number(n: number): string {
  return digits.format(n);
}

export function decimal(n: number): string {
  return n.toLocaleString(data.locale, { maximumFractionDigits: 1 });
}

/** A decimal number that is known as text, digit by digit as it is; what is none stays as it was typed. */
export function written(decimals: string): string {
  const [, whole, part] = /^(\d+)(?:\.(\d+))?$/.exec(decimals) ?? [];
  if (!whole) return decimals;
  const mark = new Intl.NumberFormat(data.locale).formatToParts(1.5).find((each) => each.type === "decimal")?.value ?? ".";
  return digits.format(BigInt(whole)) + (part ? mark + part : "");
}

export function percent(part: number): string {
  return part.toLocaleString(data.locale, { style: "percent", maximumFractionDigits: 1 });
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A time as people say it: minutes, then hours, then days. The number stays beside its unit. */
export function span(seconds: number): string {
  const [unit, of] =
    seconds < MINUTE ? ["second", 1] : seconds < HOUR ? ["minute", MINUTE] : seconds < 2 * DAY ? ["hour", HOUR] : ["day", DAY];
  const amount = seconds / (of as number);
  const said = amount.toLocaleString(data.locale, {
    style: "unit",
    unit: unit as string,
    unitDisplay: "long",
    maximumFractionDigits: amount < 10 ? 1 : 0,
  });
  return said.replace(/ /g, "\u00a0");
}

/** A moment by the country's clocks, which the text names as the reporter may be abroad; or a day alone. */
export function when(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const said = { dateStyle: "long", timeZone: "UTC" } as const;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return at.toLocaleDateString(data.locale, said);
  return `${shownAt(data.clocks, at).toLocaleString(data.locale, { ...said, timeStyle: "short" })} ${offsetAt(data.clocks, at)}`;
}

/** The names of the months, as the country writes them. */
export function months(): string[] {
  const name = new Intl.DateTimeFormat(data.locale, { month: "long", timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, month) => name.format(Date.UTC(2024, month)));
}

export function country(code: string): string {
  return new Intl.DisplayNames(data.language, { type: "region" }).of(code) ?? code;
}
