// The entries of a history: which are notes, and who made them.
import type { CaseView, Entry } from "./api";
import { t } from "./words";

export const isNote = ({ move, words: written }: Entry): boolean => move === "remark" && Boolean(written);

/** The name of whoever acted. */
export function nameOf(view: CaseView, subject: string): string {
  if (subject === "system") return t("by_system");
  if (subject === "reporter") return t("by_reporter");
  return view.people?.[subject] ?? t("by_colleague");
}
