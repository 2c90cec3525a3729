// Cases in one line each, as the boards list them.
import type { ComponentChildren, JSX } from "preact";
import type { CaseLine } from "./api";
import { DangerChip } from "./danger-said";
import { Code, Said } from "./untrusted-text";
import { isLate, lateness } from "./late";
import { secondsUntil, span, when } from "./times";
import { PriorityMark } from "./ui/priority-mark";
import { category, named, type Names, said, t, words } from "./words";

interface LineProps {
  readonly line: CaseLine;
  readonly people: Names;
  readonly open: (id: string) => void;
  readonly fresh?: boolean;
  /** Whether it is listed for how long it stands where it is. */
  readonly rests?: boolean;
  /** What stands at the end of the line. */
  readonly end?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function Line({ line, people, open, fresh, rests, end, children }: LineProps): JSX.Element {
  const { attended } = line;
  return (
    <li class={fresh ? "fresh" : ""} data-case={line.id}>
      <p class="facts-line">
        <PriorityMark priority={line.priority} is={line.danger?.kind === "stated" ? "said" : undefined}>{t(`priority_${line.priority}`)}</PriorityMark>
        <button type="button" class="link" onClick={() => open(line.id)}><Code text={line.id} /></button>
        {line.number ? <Code text={line.number} /> : null}
        {line.danger ? <DangerChip danger={line.danger} /> : null}
        <span>{category(line.category)}</span>
        <span>{t(`status_${line.status}`)}</span>
        {line.referral ? <span>{named(words.units, line.referral.unit)}</span> : null}
        <Age line={line} rests={rests === true} />
        {end}
        {fresh ? <b>{t("new")}</b> : null}
      </p>
      {attended ? <Attended attended={attended} people={people} /> : null}
      {children}
    </li>
  );
}

/** Who took care of a case on the duty desk, when, and what they did. */
export function Attended({ attended, people }: { attended: NonNullable<CaseLine["attended"]>; people: Names }): JSX.Element {
  return (
    <p class="attended">
      <Said text={people[attended.by] ?? t("by_colleague")} /> · <time dateTime={attended.at}>{when(attended.at)}</time> · {t(`did_${attended.did}`)}
    </p>
  );
}

/** What is late of it, and by how much, and for how long it rests; else how long ago it was opened. */
function Age({ line, rests }: { line: CaseLine; rests: boolean }): JSX.Element {
  const late = (line.deadlines ?? []).filter(isLate);
  if (!(late.length || rests)) return <span class="hint">{t("opened_ago", { time: span(-secondsUntil(line.opened_at)) })}</span>;
  return (
    <>
      {rests ? <span class="hint">{t("rests_for", { time: span(-secondsUntil(line.moved_at ?? line.opened_at)) })}</span> : null}
      {late.map((each) => (
        <span key={each.kind + each.since} class="late-clock">{said("deadline", each.kind)} {lateness(each)}</span>
      ))}
    </>
  );
}

interface LinesProps {
  readonly cases: readonly CaseLine[];
  readonly people: Names;
  readonly open: (id: string) => void;
  readonly none: string;
  readonly rests?: boolean;
  readonly end?: (line: CaseLine) => ComponentChildren;
  readonly more?: (line: CaseLine) => ComponentChildren;
}

export function Lines({ cases, people, open, none, rests, end, more }: LinesProps): JSX.Element {
  if (!cases.length) return <p class="hint">{none}</p>;
  return (
    <ul class="lines">
      {cases.map((each) => <Line key={each.id} line={each} people={people} open={open} rests={rests === true} end={end?.(each)}>{more?.(each)}</Line>)}
    </ul>
  );
}
