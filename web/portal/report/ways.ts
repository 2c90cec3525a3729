// The three ways into a report, and what the address says of them.
import { type Category, data, type Way } from "../page-data";
import { type Answers, NOTHING } from "./answers";

export const categories = (data.categories ?? []) as readonly Category[];

function categoryOf(way: Way): Category | undefined {
  return categories.find((each) => each.way === way);
}

/** The ways that the pack has a category for, and the one for everything else. */
export function offered(): readonly Way[] {
  return WAYS.filter((way) => way === "other" || categoryOf(way));
}

/** What a way answers already. The reporter can change each of it at the end. */
export function entered(way: Way): Partial<Answers> {
  const category = categoryOf(way);
  return category
    ? { way, category: category.id, role: "victim", locations: [{ id: 1, kind: KIND[way], value: "" }] }
    : { way, category: undefined, role: undefined, locations: NOTHING.locations };
}

/** What a reporter is most likely to know of the other side. */
const KIND = { blackmailed: "handle", cheated: "phone", other: "url" } as const;

/**
 * What a link of this site chose before: a number behind the address, which the browser sends to no server and which
 * tells a reader of its history nothing. tools/site/pages.py writes the same numbers.
 */
export function cameBy(hash: string): Partial<Answers> | undefined {
  const number = /^#(\d{1,3})$/.exec(hash)?.[1];
  if (number === undefined) return undefined;
  const way = WAYS[Number(number) - 1];
  if (way) return entered(way);
  const category = categories[Number(number) - 1 - WAYS.length];
  if (!category) return undefined;
  return category.way ? entered(category.way) : { ...entered("other"), category: category.id };
}

const WAYS: readonly Way[] = ["blackmailed", "cheated", "other"];
