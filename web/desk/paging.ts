// A case comes page by page: reports and ledgers in their order, messages and history latest first.
import type { CaseView } from "./api";

export type Paged = Pick<CaseView, "reports" | "identifiers" | "messages" | "instructions" | "outcomes" | "freezes" | "history">;

/** What was read so far with a later page. */
export const further = (before: Paged, page: Paged): Paged => ({
  reports: [...before.reports, ...page.reports],
  identifiers: [...(before.identifiers ?? []), ...(page.identifiers ?? [])],
  messages: [...(page.messages ?? []), ...(before.messages ?? [])],
  instructions: [...(before.instructions ?? []), ...(page.instructions ?? [])],
  outcomes: joined(before.outcomes, page.outcomes),
  freezes: joined(before.freezes, page.freezes),
  history: [...page.history, ...before.history],
});

interface Ledger {
  readonly number: number;
  readonly entries: readonly unknown[];
}

/** Ledgers go on from page to page: what a later page tells of one stands behind what is known. */
function joined<T extends Ledger>(before: readonly T[] | undefined, page: readonly T[] | undefined): T[] {
  const later = new Map((page ?? []).map((each) => [each.number, each]));
  const known = (before ?? []).map((each) => {
    const more = later.get(each.number);
    later.delete(each.number);
    return more ? { ...more, entries: [...each.entries, ...more.entries] } : each;
  });
  return [...known, ...later.values()];
}
