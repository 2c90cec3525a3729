// What the system thinks of a case, and why: advice, never a decision.
import type { ComponentChildren, JSX } from "preact";
import type { CaseView } from "./api";
import { Code, Said } from "./untrusted-text";
import { whyAlike } from "./similar-cases";
import { signOf } from "./keys";
import { isGuess, type Marks, wordsOf } from "./marks";
import { usePlace } from "./place-names";
import { reasonsOf, Weight } from "./severity";
import { Chip } from "./ui/chip";
import { Icon } from "./ui/icon";
import { Key } from "./ui/key";
import { category, named, number, said, t, words } from "./words";

/** As many look-alikes as a case keeps. */
const MOST_ALIKE = 5;
/** How sure a place has to be, in percent, to need no second look. */
const SURE_PERCENT = 90;
/** A doubt that no figure stands for. */
const HALF = 50;

export function Thinks({ view, covered }: { view: CaseView; covered: boolean }): JSX.Element {
  const thought = view.assessment;
  const { competence } = view;
  const place = usePlace(view.territory);
  const other = thought?.disagrees ? thought.hint : undefined;
  const reasons = thought?.reasons ?? [];
  const flags = Object.keys(thought?.flags ?? {}).filter((flag) => !reasons.includes(flag));
  const read = covered ? undefined : view.reports.find((each) => each.reference === thought?.report)?.narrative;
  const quotes = read && thought?.marks ? quotesOf(read, thought.marks, ["hint", ...reasons, ...flags]) : undefined;
  const because = (reason: string): JSX.Element | null => {
    const words = quotes?.get(reason) ?? [];
    return words.length ? <span class="quoted">{words.map((each, at) => <> {at ? "· " : ""}<q><Said text={each} /></q></>)}</span> : null;
  };
  const chosen = thought?.category_by === "reporter" && !other;
  const percent = competence.territory_percent ?? 0;
  return (
    <>
      <section class="card">
        <header><Icon name="cpu" size="small" /><h2 id="thinks-title">{t("thinks")}</h2><span class="card-end">{t("a_person_decides")}</span></header>
        <dl class="proposed">
          <Row name={t("category")} value={category(view.category ?? thought?.category ?? undefined)} sure={chosen ? undefined : (thought?.hint_percent ?? 0)}>
            {said("chosen", thought?.category_by ?? "unknown")} {because("hint")}
            {other ? <p class="note">{t("disagrees", { category: category(other) })}</p> : null}
            {(view.told ?? []).map((each) => <p key={each} class="note">{t("also_told", { category: category(each) })}</p>)}
          </Row>
          <Row name={t("priority")} value={t(`priority_${view.priority}`)} sure={reasonsOf(view).some((each) => isGuess(view.danger, each)) ? HALF : undefined}>
            <Weight view={view} because={because} />
          </Row>
          {flags.length ? <Row name={t("signs")} sure={HALF}><ul>{flags.map((flag) => <li key={flag}>{said("reason", flag)} {because(flag)}</li>)}</ul></Row> : null}
          <Row name={t("place")} value={place || t("place_none")} sure={percent >= SURE_PERCENT ? undefined : percent}>
            {percent && percent < SURE_PERCENT ? t("sure", { n: number(percent) }) : null}
          </Row>
        </dl>
        <Competence view={view} />
      </section>
      {view.identifiers?.length && !covered ? <Traces view={view} /> : null}
      <LookAlikes view={view} covered={covered} />
    </>
  );
}

/** The words that speak for each reason; those that speak for several stand with the first alone. */
function quotesOf(read: string, marks: Marks, reasons: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const seen = new Set<string>();
  return new Map(reasons.map((reason) => {
    const own = wordsOf(read, marks, reason).filter((each) => !seen.has(each));
    own.forEach((each) => seen.add(each));
    return [reason, own];
  }));
}

interface RowProps {
  readonly name: string;
  readonly value?: string;
  /** How sure the machine is, in percent; left out where it is sure, or where a person said it. */
  readonly sure?: number | undefined;
  /** Why. */
  readonly children: ComponentChildren;
}

function Row({ name, value, sure, children }: RowProps): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd><b>{value}</b></dd>
      <dd class={sure === undefined ? "sure" : "sure doubted"}>
        <span class="sure-bar" aria-hidden="true"><i style={{ inlineSize: `${sure ?? 100}%` }} /></span>{t(sure === undefined ? "confidence_high" : "doubt_word")}
      </dd>
      <dd class="why">{children}</dd>
    </div>
  );
}

/** Whether nobody has to look at the unit again. */
export const isCompetenceSure = ({ competence }: CaseView): boolean => competence.confidence === "high" && !competence.doubts?.length;

/** The unit that the rule names, and why: folded, but for what is doubted about it. */
function Competence({ view }: { view: CaseView }): JSX.Element {
  const { competence } = view;
  const others = (competence.alternatives ?? []).filter((each) => each.unit !== competence.unit || (each.court ?? competence.court) !== competence.court);
  const otherChoices = others.length ? (
    <Fact name={t("alternatives")}>
      <ul>
        {others.slice(0, 4).map((each) => (
          <li key={each.unit + (each.court ?? "")}>
            {each.unit === competence.unit && each.court ? named(words.courts, each.court) : named(words.units, each.unit)} <small>{said("alternative", each.reason)}</small>
          </li>
        ))}
      </ul>
    </Fact>
  ) : null;
  const isSure = isCompetenceSure(view);
  return (
    <>
      <details class="competence">
        <summary>
          <Icon name="building" size="small" />
          <span><b>{named(words.units, competence.unit)}</b>{competence.court ? <> · {named(words.courts, competence.court)}</> : null}</span>
          <span class={isSure ? "card-end" : "card-end doubted"}>{said("confidence", competence.confidence)}</span>
          <Icon name="chevron-down" size="small" />
        </summary>
        <dl class="rows">
          {competence.prosecutor ? <Fact name={t("office")}>{named(words.prosecutors, competence.prosecutor)}</Fact> : null}
          {competence.ground ? <Fact name={t("ground")}>{named(words.grounds, competence.ground)}</Fact> : null}
          <Fact name={t("rule")}>{said("rule", competence.rule)}</Fact>
          {isSure ? otherChoices : null}
        </dl>
      </details>
      {isSure || !(competence.doubts?.length || others.length) ? null : (
        <dl class="rows unsure">
          {competence.doubts?.length ? (
            <Fact name={t("doubts")}><ul>{competence.doubts.map((each) => <li key={each}>{said("doubt", each)}</li>)}</ul></Fact>
          ) : null}
          {otherChoices}
        </dl>
      )}
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }): JSX.Element => <div><dt>{name}</dt><dd>{children}</dd></div>;

/** What the reports name, and in how many of the look-alikes it stands, too. */
function Traces({ view }: { view: CaseView }): JSX.Element {
  const elsewhere = (value: string): number => (view.suggestions ?? []).filter((each) => (each.shared ?? []).some((one) => one.value === value)).length;
  return (
    <section class="card" aria-labelledby="traces-title">
      <header><Icon name="fingerprint-pattern" size="small" /><h2 id="traces-title">{t("identifiers")}</h2></header>
      <dl class="traces">
        {(view.identifiers ?? []).map((each) => (
          <div key={each.kind + each.value}>
            <dt>{said("kind", each.kind)}</dt>
            <dd><Code text={each.value} /></dd>
            <dd>{elsewhere(each.value) ? <Chip>{t("also_in", { n: number(elsewhere(each.value)) })}</Chip> : null}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function LookAlikes({ view, covered }: { view: CaseView; covered: boolean }): JSX.Element {
  const { suggestions = [], apart = [] } = view;
  return (
    <>
      {suggestions.length ? (
        <section class="card" aria-labelledby="alike-title">
          <header>
            <Icon name="columns-3" size="small" /><h2 id="alike-title">{t("alike")}</h2>
            <span class="card-end"><Key sign={signOf("together")} /> {t("to_compare")}</span>
          </header>
          <ul class="codes alike-cases">
            {suggestions.map((each) => (
              <li key={each.case}>
                <a href={`#${each.case}`}><Code text={each.case} /></a> <small>{whyAlike(each)}</small>{" "}
                {covered ? null : (each.shared ?? []).map((one) => (one.value ? <Code key={one.digest} text={one.value} /> : null))}
              </li>
            ))}
            {suggestions.length >= MOST_ALIKE ? <li class="hint">{t("alike_full")}</li> : null}
          </ul>
        </section>
      ) : null}
      {apart.length ? (
        <section class="card" aria-labelledby="apart-title">
          <header><h2 id="apart-title">{t("kept_apart")}</h2></header>
          <ul class="codes alike-cases">
            {apart.map((each) => <li key={each}><a href={`#${each}`}><Code text={each} /></a></li>)}
          </ul>
        </section>
      ) : null}
    </>
  );
}
