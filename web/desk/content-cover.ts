// Content that is hard to bear stays covered until somebody asks to see it.
import type { CaseView } from "./api";
import { own } from "./own-settings";
import { words } from "./words";

/** Cases that somebody asked to see uncovered, for as long as the page is there. */
export const uncovered = new Set<string>();

export const isSevere = (view: CaseView): boolean =>
  [view.category, ...(view.told ?? [])].some((each) => each && words.covered.includes(each));
/** Whether there is a cover to lift and to put back: for what is severe, or for all, as its reader wants it. */
export const hasCover = (view: CaseView): boolean => own.coverMore || isSevere(view);
export const isCovered = (view: CaseView): boolean => hasCover(view) && !uncovered.has(view.id);
