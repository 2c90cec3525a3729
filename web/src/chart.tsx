// A chart that is its own table: each row has its bar, its number and its share.
import type { JSX } from "preact";
import type { Outlines } from "./page-data";
import { number, percent, plural, t } from "./texts";

export interface Row {
  readonly id: string;
  readonly label: string;
  /** Nothing where the number is hidden so that nobody can be recognised. */
  readonly count: number | null;
  readonly share: number | null;
}

export function Chart({ title, rows }: { title: string; rows: readonly Row[] }): JSX.Element {
  const most = Math.max(1, ...rows.map((row) => row.count ?? 0));
  return (
    <figure>
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t("figures.what")}</th>
              <td class="bars" />
              <th scope="col">{t("figures.count")}</th>
              <th scope="col">{t("figures.share")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.label}</th>
                <td class="bars">
                  <svg class="bar" aria-hidden="true">
                    <rect width={`${((row.count ?? 0) / most) * 100}%`} height="100%" />
                  </svg>
                </td>
                <td class="number">{row.count === null ? t("figures.hidden") : number(row.count)}</td>
                <td class="number">{row.share === null ? "–" : percent(row.share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

const LEVELS = 5;

/** The regions, darker where there are more; the table beside it says the same in numbers. */
export function RegionMap({ outlines, rows, names }: { outlines: Outlines; rows: readonly Row[]; names: Readonly<Record<string, string>> }): JSX.Element {
  const label = rows.length ? t("figures.map") : t("figures.no_regions");
  const most = Math.max(1, ...rows.map((row) => row.count ?? 0));
  const level = (code: string): number => {
    const count = rows.find((row) => row.id === code)?.count ?? 0;
    return Math.ceil((count / most) * LEVELS);
  };
  return (
    <figure>
      <svg class="map" viewBox={`0 0 ${outlines.width} ${outlines.height}`} role="img" aria-label={label}>
        {Object.entries(outlines.outlines).map(([code, path]) => {
          const row = rows.find((each) => each.id === code);
          return (
            <path key={code} d={path} class={row?.count === null ? "withheld" : `level-${level(code)}`}>
              <title>{row ? `${row.label}: ${row.count === null ? t("figures.hidden") : plural("reports", row.count)}` : (names[code] ?? code)}</title>
            </path>
          );
        })}
      </svg>
      <figcaption class="hint">{label}</figcaption>
      <p class="hint">
        <small>{t("figures.credit")}</small>
      </p>
    </figure>
  );
}
