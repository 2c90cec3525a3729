// The orders by which courts hold a case, and what an act that is about one of them is called.
import type { ActId } from "./acts";
import type { CaseView } from "./api";
import { when } from "./times";
import { named, t, words } from "./words";

export type Hold = NonNullable<CaseView["court_holds"]>[number];

/** The court, the number and the last day of an order. In a line of ours the number keeps its own direction: it may
 * have letters of another script. */
export const worded = ({ court, reference, until }: Omit<Hold, "entry">): Record<"court" | "order" | "day", string> => ({
  court: named(words.courts, court),
  order: `\u2068${reference}\u2069`,
  day: t("court_until", { day: when(until) }),
});

/** The hold that the entry set, while it is in force. */
export const holdOf = (view: CaseView, entry: string | undefined): Hold | undefined =>
  view.court_holds?.find((each) => String(each.entry) === entry);

/** What an act is called; a lifting says which hold it ends. */
export function titleOf(view: CaseView, act: ActId, of?: string): string {
  const hold = holdOf(view, of);
  return t(`act_${act}`, hold && worded(hold));
}
