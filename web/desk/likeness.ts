// Which other cases may be about the same facts: those that the case itself names, and those whose pictures look alike.
import type { CaseView } from "./api";

/** Cases with a picture that looks like one of this case: not those that are named for other reasons, or kept apart. */
export function alikeByPicture(view: CaseView): string[] {
  const elsewhere = [view.id, ...(view.suggestions ?? []).map((each) => each.case), ...(view.apart ?? [])];
  const pictures = view.reports.flatMap((report) => [...(report.files ?? []), ...(report.hashes ?? [])]);
  const cases = pictures.flatMap(({ alike }) => alike ?? []).map((each) => each.case);
  return [...new Set(cases)].filter((each) => !elsewhere.includes(each));
}

/** Cases that people may compare with this one, the likeliest first; those that were kept apart can still be merged. */
export const comparable = (view: CaseView): string[] => [
  ...(view.suggestions ?? []).map((each) => each.case),
  ...alikeByPicture(view),
  ...(view.apart ?? []),
];
