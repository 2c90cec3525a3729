// What was told: each report with its facts, words, additions, and what was asked.
import type { ComponentChildren, JSX } from "preact";
import type { ActId, Asked } from "./acts";
import type { CaseView, Report } from "./api";
import { useContacts, warningOf } from "./contacts";
import { Code, Said, Told } from "./untrusted-text";
import { later } from "./lazy-parts";
import { type Look, lookIn, markedIn, type Marked, reasonName } from "./marks";
import { usePlace } from "./place-names";
import { when } from "./times";
import { Chip } from "./ui/chip";
import { Icon } from "./ui/icon";
import { category, number, said, t, words } from "./words";

const Files = later("files", () => import("./files").then((part) => part.Files));

interface ReportsProps {
  readonly view: Pick<CaseView, "reports" | "cursor" | "assessment" | "danger"> & Partial<Pick<CaseView, "two_open_files">> & { readonly id?: string };
  readonly acts: readonly ActId[];
  readonly act: (asked: Asked) => void;
  /** Whether reports that joined are folded to a line each. */
  readonly folds?: boolean;
}

export function Reports({ view, acts, act, folds }: ReportsProps): JSX.Element {
  const only = view.reports.length === 1 && !view.cursor;
  const first = folds ? openAtFirst(view) : undefined;
  useContacts(view.id, view.reports, acts.includes("admit"));
  return (
    <>
      {view.reports.map((each, place) => (
        <OneReport
          key={`${each.reference} ${place}`}
          caseId={view.id}
          two={view.two_open_files ?? false}
          report={each}
          marks={marksOf(view, each)}
          look={lookIn(view)}
          only={only}
          {...(folds && place ? { folded: each !== first } : {})}
          acts={only ? [] : acts}
          act={act}
        />
      ))}
    </>
  );
}

/** The report that joined and is open at first: one that states danger, else the one whose words were assessed. */
const openAtFirst = ({ reports, assessment }: ReportsProps["view"]): Report | undefined =>
  reports.find((each, place) => place && !each.belongs && each.facts.danger_now) ?? reports.find((each) => each.reference === assessment?.report);

interface OneReportProps extends Omit<ReportsProps, "view" | "folds"> {
  readonly caseId: string | undefined;
  readonly two?: boolean;
  readonly report: Report;
  readonly marks: readonly Marked[];
  readonly look: (reasons: readonly string[]) => Look;
  readonly only: boolean;
  /** Whether it is folded at first; left out for one that is not folded at all. */
  readonly folded?: boolean;
}

function OneReport({ caseId, two, report, marks, look, only, folded, acts, act }: OneReportProps): JSX.Element {
  const about = acts.filter((each) => each === "take_out" || (each === "admit" && !report.belongs));
  const { facts } = report;
  const warning = caseId && warningOf(caseId, report.reference);
  const notes = [
    ...(report.unreadable ? [t("unreadable")] : []),
    ...(report.withdrawn ? [t("withdrawn")] : []),
    ...(report.corrected ? [t("corrected")] : []),
    ...(report.addition ? [t("came_after")] : []),
  ];
  const byLine = (
    <span class="by-line">
      <Icon name={folded === undefined ? "user" : "git-merge"} size="small" />
      <h3><span class="hidden-text">{only ? t("report") : t("report_n", { n: number(report.number) })}</span> {said("reporter", facts.role)}</h3>
      <span>{when(report.accepted_at)} · {languageName(report.language)} · {said("disclosure", report.disclosure)}</span>
      {folded === undefined || report.belongs ? null : <Chip>{t("is_unadmitted")}</Chip>}
      <span class="by-end">{only ? null : t("report_n", { n: number(report.number) })} <Code text={report.reference} />{folded === undefined ? null : <Icon name="chevron-down" size="small" />}</span>
    </span>
  );
  const body = (
    <>
      {notes.map((each) => <p key={each} class="note">{each}</p>)}
      {warning ? <p class="inset warn">{warning}</p> : null}
      {report.linked_by.length || about.length || !report.belongs ? (
        <p class="joined">
          {report.belongs ? null : <span class="note">{t("not_admitted")}</span>}
          {report.linked_by.length ? (
            <span>
              {t("linked_by")}{" "}
              {report.linked_by.map((each) => <span key={each.digest}>{said("kind", each.kind)} {each.value ? <Code text={each.value} /> : null} </span>)}
            </span>
          ) : null}
          {about.map((each) => <button type="button" class="link" key={each} onClick={() => act({ act: each, of: report.reference })}>{t(`act_${each}`)}</button>)}
        </p>
      ) : null}
      <Told text={report.narrative} lang={report.language} marks={marks} named={reasonName} look={look} />
      <span data-words-of={report.reference} />
      {marks.length ? (
        <p class="legend">
          {marks.some((each) => look(each.reasons) !== "guessed") ? <span class="stated">{t("legend_stated")}</span> : null}
          {marks.some((each) => look(each.reasons) === "guessed") ? <span class="guessed">{t("legend_guessed")}</span> : null}
        </p>
      ) : null}
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
    </>
  );
  if (folded === undefined) return <article class="report">{byLine}{body}</article>;
  return (
    <article class="report">
      <details class="joined-report" name="joined" open={!folded} data-joined={report.reference} onToggle={({ currentTarget }) => currentTarget.open && currentTarget.scrollIntoView({ block: "nearest" })}>
        <summary>
          {byLine}
          <span class="gist" lang={report.language} dir="auto"><Said text={firstWords(report.narrative)} /> <Sum facts={facts} /></span>
        </summary>
        {body}
      </details>
    </article>
  );
}

/** Characters of a report that its line shows while it is folded. */
const GIST_LENGTH = 110;

function firstWords(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length <= GIST_LENGTH ? line : `${line.slice(0, line.lastIndexOf(" ", GIST_LENGTH) > 0 ? line.lastIndexOf(" ", GIST_LENGTH) : GIST_LENGTH)} …`;
}

/** What was lost, where the report says it. */
function Sum({ facts }: { facts: Report["facts"] }): JSX.Element | null {
  const [lost] = facts.money_lost ?? [];
  return lost ? <b class="sum"><Code text={`${lost.amount} ${lost.currency}`} /></b> : null;
}

/** The places in the words of the report that the analysis read. */
function marksOf({ assessment }: ReportsProps["view"], report: Report): readonly Marked[] {
  return assessment?.marks && assessment.report === report.reference && !report.continued ? markedIn(report.narrative, assessment.marks) : [];
}

export const languageName = (code: string): string => new Intl.DisplayNames(words.locale, { type: "language" }).of(code) ?? code;
const country = (code: string): string => new Intl.DisplayNames(words.locale, { type: "region" }).of(code) ?? code;

type Telling = { readonly [Name in keyof Report["facts"]]?: Report["facts"][Name] | undefined };

/** The facts of a report: what was ticked, then the others; those that say nothing are left out. */
export function Facts({ facts }: { facts: Telling }): JSX.Element | null {
  const ticks = (["danger_now", "victim_is_minor", "victim_is_vulnerable"] as const).filter((each) => facts[each]);
  const rows: [string, ComponentChildren][] = [];
  for (const each of facts.locations ?? []) {
    rows.push([said("kind", each.kind), <><Code text={each.value} />{each.platform ? <> <Said text={each.platform} /></> : null}</>]);
  }
  if (facts.platform) rows.push([t("platform"), <Said text={facts.platform} />]);
  if (facts.seen_at) rows.push([t("seen_at"), when(facts.seen_at)]);
  if (facts.still_online !== undefined && facts.still_online !== null) rows.push([t("still_online"), t(facts.still_online ? "yes" : "no")]);
  for (const each of facts.money_lost ?? []) {
    rows.push([
      t("money"),
      <>
        <Code text={`${each.amount} ${each.currency}`} /> {each.means ? said("means", each.means) : ""} {each.at ? when(each.at) : ""}
        {each.beneficiary_account ? <> → <Code text={each.beneficiary_account} /></> : null}
      </>,
    ]);
  }
  if (facts.territory) rows.push([t("place"), <Territory told={facts.territory} />]);
  if (!rows.length && !ticks.length && !facts.category) return null;
  return (
    <div class="ticks-and-facts">
      <p class="ticks">
        {ticks.map((each) => <Chip key={each} kind={each === "danger_now" ? "danger" : "on"} icon="check">{t("ticked")} · {t(`tick_${each}`)}</Chip>)}
        {facts.category ? <Chip icon="check">{t("ticked")} · {category(facts.category)}</Chip> : null}
      </p>
      {rows.length ? <dl class="told-facts">{rows.map(([name, value], place) => <div key={`${name} ${place}`}><dt>{name}</dt><dd>{value}</dd></div>)}</dl> : null}
    </div>
  );
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
