// What speaks against it that two cases are about the same facts.
import type { JSX } from "preact";
import type { CaseView } from "./api";
import { isCovered } from "./content-cover";
import { Code } from "./untrusted-text";
import { number, t } from "./words";

const FEW = 4;

const identifiersIn = (view: CaseView): string[] => (view.identifiers ?? []).map(({ kind, value }) => `${kind} ${value}`);
const numbersIn = (view: CaseView): string[] => view.reports.flatMap(({ narrative }) => narrative.match(/\p{Nd}{1,3}(?:[ \u00a0\u202f]\p{Nd}{3})+(?!\p{Nd})|\p{Nd}+(?:[.,]\p{Nd}+)*/gu) ?? []);
const amountsIn = (view: CaseView): string[] =>
  view.reports.flatMap(({ facts }) => (facts.money_lost ?? []).map(({ amount, currency }) => `${amount} ${currency}`));

/** What of one is not in the other. */
const without = (those: readonly string[], others: readonly string[]): string[] => [...new Set(those)].filter((each) => !others.includes(each));

/** Whether the two share an identifier, and the amounts and numbers that only one of them tells. */
export function Differs({ one, other }: { one: CaseView; other: CaseView }): JSX.Element | null {
  if (isCovered(one) || isCovered(other)) return null;
  const [here, there] = [identifiersIn(one), identifiersIn(other)];
  const shared = here.filter((each) => there.includes(each)).length;
  const rows = ([["amounts_here", amountsIn], ["numbers_here", numbersIn]] as const).flatMap(([key, of]) => {
    const [mine, theirs] = [of(one), of(other)];
    const those = without(theirs, mine);
    return mine.length && those.length ? [{ key, those: those.slice(0, FEW) }] : [];
  });
  return (
    <ul class="hint">
      {here.length && there.length ? <li>{shared ? t("identifiers_shared", { n: number(shared) }) : t("identifiers_differ")}</li> : null}
      {rows.map(({ key, those }) => <li key={key}>{t(key)} {those.map((each) => <> <Code text={each} /></>)}</li>)}
    </ul>
  );
}
