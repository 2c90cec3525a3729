// What was told: each report with its facts, words, additions, and what was asked.
import type { ComponentChildren, JSX } from "preact";
import type { ActId, Asked } from "./acts";
import type { CaseView, Report } from "./api";
import { useContacts, warningOf } from "./contacts";
import { Code, Said, Told } from "./untrusted-text";
import { later } from "./lazy-parts";
import { markedIn, type Marked, reasonName } from "./marks";
import { usePlace } from "./place-names";
import { when } from "./times";
import { category, number, said, t, words } from "./words";

const Files = later("files", () => import("./files").then((part) => part.Files));

interface ReportsProps {
  readonly view: Pick<CaseView, "reports" | "cursor" | "assessment"> & Partial<Pick<CaseView, "two_open_files">> & { readonly id?: string };
  readonly acts: readonly ActId[];
  readonly act: (asked: Asked) => void;
}

export function Reports({ view, acts, act }: ReportsProps): JSX.Element {
  const only = view.reports.length === 1 && !view.cursor;
  useContacts(view.id, view.reports, acts.includes("admit"));
  return (
    <>
      {view.reports.map((each, place) => (
        <OneReport key={`${each.reference} ${place}`} caseId={view.id} two={view.two_open_files ?? false} report={each} marks={marksOf(view, each)} only={only} acts={only ? [] : acts} act={act} />
      ))}
    </>
  );
}

interface OneReportProps extends Omit<ReportsProps, "view"> {
  readonly caseId: string | undefined;
  readonly two?: boolean;
  readonly report: Report;
  readonly marks: readonly Marked[];
  readonly only: boolean;
}

function OneReport({ caseId, two, report, marks, only, acts, act }: OneReportProps): JSX.Element {
  const about = acts.filter((each) => each === "take_out" || (each === "admit" && !report.belongs));
  const { facts } = report;
  const warning = caseId && warningOf(caseId, report.reference);
  const notes = [
    ...(report.unreadable ? [t("unreadable")] : []),
    ...(report.withdrawn ? [t("withdrawn")] : []),
    ...(report.corrected ? [t("corrected")] : []),
    ...(report.addition ? [t("came_after")] : []),
    ...(report.belongs ? [] : [t("not_admitted")]),
  ];
  return (
    <article class="report">
      <h3>
        {only ? t("report") : t("report_n", { n: number(report.number) })} <Code text={report.reference} />
      </h3>
      <p class="hint">
        {when(report.accepted_at)} · {said("reporter", facts.role)} · {said("disclosure", report.disclosure)} · {languageName(report.language)}
      </p>
      {notes.map((each) => <p key={each} class="note">{each}</p>)}
      {warning ? <p class="inset warn">{warning}</p> : null}
      {about.length ? (
        <p class="hint">
          {about.map((each) => <button type="button" class="link" key={each} onClick={() => act({ act: each, of: report.reference })}>{t(`act_${each}`)}</button>)}
        </p>
      ) : null}
      {report.linked_by.length ? (
        <p class="hint">
          {t("linked_by")}{" "}
          {report.linked_by.map((each) => <span key={each.digest}>{said("kind", each.kind)} {each.value ? <Code text={each.value} /> : null} </span>)}
        </p>
      ) : null}
      <Told text={report.narrative} lang={report.language} marks={marks} named={reasonName} />
      {report.facts_as_kept ? <Told text={report.facts_as_kept} /> : <Facts facts={facts} />}
      {(report.questions ?? []).map((each) => (
        <div class="post" key={`q${each.number}`}>
          <p class="hint"><b>{t("question")}</b> · {when(each.asked_at)} · {each.answered_by ? t("answered") : t("answer_due", { time: when(each.due) })}</p>
          <Told text={each.text} />
        </div>
      ))}
      {(report.added ?? []).map((each) => (
        <div class="post" key={each.id}>
          <p class="hint"><b>{t(each.answers ? "an_answer" : `added_${each.kind ?? "more"}`)}{each.corrects ? ` (${said("corrected", each.corrects)})` : ""}</b> · {when(each.added_at)}</p>
          <Told text={each.text} lang={report.language} />
          <Facts facts={each} />
        </div>
      ))}
      {report.files?.length || report.hashes?.length ? (
        <Files caseId={caseId} two={two ?? false} report={report.reference} files={report.files ?? []} hashes={report.hashes ?? []} />
      ) : null}
    </article>
  );
}

/** The places in the words of the report that the analysis read. */
function marksOf({ assessment }: ReportsProps["view"], report: Report): readonly Marked[] {
  return assessment?.marks && assessment.report === report.reference && !report.continued ? markedIn(report.narrative, assessment.marks) : [];
}

export const languageName = (code: string): string => new Intl.DisplayNames(words.locale, { type: "language" }).of(code) ?? code;
const country = (code: string): string => new Intl.DisplayNames(words.locale, { type: "region" }).of(code) ?? code;

type Telling = { readonly [Name in keyof Report["facts"]]?: Report["facts"][Name] | undefined };

/** The facts of a report as a list; those that say nothing are left out. */
function Facts({ facts }: { facts: Telling }): JSX.Element | null {
  const ticks = (["danger_now", "victim_is_minor", "victim_is_vulnerable"] as const).filter((each) => facts[each]);
  const rows: [string, ComponentChildren][] = [];
  if (ticks.length) rows.push([t("ticked"), <ul>{ticks.map((each) => <li key={each}><b>{t(`tick_${each}`)}</b></li>)}</ul>]);
  if (facts.category) rows.push([t("category"), category(facts.category)]);
  if (facts.locations?.length) {
    rows.push([
      t("where"),
      <ul>
        {facts.locations.map((each, place) => (
          <li key={place}>
            <span class="hint">{said("kind", each.kind)}</span> <Code text={each.value} />
            {each.platform ? <> <Said text={each.platform} /></> : null}
          </li>
        ))}
      </ul>,
    ]);
  }
  if (facts.platform) rows.push([t("platform"), <Said text={facts.platform} />]);
  if (facts.seen_at) rows.push([t("seen_at"), when(facts.seen_at)]);
  if (facts.still_online !== undefined && facts.still_online !== null) rows.push([t("still_online"), t(facts.still_online ? "yes" : "no")]);
  if (facts.money_lost?.length) {
    rows.push([
      t("money"),
      <ul>
        {facts.money_lost.map((each, place) => (
          <li key={place}>
            <Code text={`${each.amount} ${each.currency}`} /> {each.means ? said("means", each.means) : ""} {each.at ? when(each.at) : ""}
            {each.beneficiary_account ? <> → <Code text={each.beneficiary_account} /></> : null}
          </li>
        ))}
      </ul>,
    ]);
  }
  if (facts.territory) rows.push([t("place"), <Territory told={facts.territory} />]);
  if (!rows.length) return null;
  return <dl class="rows">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

function Territory({ told }: { told: NonNullable<Report["facts"]["territory"]> }): JSX.Element {
  const code = "code" in told ? told.code : "residence" in told ? (told.residence ?? undefined) : undefined;
  const place = usePlace(code);
  if ("text" in told) return <Said text={told.text} />;
  if ("country" in told) {
    return <>{country(told.country)} {place ? `(${place})` : told.residence_text ? <Said text={told.residence_text} /> : null}</>;
  }
  return <>{place}</>;
}
