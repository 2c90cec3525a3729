// First glance: one new report at a time, its words first, and one key for what a person sees in it.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Glance, type GlancePage, kindOf, type Verdict, verdict } from "./api";
import { sawHard } from "./breaks";
import { DangerChip, reasonOf } from "./danger-said";
import { Alike } from "./groups";
import { Code, Said, Told } from "./untrusted-text";
import { type Act, signOf, useKeys } from "./keys";
import { useListed } from "./polled-list";
import { own } from "./own-settings";
import { refusal } from "./refusals";
import { Facts, languageName } from "./reports";
import type { RoomProps } from "./room-props";
import { secondsUntil, span, useTick, when } from "./times";
import { decideNow, decideSoon, undecided } from "./pending-decisions";
import { Chip } from "./ui/chip";
import { Key } from "./ui/key";
import { PriorityMark } from "./ui/priority-mark";
import { category, number, said, t } from "./words";

/** In the order of the buttons, and of the keys under one hand; danger lies apart, under the other. */
const VERDICTS = [
  ["calm", "nothing_urgent"],
  ["soon", "look_soon"],
  ["unsure", "cannot_tell"],
  ["danger", "danger_now"],
] as const satisfies readonly (readonly [Act, Verdict])[];

/** The one in front and those behind it: no key waits for an answer. */
const PATH = "/v1/desk/glance?limit=10";
/** With fewer ahead than that, more are fetched at once. */
const FEW = 5;
const EVERY_SECONDS = 10;

/** Kept while the page is there: who leaves for a case comes back to the same report. */
let ahead: readonly Glance[] = [];
const answered = new Set<string>();
const uncovered = new Set<string>();

/** What is in front stays there; behind it the list is as the service has it now. */
function refreshed(read: readonly Glance[]): void {
  const first = ahead[0];
  const fresh = read.filter((each) => !answered.has(each.reference) && each.reference !== first?.reference);
  ahead = first ? [first, ...fresh] : fresh;
}

export function FirstGlance({ open, home }: RoomProps): JSX.Element {
  const [, draw] = useState(0);
  const redraw = (): void => draw((n) => n + 1);
  const [refused, setRefused] = useState("");
  const { list, wrong, read } = useListed<GlancePage>(PATH, EVERY_SECONDS);
  const heading = useRef<HTMLHeadingElement>(null);
  useTick(10_000);
  useEffect(() => {
    if (!list) return;
    refreshed(list.reports);
    redraw();
  }, [list]);

  const report = ahead[0];
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [report?.reference]);
  const hasCover = report !== undefined && (report.severe || own.coverMore);
  const covered = hasCover && !uncovered.has(report.reference);
  const turn = (): void => {
    if (!report) return;
    if (covered) {
      uncovered.add(report.reference);
      if (report.severe) sawHard(report.reference);
    } else uncovered.delete(report.reference);
    redraw();
  };

  const say = (which: Verdict): void => {
    if (!report) return;
    const back = (): void => {
      answered.delete(report.reference);
      ahead = [report, ...ahead.filter((each) => each.reference !== report.reference)];
      location.hash = "glance";
      redraw();
    };
    const act = {
      id: report.reference,
      outcome: which,
      asked: (key: string) => verdict(report.reference, which, key, (report.copies ?? 1) > 1),
      back,
    };
    answered.add(report.reference);
    ahead = ahead.slice(1);
    redraw();
    // Danger waits for nothing; everything else can be taken back for a moment.
    if (which === "danger_now") {
      void decideNow(act).catch((error: unknown) => {
        setRefused(kindOf(error));
        back();
      });
    } else decideSoon(act);
    setRefused("");
    if (ahead.length < FEW) read();
  };

  useKeys((act) => {
    const found = VERDICTS.find(([key]) => key === act);
    // Who says something of a report has read it.
    if (found && !covered) say(found[1]);
    else if (act === "uncover" && hasCover) turn();
    else if (act === "leave") home();
    else return false;
    return true;
  });

  return (
    <main class="glance" id="main" aria-busy={!list && !wrong}>
      <header class="about">
        <h1 class="page-title" tabIndex={-1} ref={heading}>{t("room_glance")} {report ? <Code text={report.reference} /> : null}</h1>
        {report ? <About report={report} /> : null}
      </header>
      {refused ? <p role="alert">{refusal(refused)}</p> : null}
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      {report ? (
        <>
          <article class={`report ${report.danger ?? ""}`} aria-label={t("told")}>
            {report.group ? <Alike key={report.reference} group={report.group} open={open} /> : null}
            {(report.copies ?? 1) > 1 ? <p class="note">{t("group_copies", { n: number(report.copies ?? 1) })}</p> : null}
            {report.second ? <p class="note">{t("glance_second")}</p> : null}
            {report.unreadable ? <p class="note">{t("unreadable")}</p> : null}
            {covered ? (
              <div class="covered">
                <p><b>{t("covered")}</b></p>
                <p>{t("covered_text", { category: category(report.category), n: number([...report.narrative].length) })}</p>
                <p><button type="button" class="button" onClick={turn}>{t("uncover")} <Key sign={signOf("uncover")} /></button></p>
              </div>
            ) : (
              <>
                <Told text={report.narrative} lang={report.language} />
                {report.facts ? <Facts facts={report.facts} /> : null}
                {report.files ? <p class="note">{t("line_files", { n: number(report.files) })}</p> : null}
              </>
            )}
          </article>
          <footer class="deciding">
            {covered ? <p class="hint"><b>{t("uncover_first")}</b></p> : null}
            <div class="acts">
              {covered ? null : VERDICTS.map(([act, which]) => (
                <button type="button" key={act} class={which === "danger_now" ? "button alarm" : "button quiet"} onClick={() => say(which)}>
                  {t(`outcome_${which}`)} <Key sign={signOf(act)} />
                </button>
              ))}
              <button type="button" class="link" onClick={() => open(report.case)}>{t("glance_case")}</button>
            </div>
          </footer>
        </>
      ) : list && !wrong ? (
        <p role="status" class="inset">{t(undecided().length ? "glance_sending" : "glance_none")}</p>
      ) : wrong ? null : (
        <p role="status" class="late">{t("wait")}</p>
      )}
    </main>
  );
}

function About({ report }: { report: Glance }): JSX.Element {
  const left = secondsUntil(report.due);
  return (
    <>
      <p class="facts-line">
        <Chip kind={left > 0 ? "late" : "past"}>
          <time dateTime={report.due}>{left > 0 ? t("due_in", { time: span(left) }) : t("late_by", { time: span(-left) })}</time>
        </Chip>
        {report.danger ? <DangerChip danger={{ kind: report.danger, self_harm: report.self_harm ?? false }} /> : null}
        {report.danger === "stated" ? null : <PriorityMark priority={report.priority} is="guessed">{t(`priority_${report.priority}`)}</PriorityMark>}
        <b>{[report.category, ...(report.told ?? [])].filter((each) => each).map(category).join(" · ") || category(undefined)}</b>
        <span>{t("danger_told_by", { who: said("reporter", report.role) })}</span>
        <span>{languageName(report.language)}</span>
        <time class="hint" dateTime={report.accepted_at}>{when(report.accepted_at)}</time>
      </p>
      {report.reasons?.length ? <p class="hint"><Said text={report.reasons.map((each) => reasonOf(report.danger ? { kind: report.danger } : undefined, each)).join(" · ")} /></p> : null}
    </>
  );
}
