// One figure month by month: columns, and the table that says the same in numbers.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Bilan, labelOf, monthName } from "./bilan";
import { Counted } from "./counting-note";
import { Select } from "./fields";
import { number, t } from "./texts";

/** What can be drawn: what people ask for first, then each subject and region. */
const DRAWN = ["reports", "cases", "groups", "regions", "suspects"] as const;
/** Of the width that a month has. */
const COLUMN = 0.7;
/** Of the height, of a month whose number is hidden: neither nothing nor a number. */
const HIDDEN = 4;

export function Trend({ bilan }: { bilan: Bilan }): JSX.Element | null {
  const months = bilan.months ?? [];
  const figures = DRAWN.flatMap((table) => bilan.figures.filter((figure) => figure.table === table));
  const name = (table: string, row: string): string => `${table} ${row}`;
  const [chosen, setChosen] = useState("reports processed");
  const figure = figures.find((each) => name(each.table, each.row) === chosen) ?? figures[0];
  if (!figure || months.length < 2) return null;
  const numbers = months.map((_, place) => figure.by_month?.[place] ?? null);
  return (
    <section class="trend">
      <Select id="trend" label={t("figures.trend_of")} wrong={new Map()} value={chosen} onChange={setChosen}
        options={figures.map((each) => ({ value: name(each.table, each.row), label: labelOf(each) }))} />
      <div class="beside">
        <Columns label={labelOf(figure)} months={months} numbers={numbers} />
        <div class="scroll" tabIndex={0} role="region" aria-label={t("figures.trend")}>
          <table>
            <caption>{t("figures.trend")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("figures.month")}</th>
                <th scope="col">{labelOf(figure)}</th>
              </tr>
            </thead>
            <tbody>
              {months.map((month, place) => {
                const count = numbers[place] ?? null;
                return (
                  <tr key={month}>
                    <th scope="row">{monthName(month)}</th>
                    <td class="number">
                      {count === null ? <span class="hidden-number">{t("figures.hidden")}</span> : number(count)}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
      <Counted of={figure.table} />
      <Counted of="months" />
    </section>
  );
}

interface ColumnsProps {
  readonly label: string;
  readonly months: readonly string[];
  readonly numbers: readonly (number | null)[];
}

function Columns({ label, months, numbers }: ColumnsProps): JSX.Element {
  const most = Math.max(1, ...numbers.map((count) => count ?? 0));
  const width = 100 / months.length;
  const [first, last] = [months[0] ?? "", months[months.length - 1] ?? ""];
  return (
    <figure>
      <figcaption>{label}</figcaption>
      <p class="hint" aria-hidden="true">{number(most)}</p>
      <svg class="columns" role="img" aria-label={`${t("figures.trend")}: ${label}`}>
        {months.map((month, place) => {
          const count = numbers[place] ?? null;
          const height = count === null ? HIDDEN : (count / most) * 100;
          return (
            <rect key={month} class={count === null ? "withheld" : undefined}
              x={`${(place + (1 - COLUMN) / 2) * width}%`} width={`${COLUMN * width}%`} y={`${100 - height}%`} height={`${height}%`} />
          );
        })}
      </svg>
      <p class="ends hint" aria-hidden="true">
        <span>{monthName(first)}</span>
        <span>{monthName(last)}</span>
      </p>
    </figure>
  );
}
