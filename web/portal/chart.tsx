// A chart that is its own table: each row has its bar, its number and its share.
import type { ComponentChildren, JSX } from "preact";
import type { Outlines } from "./page-data";
import { decimal, number, percent, plural, t } from "./texts";

export interface Row {
  readonly id: string;
  readonly label: string;
  /** Nothing where the number is hidden so that nobody can be recognised. */
  readonly count: number | null;
  readonly share: number | null;
  /** Months whose number is hidden, and which the count is without. */
  readonly without: number;
  /** For each 100,000 inhabitants, where the country tells how many a region has. */
  readonly per: number | null;
  /** Whether it is a part of the row above. */
  readonly part?: boolean;
}

interface ChartProps {
  readonly title: string;
  readonly rows: readonly Row[];
  /** What the shares are of, and whatever else a reader has to know. */
  readonly hint?: string | undefined;
  /** How it is counted. */
  readonly counted?: ComponentChildren;
  /** What is drawn. */
  readonly bars?: "count" | "share";
}

export function Chart({ title, rows, hint, counted, bars = "count" }: ChartProps): JSX.Element {
  const most = Math.max(1, ...rows.map((row) => row.count ?? 0));
  const length = (row: Row): number => (bars === "share" ? (row.share ?? 0) : (row.count ?? 0) / most);
  const shares = rows.some((row) => row.share !== null);
  const rates = rows.some((row) => row.per !== null);
  return (
    <figure>
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t("figures.what")}</th>
              <th scope="col">{t("figures.count")}</th>
              {shares ? <th scope="col">{t("figures.share")}</th> : null}
              {rates ? <th scope="col">{t("figures.per")}</th> : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id} class={row.part ? "part" : undefined}>
                <th scope="row">
                  <Drawn label={row.label} length={length(row)} />
                </th>
                <td class="number">
                  <Count row={row} />
                </td>
                {shares ? <td class="number">{row.share === null ? "–" : percent(row.share)}</td> : null}
                {rates ? <td class="number">{row.per === null ? "–" : decimal(row.per)}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hint ? <p class="hint">{hint}</p> : null}
      {counted}
    </figure>
  );
}

/** What a row is called and, beside it or under it as there is room, its bar. */
export function Drawn({ label, length }: { label: string; length: number }): JSX.Element {
  return (
    <div class="drawn">
      <span>{label}</span>
      {length ? (
        <svg class="bar" aria-hidden="true">
          <rect width={`${length * 100}%`} height="100%" />
        </svg>
      ) : null}
    </div>
  );
}

/** A number, or that it is hidden, or without which months it is. */
export function Count({ row }: { row: Row }): JSX.Element {
  if (row.count === null) return <span class="hidden-number">{t("figures.hidden")}</span>;
  return (
    <>
      {number(row.count)}
      {row.without ? <small class="without">{plural("without", row.without)}</small> : null}
    </>
  );
}

const LEVELS = [1, 2, 3, 4, 5] as const;
type Level = (typeof LEVELS)[number];

interface MapProps {
  readonly outlines: Outlines;
  readonly rows: readonly Row[];
  /** Whether it is drawn for each inhabitant. */
  readonly rates?: boolean;
  readonly title: string;
}

/** The regions, darker where there are more; the table beside it says the same in numbers. */
export function RegionMap({ outlines, rows, rates, title }: MapProps): JSX.Element {
  const of = new Map(rows.map((row) => [row.id, row]));
  const drawn = Object.keys(outlines.outlines);
  const size = (row?: Row): number => (rates ? row?.per : row?.count) ?? 0;
  const most = Math.max(0, ...drawn.map((code) => size(of.get(code))));
  // Reports are whole; a rate has one decimal, as in the table.
  const unit = rates ? 10 : 1;
  const upTo = (level: number): number => Math.floor((most * unit * level) / LEVELS.length) / unit;
  const level = (row?: Row): Level | 0 => (size(row) ? LEVELS.find((each) => size(row) <= upTo(each)) ?? LEVELS.length : 0);
  const said = (row: Row): string => (rates ? decimal(size(row)) : plural("reports", size(row)));
  const whole = (row: Row): string =>
    t("site.named", { name: row.label, what: row.count === null ? t("figures.hidden") : said(row) });
  return (
    <figure>
      <svg class="map" viewBox={`0 0 ${outlines.width} ${outlines.height}`} role="img" aria-label={title}>
        {Object.entries(outlines.outlines).map(([code, path]) => {
          const row = of.get(code);
          return (
            <path key={code} d={path} class={row?.count === null ? "withheld" : `level-${level(row)}`}>
              {row ? <title>{whole(row)}</title> : null}
            </path>
          );
        })}
      </svg>
      <figcaption class="hint">{title}</figcaption>
      <ul class="legend">
        {LEVELS.filter((each) => upTo(each) > upTo(each - 1)).map((each) => (
          <li key={each}>
            <Swatch kind={`level-${each}`} />
            <span dir="ltr">{`${decimal(upTo(each - 1) + 1 / unit)}–${decimal(upTo(each))}`}</span>
          </li>
        ))}
        {rows.some((row) => row.count === null) ? (
          <li>
            <Swatch kind="withheld" />
            {t("figures.hidden")}
          </li>
        ) : null}
      </ul>
      <p class="hint">
        <small>{t("figures.credit")}</small>
      </p>
    </figure>
  );
}

function Swatch({ kind }: { kind: `level-${Level}` | "withheld" }): JSX.Element {
  return (
    <svg class="map swatch" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M1 1h18v18H1z" class={kind} />
    </svg>
  );
}
