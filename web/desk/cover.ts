// Content that is hard to bear stays covered until somebody asks to see it.
import type { CaseView } from "./api";
import { words } from "./words";

/** Cases that somebody asked to see uncovered, for as long as the page is there. */
export const uncovered = new Set<string>();

export const isSevere = (view: CaseView): boolean =>
  [view.category, ...(view.told ?? [])].some((each) => each && words.covered.includes(each));
export const isCovered = (view: CaseView): boolean => isSevere(view) && !uncovered.has(view.id);
