// Which other cases may be about the same facts, and why: those that the case itself names, and those whose pictures look
// alike.
import type { CaseView } from "./api";
import { number, said, t } from "./words";

type Suggestion = NonNullable<CaseView["suggestions"]>[number];

/** Numbers do not count in a likeness, which is estimated: it never says that two texts are the same. */
const MOST_PERCENT = 99;

/** Why the system names the other case, in words. */
export function whyAlike({ because, percent }: Suggestion): string {
  return [said("because", because), percent ? t("same_words", { n: number(Math.min(MOST_PERCENT, percent)) }) : ""].filter(Boolean).join(" · ");
}

/** Cases with a picture that looks like one of this case, those that somebody vouches for first: not those that are named for other reasons, or kept apart. */
export function alikeByPicture(view: CaseView): string[] {
  const elsewhere = [view.id, ...(view.suggestions ?? []).map((each) => each.case), ...(view.apart ?? [])];
  const pictures = view.reports.flatMap((report) => [...(report.files ?? []), ...(report.hashes ?? [])]);
  const alike = pictures.flatMap((each) => each.alike ?? []);
  const cases = [...alike.filter((each) => each.vouched), ...alike].map((each) => each.case);
  return [...new Set(cases)].filter((each) => !elsewhere.includes(each));
}

/** Cases that people may compare with this one, the likeliest first; those that were kept apart can still be merged. */
export const comparable = (view: CaseView): string[] => [
  ...(view.suggestions ?? []).map((each) => each.case),
  ...alikeByPicture(view),
  ...(view.apart ?? []),
];
