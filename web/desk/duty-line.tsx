// A line of the duty desk: since when and who has it at the start, then the words, the facts, whom to call.
import type { ComponentChildren, JSX } from "preact";
import type { CaseLine, EmergencyNumber, Group, ToCall } from "./api";
import { type Called, CallStrip, partyOf } from "./call-strip";
import { By, Gist, nature, Where } from "./danger-said";
import { Alike } from "./groups";
import { signOf } from "./keys";
import { isLate, lateness } from "./late";
import { isHeard } from "./taken";
import { secondsUntil, span, when } from "./times";
import { Chip } from "./ui/chip";
import { Icon } from "./ui/icon";
import { Key } from "./ui/key";
import { Code, Said } from "./untrusted-text";
import { category, named, type Names, said, t, words } from "./words";

/** What the lines of a list are given in common. */
export interface LinesProps {
  readonly people: Names;
  readonly me: string;
  readonly services: readonly EmergencyNumber[];
  /** The case of the line that is chosen. */
  readonly chosen: string;
  readonly choose: (id: string) => void;
  readonly open: (id: string) => void;
  readonly take: (line: CaseLine) => void;
  readonly called: (line: CaseLine, whom?: Called) => void;
  readonly toCall: (line: CaseLine) => readonly ToCall[];
  readonly groups: Readonly<Record<string, Group>>;
  /** Whether a line says what is late of it. */
  readonly late: boolean;
  /** Whether it came since the page was opened. */
  readonly fresh: (line: CaseLine) => boolean;
  /** What stands below the line that is chosen, where there is no room beside it. */
  readonly below: ComponentChildren;
}

export function DutyLine({ line, ...props }: LinesProps & { line: CaseLine }): JSX.Element {
  const { danger, facts } = line;
  const { people, services, chosen, choose, open, fresh, groups } = props;
  const here = chosen === line.id;
  const to = props.toCall(line);
  const group = groups[line.id];
  const doubted = danger?.kind === "doubted";
  const guessed = (fact: NonNullable<NonNullable<CaseLine["facts"]>["guessed"]>[number]) => (facts?.guessed?.includes(fact) ? "guessed" : "");
  const below = here ? props.below : null;
  return (
    // Whoever has no mouse chooses by arrows, or by the number in the line.
    <li
      class={`duty-line ${danger?.kind ?? "calm"} ${here ? "chosen" : ""} ${fresh(line) ? "fresh" : ""}`}
      data-case={line.id}
      aria-current={here ? "true" : undefined}
      onClick={() => choose(line.id)}
      onFocusIn={() => choose(line.id)}
    >
      <p class="since"><b>{span(-secondsUntil(danger?.at ?? line.opened_at))}</b><Has line={line} people={people} me={props.me} /></p>
      <div class="what">
        {danger && (danger.said || !facts?.words) ? <Gist danger={danger} /> : <Words line={line} />}
        <div class="facts-row"><p class="facts-line">
          <span class={`place ${guessed("territory")}`}><Icon name="map-pin" size="small" /><Where line={line} /></span>
          {danger?.said || danger?.by ? <By danger={danger} people={people} /> : facts?.said_by ? <span>{t("danger_told_by", { who: said("reporter", facts.said_by) })}</span> : null}
          <span>{nature(line)}</span>
          {facts?.sum && facts.currency ? <b class={`sum ${guessed("sum")}`}>{amount(facts.sum, facts.currency)}</b> : null}
          {facts?.account ? <span class={guessed("account")}><Code text={facts.account.text} /></span> : null}
          {line.referral ? <span>{named(words.units, line.referral.unit)}</span> : null}
          <button type="button" class="link" onClick={() => open(line.id)}>{t("number_short")} <Code text={line.number ?? line.id} /></button>
          {fresh(line) ? <b>{t("new")}</b> : null}
        </p>
        <p class="stand">
          <Stand line={line} services={services} late={props.late} />
          {!doubted && line.imminent && !line.taken && !below ? (
            <button type="button" class="button quiet" onClick={() => props.take(line)}>{t("take_it")} {here ? <Key sign={signOf("danger")} /> : null}</button>
          ) : null}
        </p>
        </div>
        {below ? null : <CallStrip to={to} services={services} called={(whom) => props.called(line, whom)} first={doubted} />}
        {group ? <Alike group={group} open={open} /> : null}
        {below}
      </div>
    </li>
  );
}

/** The first words of the report; where there are none, or they may be hard to bear, what it is about. */
function Words({ line: { facts, category: about } }: { line: CaseLine }): JSX.Element {
  if (!facts?.words) return <p class="gist">{category(about)}{facts?.covered ? <small> {t("danger_covered")}</small> : null}</p>;
  return <p class="gist" {...(facts.words_language ? { lang: facts.words_language } : {})}><q><Said text={facts.words} /></q></p>;
}

const amount = (sum: string, currency: string): string => Number(sum).toLocaleString(words.locale, { style: "currency", currency });

/** Who has it, in a word or two. */
function Has({ line, people, me }: { line: CaseLine; people: Names; me: string }): JSX.Element | null {
  const { taken, attended } = line;
  const by = taken?.by ?? attended?.by;
  if (by) {
    return (
      <small class="has">
        {by === me ? t("on_duty_you") : <Said text={people[by] ?? t("by_colleague")} />}
        {isHeard(line) ? null : <b class="late-clock">{t("taken_news")}</b>}
      </small>
    );
  }
  return line.danger ? <small class="has">{t("danger_nobody")}</small> : null;
}

/** How it stands: what is late, when to call again, what came of the last call. */
function Stand({ line, services, late: says }: { line: CaseLine; services: readonly EmergencyNumber[]; late: boolean }): JSX.Element {
  const last = line.tries?.at(-1);
  const again = last?.call_back_at;
  const money = says ? line.deadlines?.find((each) => each.kind === "money" && each.due && !isLate(each))?.due : undefined;
  const late = says ? (line.deadlines ?? []).filter(isLate) : [];
  return (
    <>
      {money ? <Chip kind="money" icon="timer">{t("due_in", { time: span(secondsUntil(money)) })}</Chip> : null}
      {late.map((each) => <Chip key={each.kind + each.since} kind="late">{said("deadline", each.kind)} {lateness(each)}</Chip>)}
      {last ? <Chip icon={last.result === "reached" ? "check" : "phone-off"}>{partyOf(last, services)} : {t(`result_${last.result}`)} {when(last.at)}</Chip> : null}
      {again ? <Chip kind={secondsUntil(again) <= 0 ? "past" : "late"}>{t("call_back_at", { time: when(again) })}</Chip> : null}
      {line.attended ? <Chip icon="check">{t(`did_${line.attended.did}`)}</Chip> : null}
    </>
  );
}
