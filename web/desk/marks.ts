// Where the words of a report say what the system makes of it.
import type { CaseView } from "./api";
import { said, t } from "./words";

export type Marks = NonNullable<NonNullable<CaseView["assessment"]>["marks"]>;

/** A reason in words; `hint` is that of the category. */
export const reasonName = (reason: string): string => (reason === "hint" ? t("category") : said("reason", reason));

/** A part of a text, in UTF-16 units, and the reasons that it speaks for. */
export interface Marked {
  readonly start: number;
  readonly end: number;
  readonly reasons: readonly string[];
}

/** The parts in their order; those that overlap are one, with the reasons of all. The service counts
 * in code points. */
export function markedIn(text: string, marks: Marks): Marked[] {
  const units = [0];
  for (const each of text) units.push((units.at(-1) ?? 0) + each.length);
  const all = Object.entries(marks)
    .flatMap(([reason, places]) => places.map(([from, to]) => ({ start: units[from] ?? text.length, end: units[to] ?? text.length, reasons: [reason] })))
    .sort((one, other) => one.start - other.start);
  const found: Marked[] = [];
  for (const each of all) {
    const before = found.at(-1);
    if (before && each.start < before.end) {
      const reasons = [...new Set([...before.reasons, ...each.reasons])];
      found[found.length - 1] = { start: before.start, end: Math.max(before.end, each.end), reasons };
    } else if (each.start < each.end) found.push(each);
  }
  return found;
}

/** The words that a reason stands on, as they were told. */
export function wordsOf(text: string, marks: Marks, reason: string): string[] {
  const characters = [...text];
  return [...new Set((marks[reason] ?? []).map(([from, to]) => characters.slice(from, to).join("")))];
}
