// Small charts, each with its table behind it: the picture is for the eye, the table for those who hear it or want the
// figures.
//   Sparkline  name, points [label, value][], before? (the same points of the time before, dashed)
//   Bars       name, parts (names; the first is what is late), rows [label, values[]][]
//   Heat       name, columns, rows [label, values[]][], late?(row, column): such a cell is filled amber
//   figures    the word that opens the table
import type { JSX } from "preact";
import { number } from "../words";

type Point = readonly [label: string, value: number];

interface SparklineProps {
  readonly name: string;
  readonly figures: string;
  readonly points: readonly Point[];
  readonly before?: readonly number[];
}

const WIDE = 240;
const HIGH = 48;

export function Sparkline({ name, figures, points, before = [] }: SparklineProps): JSX.Element {
  const most = Math.max(1, ...points.map(([, value]) => value), ...before);
  const line = (values: readonly number[]): string =>
    values.map((value, at) => `${((at * WIDE) / Math.max(1, values.length - 1)).toFixed(1)},${(HIGH - 2 - (value * (HIGH - 6)) / most).toFixed(1)}`).join(" ");
  const now = line(points.map(([, value]) => value));
  return (
    <figure class="chart">
      <figcaption>{name}</figcaption>
      <svg class="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
        <polygon class="area" points={`0,${HIGH} ${now} ${WIDE},${HIGH}`} />
        {before.length ? <polyline class="before" points={line(before)} /> : null}
        <polyline class="line" points={now} />
      </svg>
      <Figures name={name} open={figures} head={[]} rows={points.map(([label, value]) => [label, [value]])} />
    </figure>
  );
}

interface BarsProps {
  readonly name: string;
  readonly figures: string;
  readonly parts: readonly string[];
  readonly rows: readonly (readonly [label: string, values: readonly number[]])[];
}

/** The first part of a bar is what is late. */
const PART_LOOKS = ["part-late", "part-on", "part-rest"] as const;

export function Bars({ name, figures, parts, rows }: BarsProps): JSX.Element {
  const most = Math.max(1, ...rows.map(([, values]) => values.reduce((sum, each) => sum + each, 0)));
  return (
    <figure class="chart">
      <figcaption>{name}</figcaption>
      <div class="bars" aria-hidden="true">
        {rows.map(([label, values]) => (
          <div key={label}>
            <span>{label}</span>
            <span class="bar-parts">{values.map((value, at) => (value ? <i key={parts[at]} class={PART_LOOKS[Math.min(at, 2)] ?? "part-rest"} style={{ width: `${(100 * value) / most}%` }} /> : null))}</span>
            <b>{number(values.reduce((sum, each) => sum + each, 0))}</b>
          </div>
        ))}
      </div>
      <Figures name={name} open={figures} head={parts} rows={rows} />
    </figure>
  );
}

interface HeatProps {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [label: string, values: readonly number[]])[];
  readonly late?: (row: number, column: number) => boolean;
}

const SHADES = ["shade-0", "shade-1", "shade-2", "shade-3", "shade-4"] as const;

/** The table is the chart. */
export function Heat({ name, columns, rows, late }: HeatProps): JSX.Element {
  const most = Math.max(1, ...rows.flatMap(([, values]) => values));
  return (
    <table class="heat">
      <caption>{name}</caption>
      <thead><tr><td />{columns.map((each) => <th key={each} scope="col">{each}</th>)}</tr></thead>
      <tbody>
        {rows.map(([label, values], row) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {values.map((value, at) => <td key={columns[at]} class={late?.(row, at) && value ? "past" : (SHADES[Math.round((4 * value) / most)] ?? "shade-0")}>{value ? number(value) : "–"}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface FiguresProps {
  readonly name: string;
  readonly open: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly [label: string, values: readonly number[]])[];
}

function Figures({ name, open, head, rows }: FiguresProps): JSX.Element {
  return (
    <details>
      <summary>{open}<span class="hidden-text">: {name}</span></summary>
      <table>
        <caption class="hidden-text">{name}</caption>
        {head.length ? <thead><tr><td />{head.map((each) => <th key={each} scope="col">{each}</th>)}</tr></thead> : null}
        <tbody>{rows.map(([label, values]) => <tr key={label}><th scope="row">{label}</th>{values.map((value, at) => <td key={at}>{number(value)}</td>)}</tr>)}</tbody>
      </table>
    </details>
  );
}
