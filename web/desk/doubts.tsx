// What is doubted about a case beside the key that confirms it, and what whoever confirms it has not had in sight.
import type { JSX } from "preact";
import type { CaseView, Review } from "./api";
import { isCompetenceSure } from "./assessment";
import { signOf } from "./keys";
import { isGuess } from "./marks";
import { reasonsOf } from "./severity";
import type { Unseen } from "./sight";
import { Chip } from "./ui/chip";
import { Key } from "./ui/key";
import { number, said, t } from "./words";

type Confirm = Extract<Review, { outcome: "confirm" }>;

/** What counts and was not in sight, in words: whoever confirms without it is asked again. */
export const owedIn = ({ words, joined, files }: Unseen, view: CaseView, changes: Pick<Confirm, "unit">): string[] => [
  ...(words ? [t("unseen_words")] : []),
  ...(joined ? [t("unseen_joined", { n: number(joined) })] : []),
  ...(files ? [t("unseen_files", { n: number(files) })] : []),
  ...(isCompetenceSure(view) || changes.unit ? [] : [t("unseen_competence")]),
];

export function Doubts({ view, unseen }: { view: CaseView; unseen: Unseen }): JSX.Element {
  const guesses = [...new Set(reasonsOf(view).filter((each) => each.startsWith("perhaps_") || (isGuess(view.danger, each) && !each.startsWith("doubt_"))))];
  const alike = view.suggestions?.length ?? 0;
  return (
    <>
      {unseen.files ? <Chip icon="eye-off">{t("unseen_files", { n: number(unseen.files) })}</Chip> : null}
      {view.unadmitted ? <Chip icon="git-merge">{t("to_admit", { n: number(view.unadmitted) })} <Key sign={signOf("calm")} /></Chip> : null}
      {(view.competence.doubts ?? []).map((each) => <Chip key={each} kind="doubt">{said("doubt", each)}</Chip>)}
      {guesses.map((each) => <Chip key={each} kind="doubt">{said("reason", each)}</Chip>)}
      {alike ? <Chip icon="columns-3">{t("alike_n", { n: number(alike) })}</Chip> : null}
    </>
  );
}
