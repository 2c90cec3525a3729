// Words, numbers and days in the language of the page.
import type { Key, PluralKey } from "#types/messages";
import { data } from "./page-data";

const rules = new Intl.PluralRules(data.language);
const names = new Intl.NumberFormat(data.language);

export function t(key: Key, values: Readonly<Record<string, string>> = {}): string {
  const text = data.texts[key] ?? key;
  // One pass: what is filled in is never read for braces itself.
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

export function plural(key: PluralKey, n: number): string {
  const forms = data.plurals[key] ?? {};
  return (forms[rules.select(n)] ?? forms["other"] ?? "").replace("{n}", names.format(n));
}

export function number(n: number): string {
  return names.format(n);
}

export function percent(part: number): string {
  return part.toLocaleString(data.language, { style: "percent", maximumFractionDigits: 1 });
}

/** A moment in the reporter's own time, or a day alone. */
export function when(text: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = new Date(day ? `${text}T12:00:00` : text);
  if (Number.isNaN(at.getTime())) return text;
  return at.toLocaleString(data.language, {
    dateStyle: "long",
    ...(day ? {} : { timeStyle: "short" }),
  });
}

export function country(code: string): string {
  return new Intl.DisplayNames(data.language, { type: "region" }).of(code) ?? code;
}
