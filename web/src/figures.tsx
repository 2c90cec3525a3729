// The public figures: each chart with its table, and the map of the regions.
import { type JSX, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Key } from "#types/messages";
import type { components } from "#types/openapi";
import { address, call } from "./api";
import { Chart, RegionMap, type Row } from "./chart";
import "./exit";
import { data } from "./page-data";
import { t } from "./texts";

type Bilan = components["schemas"]["Bilan"];
type Figure = Bilan["figures"][number];

const MONTHS = 12;
const regions = data.regions ?? {};

/** The twelve whole months before this one, as the API names months. */
function lastMonths(): { from: string; to: string } {
  const now = new Date();
  const month = (back: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
  return { from: month(MONTHS), to: month(1) };
}

function monthName(month: string): string {
  return new Date(`${month}-15T12:00:00`).toLocaleDateString(data.language, { month: "long", year: "numeric" });
}

function labelOf(figure: Figure): string {
  const own = figure.names?.[data.language];
  if (own) return own;
  const disclosed = `disclosure.${figure.row}` as Key;
  const key = figure.table === "disclosure" ? disclosed : (`row.${figure.row}` as Key);
  return data.texts[key] ?? regions[figure.row] ?? figure.row;
}

function rowsOf(bilan: Bilan, table: string, without: readonly string[] = []): readonly Row[] {
  return bilan.figures
    .filter((figure) => figure.table === table && !without.includes(figure.row))
    .map((figure) => ({
      id: figure.row,
      label: labelOf(figure),
      count: figure.count ?? null,
      share: figure.share ?? null,
    }));
}

function Figures(): JSX.Element {
  const [bilan, setBilan] = useState<Bilan | "failed" | undefined>();
  const look = (): void => {
    setBilan(undefined);
    const path = `${address("/v1/statistics")}?${new URLSearchParams(lastMonths())}`;
    call<Bilan>({ method: "GET", path }).then(setBilan, () => setBilan("failed"));
  };
  useEffect(look, []);
  if (bilan === undefined) return <p role="status" class="hint">{t("figures.loading")}</p>;
  if (bilan === "failed") return <Told title={t("figures.failed")} text={t("figures.failed_text")} again={look} />;
  const some = bilan.figures.some((figure) => (figure.count ?? 0) > 0 || figure.withheld?.length);
  const byRegion = some ? rowsOf(bilan, "regions") : [];
  return (
    <>
      <p>{t("figures.period", { from: monthName(bilan.first), to: monthName(bilan.last) })}</p>
      {some ? (
        <>
          <Chart title={t("figures.totals")} rows={rowsOf(bilan, "reports")} />
          <Chart title={t("figures.by_category")} rows={rowsOf(bilan, "groups")} />
          <Chart title={t("figures.by_disclosure")} rows={rowsOf(bilan, "disclosure")} />
          <Chart title={t("figures.by_origin")} rows={rowsOf(bilan, "origin", ["abroad"])} />
          <Chart title={t("figures.suspects")} rows={rowsOf(bilan, "suspects")} />
        </>
      ) : (
        <Told title={t("figures.empty")} text={t("figures.empty_text")} />
      )}
      {byRegion.length ? <Chart title={t("figures.by_region")} rows={byRegion} /> : null}
      {data.outlines?.outlines ? <RegionMap outlines={data.outlines} rows={byRegion} names={regions} /> : null}
    </>
  );
}

function Told({ title, text, again }: { title: string; text: string; again?: () => void }): JSX.Element {
  return (
    <div class="inset" role="status">
      <h2>{title}</h2>
      <p>{text}</p>
      {again ? (
        <p>
          <button type="button" class="button quiet" onClick={again}>{t("report.again")}</button>
        </p>
      ) : null}
    </div>
  );
}

const app = document.getElementById("app");
if (app) {
  app.replaceChildren();
  render(<Figures />, app);
}
