// The public figures as the API tells them, and the months they can be asked for.
import type { Key } from "#types/messages";
import type { components } from "#types/openapi";
import { address, call } from "./api";
import type { Row } from "./chart";
import { shownAt } from "../shared/clocks";
import { data } from "./page-data";
import { t } from "./texts";

export type Bilan = components["schemas"]["Bilan"];
type Figure = Bilan["figures"][number];

/** The first and the last month, as the API names months: `2024-06`. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

const SHOWN = 12;
/** As many as the API answers at once. */
export const MOST = 24;

function monthOf(day: Date, back: number): string {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
}

/** Every month there may be figures of, the first one first. */
export function published(now = new Date()): readonly string[] {
  const settled = shownAt(data.clocks, now);
  settled.setUTCDate(settled.getUTCDate() - (data.settling ?? 0));
  const since = data.since ?? monthOf(settled, MOST);
  const found: string[] = [];
  for (let back = 1, month = monthOf(settled, back); month >= since; month = monthOf(settled, back)) {
    found.unshift(month);
    back += 1;
  }
  return found.length ? found : [since];
}

/** The last year that is published. */
export function latest(months: readonly string[]): Window {
  return { from: months[Math.max(0, months.length - SHOWN)] ?? "", to: months[months.length - 1] ?? "" };
}

const months = new Intl.DateTimeFormat(data.locale, { month: "long", year: "numeric", timeZone: "UTC" });
const midst = (month: string): Date => new Date(`${month}-15`);

export function monthName(month: string): string {
  return months.format(midst(month));
}

/** The months of some figures, as people write them. */
export function period(bilan: Bilan): string {
  return t("figures.period", { months: months.formatRange(midst(bilan.first), midst(bilan.last)) });
}

/** The address of these figures as a file, with how each is counted in the language of the page. */
export function fileOf(window: Window, format: "csv" | "json"): string {
  return `${address("/v1/statistics")}?${new URLSearchParams({ ...window, format, language: data.language })}`;
}

export function read(window: Window): Promise<Bilan> {
  return call<Bilan>({ method: "GET", path: `${address("/v1/statistics")}?${new URLSearchParams({ ...window })}` });
}

/** Whether a number is hidden, in a month at least. */
export function hides(bilan: Bilan): boolean {
  return bilan.figures.some((figure) => figure.withheld?.length);
}

/** Whether anything was published that is more than nothing. */
export function tells(bilan: Bilan): boolean {
  return bilan.figures.some((figure) => (figure.count ?? 0) > 0 || figure.withheld?.length);
}

/** The rows of a table, or those of them that are named, in their order. */
export function rowsOf(bilan: Bilan, table: string, ids?: readonly string[]): readonly Row[] {
  return bilan.figures
    .filter((figure) => figure.table === table && (ids?.includes(figure.row) ?? true))
    .map((figure) => ({
      id: figure.row,
      label: labelOf(figure),
      count: figure.count ?? null,
      share: figure.share ?? null,
      without: figure.withheld?.length ?? 0,
      per: figure.per_100_000 ?? null,
    }));
}

/** The same rows, told as parts of the row they stand under. */
export function partsOf(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row, label: t("figures.of_which", { what: row.label }), part: true }));
}

/** What a figure is called. */
export function labelOf(figure: Figure): string {
  const own = figure.names?.[data.language] ?? data.regions?.[figure.row];
  if (own) return own;
  const given = `given.${figure.row}` as Key;
  return data.texts[figure.table === "disclosure" ? given : (`row.${figure.row}` as Key)] ?? figure.row;
}
