// The first page: the public figures in short, once somebody is there to read them.
import { type JSX, render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Bilan, hides, latest, period, published, read, rowsOf, tells } from "./bilan";
import { Chart, Count, RegionMap } from "./chart";
import "./quick-exit";
import { data } from "./page-data";
import { t } from "./texts";
import { Told, Waiting } from "./notice-box";

const HEADLINES = [
  ["reports", "processed"],
  ["reports", "technology_crimes"],
  ["origin", "abroad"],
  ["suspects", "identified"],
] as const;

function Short(): JSX.Element {
  const [bilan, setBilan] = useState<Bilan | "failed" | undefined>();
  const look = (): void => {
    setBilan(undefined);
    read(latest(published())).then(setBilan, () => setBilan("failed"));
  };
  useEffect(look, []);
  if (bilan === undefined) return <p role="status" class="hint"><Waiting text={t("figures.loading")} /></p>;
  if (bilan === "failed") return <Told title={t("figures.failed")} text={t("figures.failed_text")} again={look} />;
  if (!tells(bilan)) return <Told title={t("figures.empty")} text={t("figures.empty_text")} />;
  const divisions = rowsOf(bilan, "regions");
  return (
    <>
      <p class="hint">{period(bilan)}</p>
      <dl class="headlines">
        {HEADLINES.flatMap(([table, id]) => rowsOf(bilan, table, [id])).map((row) => (
          <div key={row.id}>
            <dt>{row.label}</dt>
            <dd>
              <Count row={row} />
            </dd>
          </div>
        ))}
      </dl>
      <div class="beside">
        <Chart title={t("figures.technology")} rows={rowsOf(bilan, "groups", data.technology ?? [])} />
        {divisions.length && data.outlines?.outlines ? (
          <div>
            <RegionMap outlines={data.outlines} rows={divisions} title={t("figures.map")} />
            <details>
              <summary>{t("figures.by_region")}</summary>
              <Chart title={t("figures.by_region")} rows={divisions} hint={t("figures.region_share")} />
            </details>
          </div>
        ) : null}
      </div>
      {hides(bilan) ? <p class="hint">{t("figures.hidden_note")}</p> : null}
    </>
  );
}

const place = document.getElementById("figures");
if (place) {
  place.replaceChildren();
  render(<Short />, place);
}
