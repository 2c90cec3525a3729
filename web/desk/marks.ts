// Where the words of a report say what the system makes of it.
import type { CaseView } from "./api";
import { said, t } from "./words";

export type Marks = NonNullable<NonNullable<CaseView["assessment"]>["marks"]>;

/** A reason in words; `hint` is that of the category. */
export const reasonName = (reason: string): string => (reason === "hint" ? t("category") : said("reason", reason));

/** How words look on which a reason stands: underlined where a person said it, dashed where the machine guesses. */
export type Look = "stated" | "stated danger" | "stated money" | "guessed";

/** What danger and money look like where they were said. */
const COLOURS: readonly (readonly [Look, readonly string[]])[] = [
  ["stated danger", ["imminent_danger", "self_harm_risk", "announced_attack", "threat_of_death", "threat_of_harm", "threat_with_details", "lives_at_sea"]],
  ["stated money", ["money_recent"]],
];

/** How words of a case look, by the reasons that stand on them. */
export const lookIn = ({ assessment, danger }: Pick<CaseView, "assessment" | "danger">) => (reasons: readonly string[]): Look => {
  const others = reasons.filter((each) => each !== "hint");
  const stated = others.filter((each) => !isGuess(danger, each));
  const chosen = !others.length && assessment?.category_by === "reporter" && !assessment.disagrees;
  return COLOURS.find(([, those]) => stated.some((each) => those.includes(each)))?.[0] ?? (stated.length || chosen ? "stated" : "guessed");
};

/** Whether a reason is a likeness that the machine found: a danger that nobody stated, or what may be. */
export const isGuess = (danger: CaseView["danger"], reason: string): boolean =>
  reason.startsWith("perhaps_") || reason.startsWith("doubt_") || Boolean(danger && danger.kind !== "stated" && OF_DANGER.includes(reason));

const OF_DANGER = ["imminent_danger", "self_harm_risk"];

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

/** The words that a reason stands on, as they were told: none that is a part of another. */
export function wordsOf(text: string, marks: Marks, reason: string): string[] {
  const characters = [...text];
  const found = [...new Set((marks[reason] ?? []).map(([from, to]) => characters.slice(from, to).join("")))];
  return found.filter((each) => !found.some((other) => other !== each && other.includes(each)));
}
