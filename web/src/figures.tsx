// The public figures: each chart with its table, and the map of the regions.
import { type JSX, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call } from "./api";
import { Chart, RegionMap, type Row } from "./chart";
import "./exit";
import { data } from "./page-data";
import { t, when } from "./texts";

/** The parts of the bilan this page draws; a part that is absent is not drawn. */
export interface Bilan {
  readonly from?: string;
  readonly to?: string;
  readonly by_category?: Counts;
  readonly by_region?: Counts;
  readonly by_disclosure?: Counts;
}

/** Number by id; null is a number that is hidden. */
type Counts = Readonly<Record<string, number | null>>;

const regions = data.regions ?? {};
const categories = (data.categories ?? {}) as Readonly<Record<string, string>>;

function rows(counts: Counts | undefined, names: Readonly<Record<string, string>>): readonly Row[] {
  return Object.entries(counts ?? {})
    .map(([id, count]) => ({ id, label: names[id] ?? id, count }))
    .sort((one, other) => (other.count ?? 0) - (one.count ?? 0));
}

const DISCLOSURES = {
  anonymous: t("disclosure.anonymous"),
  confidential: t("disclosure.confidential"),
  identified: t("disclosure.identified"),
};

function Figures(): JSX.Element {
  const [bilan, setBilan] = useState<Bilan | "failed" | undefined>();
  const look = (): void => {
    setBilan(undefined);
    call<Bilan>({ method: "GET", path: "/v1/statistics" }).then(setBilan, (error: { kind?: string }) =>
      setBilan(error.kind === "route-not-found" || error.kind === "network" ? {} : "failed"),
    );
  };
  useEffect(look, []);
  if (bilan === undefined) return <p role="status" class="hint">{t("figures.loading")}</p>;
  if (bilan === "failed") return <Told title={t("figures.failed")} text={t("figures.failed_text")} again={look} />;
  const byCategory = rows(bilan.by_category, categories);
  const byRegion = rows(bilan.by_region, regions);
  const byDisclosure = rows(bilan.by_disclosure, DISCLOSURES);
  const outlines = data.outlines;
  return (
    <>
      {byCategory.length || byRegion.length ? null : <Told title={t("figures.empty")} text={t("figures.empty_text")} />}
      {bilan.from && bilan.to ? <p>{t("figures.period", { from: when(bilan.from), to: when(bilan.to) })}</p> : null}
      {byCategory.length ? <Chart title={t("figures.by_category")} rows={byCategory} /> : null}
      {byDisclosure.length ? <Chart title={t("figures.by_disclosure")} rows={byDisclosure} /> : null}
      {byRegion.length ? <Chart title={t("figures.by_region")} rows={byRegion} /> : null}
      {outlines?.outlines && byRegion.length ? <RegionMap outlines={outlines} rows={byRegion} /> : null}
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
