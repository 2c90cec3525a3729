// What a line of a list says, as tables show, sort and filter it.
import type { CaseLine, Person, Priority } from "./api";
import { nature } from "./danger-said";
import { folded } from "./folded";
import { own } from "./own-settings";
import { secondsUntil } from "./times";
import { category, type Names, said, t, words } from "./words";

export const PRIORITIES: readonly Priority[] = ["immediate", "urgent", "standard", "information"];

type Deadline = NonNullable<CaseLine["deadlines"]>[number];
type Guess = NonNullable<NonNullable<CaseLine["facts"]>["guessed"]>[number];

/** The first words, where they may be shown: a reader can have those of every case covered. */
export const wordsOf = ({ facts }: CaseLine): string => (own.coverMore ? "" : (facts?.words ?? ""));
export const isHidden = (line: CaseLine): boolean => Boolean(line.facts?.covered || (own.coverMore && line.facts?.words));

/** Whether a machine read it in the words, and nobody said it in a field. */
export const isGuessed = (line: CaseLine, what: Guess): boolean => Boolean(line.facts?.guessed?.includes(what));

/** What the case is about in words: its first ones, else its nature. */
export const aboutOf = (line: CaseLine): string => wordsOf(line) || nature(line);

/** By name, else as the reporter wrote it; empty where nobody said. */
export const placeOf = ({ territory, facts }: CaseLine, places: ReadonlyMap<string, string>): string =>
  (territory ? (places.get(territory) ?? "") : "") || (facts?.place ?? "");

export const amount = (sum: number, currency: string): string =>
  sum.toLocaleString(words.locale, { style: "currency", currency, maximumFractionDigits: 0 });

/** The money of several lines, one amount for each currency, the largest number of lines first. */
export function moneyOf(lines: readonly CaseLine[]): string[] {
  const sums = new Map<string, { count: number; sum: number }>();
  for (const { facts } of lines) {
    if (!facts?.sum || !facts.currency) continue;
    const before = sums.get(facts.currency) ?? { count: 0, sum: 0 };
    sums.set(facts.currency, { count: before.count + 1, sum: before.sum + Number(facts.sum) });
  }
  return [...sums].sort(([, one], [, other]) => other.count - one.count).map(([currency, { sum }]) => amount(sum, currency));
}

/** The seconds left of a deadline; one that was late at its last level has no time left to name. */
export const leftOf = ({ due }: Deadline): number => (due ? secondsUntil(due) : -Infinity);

/** The deadline that comes first. */
export const nearest = ({ deadlines = [] }: CaseLine): Deadline | undefined =>
  [...deadlines].sort((one, other) => (leftOf(one) === leftOf(other) ? 0 : leftOf(one) - leftOf(other)))[0];

/** The seconds left of that; undefined without a deadline. */
export function leftOfNearest(line: CaseLine): number | undefined {
  const first = nearest(line);
  return first && leftOf(first);
}

/** Who works on it: who holds it now, else whose it is in the unit. */
export function holderOf({ hold, owner }: CaseLine): string | undefined {
  return hold && secondsUntil(hold.until) > 0 ? hold.by : (owner ?? undefined);
}

export const nameOf = (subject: string, people: Names, { subject: me }: Person): string =>
  subject === me ? t("owner_me") : (people[subject] ?? t("by_colleague"));

/** Everything of a line that its row shows in words, to be searched in. */
export function shownWords(line: CaseLine, places: ReadonlyMap<string, string>, people: Names): string {
  const { facts } = line;
  const by = holderOf(line);
  const shown = [
    wordsOf(line), nature(line), category(line.category), placeOf(line, places), facts?.account?.text, facts?.sum, line.number, line.id,
    t(`status_${line.status}`), by && people[by], facts?.said_by && said("reporter", facts.said_by),
  ];
  return folded(shown.filter(Boolean).join(" "));
}

/** Why the server acts on a case by itself, in words; undefined where it may be one of several. */
export const whyNotAlike = ({ facts }: CaseLine): string | undefined => {
  const why = facts ? facts.alike : "undisplayed";
  return why ? t(`alike_not_${why}`) : undefined;
};
