// The danger of a case in words: how it is known, what was said, where, by whom. Stated, announced
// and doubted danger are never shown alike.
import type { JSX } from "preact";
import type { CaseLine, Danger } from "./api";
import { Said } from "./untrusted-text";
import { usePlace } from "./place-names";
import { secondsUntil, span } from "./times";
import { category, type Names, said, t } from "./words";

export function DangerChip({ danger }: { danger: Danger }): JSX.Element {
  const ago = danger.at ? ` · ${t("danger_since", { time: span(-secondsUntil(danger.at)) })}` : "";
  const self = danger.self_harm ? ` · ${t(danger.kind === "stated" ? "self_harm" : "reason_perhaps_self_harm")}` : "";
  return <span class={`chip ${danger.kind}`}>{t(`danger_${danger.kind}`)}{self}{ago}</span>;
}

/** What the danger is: that somebody may harm themselves tells more than any category. */
export function nature({ danger, ...line }: CaseLine): string {
  if (!danger?.self_harm) return category(line.category);
  if (danger.kind !== "stated") return t("reason_perhaps_self_harm");
  return t(danger.said?.role === "victim" ? "self_harm_own" : "self_harm_of_other");
}

/** The place of the case, and how the report names it. */
export function Where({ line }: { line: CaseLine }): JSX.Element {
  const place = usePlace(line.territory);
  const told = line.danger?.said?.place ?? line.facts?.place;
  return (
    <>
      <b>{place || (told ? <Said text={told} /> : t("place_none"))}</b>
      {place && told && told !== place ? <Said text={told} /> : null}
    </>
  );
}

/** What an analysis raised by a likeness alone, in the words of a doubt: a guess is no fact. */
const AS_DOUBT: Readonly<Record<string, string>> = { imminent_danger: "perhaps_soon", self_harm_risk: "perhaps_self_harm" };
export const reasonOf = (danger: Pick<Danger, "kind"> | null | undefined, reason: string): string =>
  said("reason", (danger && danger.kind !== "stated" ? AS_DOUBT[reason] : undefined) ?? reason);

/** What was said, in its first words; else why it counts as danger. */
export function Gist({ danger }: { danger: Danger }): JSX.Element {
  const words = danger.said?.words;
  const reasons = [...new Set((danger.reasons ?? []).map((each) => reasonOf(danger, each)))].join(" · ");
  return (
    <>
      {words ? <p class="gist"><q><Said text={words} /></q></p> : null}
      {words || !reasons ? null : <p class="gist">{reasons}</p>}
      {danger.said?.covered ? <p class="hint">{t("danger_covered")}</p> : null}
      {words && danger.kind !== "stated" && reasons ? <p class={`chip ${danger.kind}`}>{reasons}</p> : null}
    </>
  );
}

/** Who said it: a reporter in their part, or a colleague by name. */
export function By({ danger, people }: { danger: Danger; people: Names }): JSX.Element | null {
  if (danger.by) return <span>{t("danger_seen_by")} <Said text={people[danger.by] ?? t("by_colleague")} /></span>;
  if (!danger.said?.role) return null;
  return <span>{t(danger.added ? "danger_added_by" : "danger_told_by", { who: said("reporter", danger.said.role) })}</span>;
}
