// Small charts of the supervisor, each with its table: who has what, what was decided, what people corrected.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Board } from "./api";
import { languageName } from "./reports";
import { Bars, Heat, Sparkline } from "./ui/charts";
import { Code, Said } from "./untrusted-text";
import { category, named, type Names, number, said, t, words } from "./words";

const HEARD = ["rule", "language", "category"] as const;
type By = (typeof HEARD)[number];
type Row = Board["corrected"][number];

/** Open cases by person: late ones, those with a deadline within a day, and the rest. In no order of merit. */
export function PersonBars({ board, people }: { board: Board; people: Names }): JSX.Element {
  const loads = board.load
    .filter((each) => each.open)
    .map((each) => ({ ...each, name: people[each.by] ?? t("by_colleague") }))
    .sort((one, other) => other.late - one.late || other.due_soon - one.due_soon || other.open - one.open || one.name.localeCompare(other.name, words.locale));
  if (!loads.length) return <p class="hint">{t("load_none")}</p>;
  const free = board.load.length - loads.length;
  return (
    <>
      <Bars
        name={t("load_people")}
        figures={t("figures")}
        parts={[t("late_cases"), t("off_soon"), t("load_rest")]}
        rows={loads.map(({ name, late, due_soon, open }) => [name, [late, due_soon, Math.max(0, open - late - due_soon)]] as const)}
      />
      {free ? <p class="hint">{t("load_free", { n: number(free) })}</p> : null}
    </>
  );
}

/** What waits, by priority and age. */
export function WaitingHeat({ board, desk, columns }: { board: Board; desk: "review" | "supervision"; columns: readonly string[] }): JSX.Element | null {
  const rows = board.waiting.filter((each) => each.desk === desk);
  if (!rows.length) return <p class="hint"><b>{t(`desk_${desk}`)}</b> {t("nothing_waits")}</p>;
  return <Heat name={t(`desk_${desk}`)} columns={columns} rows={rows.map((each) => [t(`priority_${each.priority}`), each.ages] as const)} />;
}

/** How much was decided on each day, the oldest first. */
export function DecidedByDay({ board }: { board: Board }): JSX.Element {
  const days = [...board.decided_by_day].reverse();
  const dayOf = (at: number): string => {
    const day = new Date();
    day.setDate(day.getDate() - (days.length - 1 - at));
    return day.toLocaleDateString(words.locale, { weekday: "short", day: "numeric" });
  };
  return <Sparkline name={t("decided_by_day", { n: number(days.at(-1) ?? 0) })} figures={t("figures")} points={days.map((value, at) => [dayOf(at), value] as const)} />;
}

/** What people correct most often, by rule, language or category, with the cases. */
export function Corrected({ board, open }: { board: Board; open: (id: string) => void }): JSX.Element {
  const [by, choose] = useState<By>("rule");
  const rows = board.corrected.filter((each) => each.by === by);
  return (
    <>
      <p class="acts" role="group" aria-label={t("corrected_by")}>
        {HEARD.map((each) => <button key={each} type="button" class="button quiet" aria-pressed={by === each} onClick={() => choose(each)}>{t(`corrected_by_${each}`)}</button>)}
      </p>
      {rows.length ? (
        <div class="scrolled" tabIndex={0} role="region" aria-label={t("corrected_by")}>
          <table class="counts">
            <thead>
              <tr>
                <th scope="col">{t(`corrected_by_${by}`)}</th>
                {(["was_corrected", "corrected_share", "corrected_into", "corrected_cases"] as const).map((each) => <th scope="col" key={each}>{t(each)}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name + (row.what ?? "")}>
                  <th scope="row">{nameOf(row)}{row.what ? <small> {t(row.what === "territory" ? "place" : row.what)}</small> : null}</th>
                  <td>{number(row.corrected)}</td>
                  <td>{Math.round((100 * row.corrected) / (row.kept + row.corrected)).toLocaleString(words.locale)} %</td>
                  <td>{becameOf(row)}</td>
                  <td>
                    <details>
                      <summary>{number(row.cases?.length ?? 0)}</summary>
                      <ul class="plain">{(row.cases ?? []).map((each) => <li key={each}><button type="button" class="link" onClick={() => open(each)}><Code text={each} /></button></li>)}</ul>
                    </details>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <p class="hint">{t("corrected_none")}</p>}
    </>
  );
}

function nameOf(row: Row): string | JSX.Element {
  if (row.by === "language") return languageName(row.name);
  if (row.by === "category") return category(row.name);
  if (row.what === "category") return said("chosen", row.name);
  if (row.what === "territory") return said("placed", row.name);
  return row.what === "unit" ? said("rule", row.name) : said("reason", row.name);
}

function becameOf({ what, became }: Row): string | JSX.Element {
  if (!became) return "–";
  if (what === "priority") return said("priority", became);
  if (what === "category") return category(became);
  return what === "unit" ? named(words.units, became) : <Said text={became} />;
}
