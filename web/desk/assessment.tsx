// What the system thinks of a case, and why: advice, never a decision.
import type { ComponentChildren, JSX } from "preact";
import type { CaseView } from "./api";
import { Code, Said } from "./untrusted-text";
import { whyAlike } from "./similar-cases";
import { wordsOf } from "./marks";
import { usePlace } from "./place-names";
import { Weight } from "./severity";
import { category, named, number, said, t, words } from "./words";

/** As many look-alikes as a case keeps. */
const MOST_ALIKE = 5;

export function Thinks({ view, covered }: { view: CaseView; covered: boolean }): JSX.Element {
  const thought = view.assessment;
  const { competence } = view;
  const place = usePlace(view.territory);
  const other = thought?.disagrees ? thought.hint : undefined;
  const reasons = thought?.reasons ?? [];
  const flags = Object.keys(thought?.flags ?? {}).filter((flag) => !reasons.includes(flag));
  const read = covered ? undefined : view.reports.find((each) => each.reference === thought?.report)?.narrative;
  const because = (reason: string): JSX.Element | null => {
    const words = read && thought?.marks ? wordsOf(read, thought.marks, reason) : [];
    return words.length ? <p class="hint">{words.map((each, at) => <> {at ? "· " : ""}<q><Said text={each} /></q></>)}</p> : null;
  };
  return (
    <>
      <Rows>
        <Row name={t("category")}>
          {category(view.category ?? thought?.category ?? undefined)} <small>{said("chosen", thought?.category_by ?? "unknown")}</small>
          {because("hint")}
          {other ? <p class="note">{t("disagrees", { category: category(other) })}</p> : null}
          {(view.told ?? []).map((each) => <p key={each} class="note">{t("also_told", { category: category(each) })}</p>)}
        </Row>
        <Row name={t("priority")}>
          {t(`priority_${view.priority}`)}
          <Weight view={view} because={because} />
        </Row>
        {flags.length ? <Row name={t("signs")}><ul>{flags.map((flag) => <li key={flag}>{said("reason", flag)}{because(flag)}</li>)}</ul></Row> : null}
        <Row name={t("place")}>
          {place || t("place_none")}
          {competence.territory_percent ? <small> {t("sure", { n: number(competence.territory_percent) })}</small> : null}
        </Row>
      </Rows>
      <h3>{t("competence")}</h3>
      <Rows>
        <Row name={t("unit")}>{named(words.units, competence.unit)}</Row>
        {competence.prosecutor ? (
          <Row name={t("office")}>{named(words.prosecutors, competence.prosecutor)}{competence.court ? ` · ${named(words.courts, competence.court)}` : ""}</Row>
        ) : null}
        {competence.ground ? <Row name={t("ground")}>{named(words.grounds, competence.ground)}</Row> : null}
        <Row name={t("rule")}>{said("rule", competence.rule)} <small>{said("confidence", competence.confidence)}</small></Row>
        {competence.doubts?.length ? (
          <Row name={t("doubts")}><ul>{competence.doubts.map((each) => <li key={each}>{said("doubt", each)}</li>)}</ul></Row>
        ) : null}
        {competence.alternatives?.length ? (
          <Row name={t("alternatives")}>
            <ul>
              {competence.alternatives.slice(0, 4).map((each) => (
                <li key={each.unit + (each.court ?? "")}>
                  {named(words.units, each.unit)} <small>{said("alternative", each.reason)}</small>
                </li>
              ))}
            </ul>
          </Row>
        ) : null}
      </Rows>
      {view.identifiers?.length && !covered ? (
        <>
          <h3>{t("identifiers")}</h3>
          <ul class="codes">
            {view.identifiers.map((each) => (
              <li key={each.kind + each.value}><span class="hint">{said("kind", each.kind)}</span> <Code text={each.value} /></li>
            ))}
          </ul>
        </>
      ) : null}
      {view.suggestions?.length ? (
        <>
          <h3>{t("alike")}</h3>
          <ul class="codes">
            {view.suggestions.map((each) => (
              <li key={each.case}>
                <a href={`#${each.case}`}><Code text={each.case} /></a> <small>{whyAlike(each)}</small>{" "}
                {covered ? null : (each.shared ?? []).map((one) => (one.value ? <Code key={one.digest} text={one.value} /> : null))}
              </li>
            ))}
          </ul>
          {view.suggestions.length >= MOST_ALIKE ? <p class="hint">{t("alike_full")}</p> : null}
        </>
      ) : null}
      {view.apart?.length ? (
        <>
          <h3>{t("kept_apart")}</h3>
          <ul class="codes">{view.apart.map((each) => <li key={each}><a href={`#${each}`}><Code text={each} /></a></li>)}</ul>
        </>
      ) : null}
    </>
  );
}

function Rows({ children }: { children: ComponentChildren }): JSX.Element {
  return <dl class="rows">{children}</dl>;
}

function Row({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}
