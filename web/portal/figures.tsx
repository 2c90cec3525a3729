// The public figures, all of them: each chart with its table, and the map of the regions.
import { type JSX, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Bilan, fileOf, hides, latest, MOST, monthName, partsOf, period, published, read, rowsOf, tells, type Window } from "./bilan";
import { Chart, Drawn, RegionMap, type Row } from "./chart";
import { Counted } from "./counting-note";
import "./quick-exit";
import { Select, Summary, type Wrong } from "./fields";
import { data } from "./page-data";
import { decimal, number, span, t, when } from "./texts";
import { Told, Waiting } from "./notice-box";
import { Trend } from "./trend";

const MEASURES = ["look", "review", "referral", "acknowledgement", "outcome"] as const;
const PRIORITIES = ["immediate", "urgent", "standard", "information"] as const;
const STEPS = ["hour", "day", "week", "longer"] as const;
const DUE = ["review", "acknowledgement"] as const;
const PROPOSALS = ["category", "priority", "territory", "unit"] as const;
const months = published();

/** The months that the address names, or the last year. */
function asked(): Window {
  const query = new URLSearchParams(location.search);
  const [from, to] = [query.get("from") ?? "", query.get("to") ?? ""];
  return months.includes(from) && months.includes(to) && !wrongWith({ from, to }).size ? { from, to } : latest(months);
}

function wrongWith({ from, to }: Window): Wrong {
  if (from > to) return new Map([["to", t("figures.window_backwards")]]);
  return months.indexOf(to) - months.indexOf(from) < MOST ? new Map() : new Map([["to", t("figures.window_long")]]);
}

function Figures(): JSX.Element {
  const [window_, setWindow] = useState(asked);
  const [bilan, setBilan] = useState<Bilan | "failed" | undefined>();
  const chosen = useRef(false);
  const turn = useRef(0);
  const look = (): void => {
    // Figures that arrive after other months were chosen are not of these.
    const own = (turn.current += 1);
    const show = (told: Bilan | "failed"): void => void (own === turn.current && setBilan(told));
    setBilan(undefined);
    read(window_).then(show, () => show("failed"));
  };
  useEffect(look, [window_]);
  useEffect(() => {
    const back = (): void => setWindow(asked());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const choose = (next: Window): void => {
    chosen.current = true;
    history.pushState(undefined, "", `?${new URLSearchParams({ ...next })}`);
    setWindow(next);
  };
  return (
    <>
      <Months key={window_.from + window_.to} shown={window_} choose={choose} />
      {bilan === undefined ? (
        <p role="status" class="hint"><Waiting text={t("figures.loading")} /></p>
      ) : bilan === "failed" ? (
        <Told title={t("figures.failed")} text={t("figures.failed_text")} again={look} />
      ) : (
        <Shown bilan={bilan} focus={chosen.current} />
      )}
    </>
  );
}

function Months({ shown, choose }: { shown: Window; choose: (next: Window) => void }): JSX.Element {
  const [next, setNext] = useState(shown);
  const [wrong, setWrong] = useState<Wrong>(new Map());
  const options = [...months].reverse().map((month) => ({ value: month, label: monthName(month) }));
  const onward = (event: Event): void => {
    event.preventDefault();
    const found = wrongWith(next);
    setWrong(found);
    if (!found.size) choose(next);
  };
  return (
    <form class="window" onSubmit={onward}>
      <Summary wrong={wrong} />
      <fieldset>
        <legend>{t("figures.window")}</legend>
        <div class="window-row">
          <Select id="from" label={t("figures.from")} wrong={wrong} value={next.from} options={options}
            onChange={(from) => setNext({ ...next, from })} />
          <Select id="to" label={t("figures.to")} wrong={wrong} value={next.to} options={options}
            onChange={(to) => setNext({ ...next, to })} />
          <button class="button quiet">{t("figures.show")}</button>
        </div>
      </fieldset>
      <p>
        <a href={fileOf(shown, "csv")} download>{t("figures.download")}</a>
      </p>
      <p>
        <a href={fileOf(shown, "json")} download>{t("figures.download_json")}</a>
      </p>
    </form>
  );
}

function Shown({ bilan, focus }: { bilan: Bilan; focus: boolean }): JSX.Element {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focus) title.current?.focus();
  }, []);
  const missing = bilan.unpublished ?? [];
  return (
    <>
      <h2 tabIndex={-1} ref={title}>{period(bilan)}</h2>
      {missing.length ? (
        <p class="hint">{t("figures.unpublished", { months: list(missing.map(monthName)) })}</p>
      ) : null}
      {hides(bilan) ? <p class="hint">{t("figures.hidden_note")}</p> : null}
      <Corrected bilan={bilan} />
      {tells(bilan) ? <Everything bilan={bilan} /> : <Told title={t("figures.empty")} text={t("figures.empty_text")} />}
    </>
  );
}

/** What was recorded after its month was published, which the figures are without. */
function Corrected({ bilan }: { bilan: Bilan }): JSX.Element | null {
  const months = Object.entries(bilan.corrected ?? {});
  if (!months.length) return null;
  return (
    <details>
      <summary>{t("figures.corrected")}</summary>
      <Counted of="corrected" />
      <ul>
        {months.map(([month, least]) => (
          <li key={month}>{t("figures.corrected_of", { month: monthName(month), number: number(least) })}</li>
        ))}
      </ul>
    </details>
  );
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat(data.locale).format(names);
}

function Everything({ bilan }: { bilan: Bilan }): JSX.Element {
  const technology = data.technology ?? [];
  const groups = rowsOf(bilan, "groups");
  const crimes = groups.filter((row) => technology.includes(row.id));
  const apart = groups
    .filter((row) => !technology.includes(row.id))
    .flatMap((row) => {
      const flags = Object.entries(data.flags ?? {}).filter(([, group]) => group === row.id);
      return [row, ...partsOf(rowsOf(bilan, "flags", flags.map(([flag]) => flag)))];
    });
  const places = rowsOf(bilan, "origin");
  const sources = ["home", "abroad"];
  const divisions = rowsOf(bilan, "regions");
  const suspects = rowsOf(bilan, "suspects");
  return (
    <>
      <Chart
        title={t("figures.totals")}
        rows={[...rowsOf(bilan, "reports"), ...rowsOf(bilan, "cases")]}
        hint={bilan.reports_per_case ? t("figures.per_case", { reports: decimal(bilan.reports_per_case) }) : undefined}
        counted={<Counted of="reports" />}
      />
      <Trend bilan={bilan} />
      <Chart title={t("figures.technology")} rows={crimes} hint={t("figures.technology_share")} counted={<Counted of="groups" />} />
      <Chart title={t("figures.apart")} rows={apart} hint={t("figures.apart_share")} counted={<Counted of="flags" />} />
      <Chart title={t("figures.by_disclosure")} rows={rowsOf(bilan, "disclosure")} counted={<Counted of="disclosure" />} />
      <Chart
        title={t("figures.by_origin")}
        rows={[
          ...sources.flatMap((id) => places.filter((row) => row.id === id)),
          ...partsOf(places.filter((row) => !sources.includes(row.id))),
        ]}
        counted={<Counted of="origin" />}
      />
      {divisions.length ? (
        <div class="beside">
          <div>
            <Chart title={t("figures.by_region")} rows={divisions} hint={t("figures.region_share")} counted={<Counted of="regions" />} />
            <Inhabitants bilan={bilan} />
          </div>
          <Regions rows={divisions} />
        </div>
      ) : null}
      <Chart
        title={t("figures.suspects")}
        rows={[...suspects.slice(0, 1), ...partsOf(suspects.slice(1))]}
        hint={t("figures.suspects_hint")}
        counted={<Counted of="suspects" />}
      />
      <Chart title={t("figures.outcomes")} rows={rowsOf(bilan, "outcomes")} counted={<Counted of="outcomes" />} />
      <Times bilan={bilan} />
      {MEASURES.map((measure, at) => (
        <Chart
          key={measure}
          title={t("site.named", { name: t("figures.delays"), what: t(`measure.${measure}`) })}
          bars="share"
          rows={STEPS.flatMap((step) => rowsOf(bilan, "delays", [`${measure}_${step}`]).map((row) => ({ ...row, label: t(`delay.${step}`) })))}
          counted={at ? undefined : <Counted of="delays" />}
        />
      ))}
      <Chart
        title={t("figures.deadlines")}
        hint={t("figures.deadlines_hint")}
        counted={<Counted of="deadlines" />}
        bars="share"
        rows={DUE.flatMap((id) => rowsOf(bilan, "deadlines", [`${id}_kept`]).map((row) => ({ ...row, label: t(`measure.${id}`) })))}
      />
      <Chart
        title={t("figures.proposals")}
        hint={t("figures.proposals_hint")}
        counted={<Counted of="proposals" />}
        bars="share"
        rows={PROPOSALS.flatMap((id) =>
          rowsOf(bilan, "proposals", [`${id}_corrected`]).map((row) => ({ ...row, label: t(`proposal.${id}`) })),
        )}
      />
      {bilan.licence ? (
        <p>
          <a href={bilan.licence.address} rel="license noreferrer">{t("figures.licence", { licence: bilan.licence.id })}</a>
        </p>
      ) : null}
    </>
  );
}

/** The map, by count or for each inhabitant. */
function Regions({ rows }: { rows: readonly Row[] }): JSX.Element | null {
  const [drawn, setDrawn] = useState("counts");
  if (!data.outlines?.outlines) return null;
  const rates = drawn === "rates";
  return (
    <div>
      {rows.some((row) => row.per !== null) ? (
        <Select id="drawn" label={t("figures.drawn")} wrong={new Map()} value={drawn} onChange={setDrawn}
          options={[
            { value: "counts", label: t("figures.by_count") },
            { value: "rates", label: t("figures.by_inhabitants") },
          ]} />
      ) : null}
      <RegionMap outlines={data.outlines} rows={rows} rates={rates} title={t(rates ? "figures.map_per" : "figures.map")} />
    </div>
  );
}

/** What the numbers for inhabitants are of. */
function Inhabitants({ bilan }: { bilan: Bilan }): JSX.Element | null {
  const { population } = bilan;
  if (!population) return null;
  return (
    <>
      <Counted of="inhabitants" />
      <p class="hint">{t("figures.census", { source: `\u2068${population.source}\u2069`, day: when(population.day) })}</p>
    </>
  );
}

/** How long each step took, by priority. */
function Times({ bilan }: { bilan: Bilan }): JSX.Element {
  const most = Math.max(1, ...bilan.times.map((time) => time.median_seconds ?? 0));
  const told = (seconds: number | null | undefined): string => (seconds == null ? t("figures.too_few") : span(seconds));
  return (
    <figure>
      <div class="scroll" tabIndex={0} role="region" aria-label={t("figures.times")}>
        <table>
          <caption>{t("figures.times")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("figures.priority")}</th>
              <th scope="col">{t("figures.median")}</th>
              <th scope="col">{t("figures.p90")}</th>
            </tr>
          </thead>
          {MEASURES.map((measure) => (
            <tbody key={measure}>
              <tr>
                <th scope="rowgroup" colSpan={3}>{t(`measure.${measure}`)}</th>
              </tr>
              {PRIORITIES.map((priority) => {
                const time = bilan.times.find((each) => each.measure === measure && each.priority === priority);
                return (
                  <tr key={priority} class="part">
                    <th scope="row">
                      <Drawn label={t(`priority.${priority}`)} length={(time?.median_seconds ?? 0) / most} />
                    </th>
                    <td class="number">{told(time?.median_seconds)}</td>
                    <td class="number">{told(time?.p90_seconds)}</td>
                  </tr>
                );
              })}
            </tbody>
          ))}
        </table>
      </div>
      <p class="hint">{t("figures.times_hint")}</p>
      <Counted of="times" />
    </figure>
  );
}

const app = document.getElementById("app");
if (app) {
  app.replaceChildren();
  render(<Figures />, app);
}
