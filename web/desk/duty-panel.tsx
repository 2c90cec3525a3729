// Beside the lines of the duty desk: the case that is chosen, whom to call, what to say was done, what was done so far.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { CaseLine, EmergencyNumber, Person, ToCall } from "./api";
import { type Called, CallList, OneTry } from "./call-strip";
import { By, Where } from "./danger-said";
import { DoneActs, type DoneId } from "./done-acts";
import { signOf } from "./keys";
import { canGive, type Changing, Give, onDuty } from "./reassign";
import { Taken } from "./taken";
import { when } from "./times";
import { Icon } from "./ui/icon";
import { Key } from "./ui/key";
import { Timeline, type TimelineEntry } from "./ui/timeline";
import { Code, Said } from "./untrusted-text";
import { category, type Names, t } from "./words";

interface PanelProps extends Changing {
  readonly person: Person;
  readonly people: Names;
  readonly to: readonly ToCall[];
  readonly services: readonly EmergencyNumber[];
  /** Whether its workflow stands still. */
  readonly stuck: boolean;
  readonly open: () => void;
  readonly take: () => void;
  readonly called: (whom?: Called) => void;
  /** Go to the page where the reporter's number is opened; left out for those who do not have the case. */
  readonly reach?: (() => void) | undefined;
  readonly did: (id: DoneId) => void;
  /** Whether it stands in the line itself, which says the facts already. */
  readonly inLine: boolean;
  /** What is asked of a call: it stands in the place of what was done. */
  readonly asking: ComponentChildren;
}

export function DutyPanel({ person, people, to, services, stuck, open, take, called, reach, did, inLine, asking, ...changing }: PanelProps): JSX.Element {
  const { line } = changing;
  const { danger } = line;
  return (
    <section class="duty-panel" aria-label={t("duty_chosen")}>
      <header>
        {danger && !inLine ? <span class={`chip ${danger.kind}`}>{t(`danger_${danger.kind}`)}</span> : null}
        {inLine ? null : <h2><Where line={line} /></h2>}
        {line.imminent && inLine ? <Taken line={line} people={people} me={person.subject} take={take} /> : null}
        <button type="button" class="button quiet" onClick={open}>{t("open_case")} <Key sign={signOf("next")} /></button>
      </header>
      {inLine ? null : <p class="facts-line">
        {danger ? <By danger={danger} people={people} /> : null}
        <span>{category(line.category)}</span>
        <span>{t(`status_${line.status}`)}</span>
      </p>}
      {line.imminent && !inLine ? <Taken line={line} people={people} me={person.subject} take={take} /> : null}
      {to.length || reach ? (
        <>
          <h3><Icon name="phone" size="small" />{t("call_title")}</h3>
          <CallList to={to} services={services} called={called} />
          {reach ? <button type="button" class="call tall" onClick={reach}><Icon name="user" size="small" /><span class="party"><b>{t("number_call")}</b></span><Key sign={signOf("ask")} /></button> : null}
        </>
      ) : null}
      {asking ?? <DoneActs line={line} people={people} callable={to.length > 0} did={did} />}
      <Others person={person} stuck={stuck} {...changing} />
      <History line={line} people={people} services={services} />
    </section>
  );
}

/** What can be done to the case itself from here. */
function Others({ person, stuck, ...changing }: Changing & { person: Person; stuck: boolean }): JSX.Element | null {
  const [giving, setGiving] = useState(false);
  const gives = person.role === "supervisor" && canGive(changing.line);
  if (giving) return <Give {...changing} leave={() => setGiving(false)} />;
  if (!stuck && !gives) return null;
  return (
    <p class="acts">
      {stuck ? <button type="button" class="button quiet" onClick={() => void onDuty(changing, "retry", {})}>{t("try_workflow")}</button> : null}
      {gives ? <button type="button" class="button quiet" onClick={() => setGiving(true)}>{t("reassign")}</button> : null}
    </p>
  );
}

const SHOWN_TRIES = 6;

/** The case so far, in short: what a colleague must know who takes over. */
function History({ line, people, services }: { line: CaseLine; people: Names; services: readonly EmergencyNumber[] }): JSX.Element {
  const { danger, taken, attended, tries = [] } = line;
  const nameOf = (subject: string): JSX.Element => <Said text={people[subject] ?? t("by_colleague")} />;
  const entry = (moment: string, by: TimelineEntry["by"], what: ComponentChildren, hot = false): TimelineEntry =>
    ({ id: `${by}-${moment}`, at: when(moment), when: moment, by, what, hot });
  const past = [
    entry(line.opened_at, "machine", <>{t("history_opened")} <Code text={line.id} /></>),
    ...(danger?.at ? [{ ...entry(danger.at, danger.kind === "doubted" ? "machine" : "person", <b>{t(`danger_${danger.kind}`)}</b>, danger.kind === "stated"), id: "danger" }] : []),
    ...(taken ? [{ ...entry(taken.at, "person", <>{nameOf(taken.by)} · {t("history_taken")}</>), id: "taken" }] : []),
    ...(attended ? [{ ...entry(attended.at, "person", <>{nameOf(attended.by)} · {t(`did_${attended.did}`)}</>), id: "attended" }] : []),
    ...tries.slice(-SHOWN_TRIES).map((each) => entry(each.at, "person", <OneTry tried={each} last={each === tries.at(-1)} services={services} people={people} />)),
  ].sort((one, other) => one.when.localeCompare(other.when));
  return (
    <section class="so-far" aria-labelledby="so-far">
      <h3 id="so-far"><Icon name="clock" size="small" />{t("history_short")}</h3>
      <Timeline entries={past} />
    </section>
  );
}
