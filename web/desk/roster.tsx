// Who is on duty, until when, and who comes next: each person says so themselves.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { dayAt, shownAt } from "../shared/clocks";
import { call, kindOf, newKey, type Person, type Roster as Shifts, type TakeDuty, type Watcher } from "./api";
import { Said } from "./untrusted-text";
import { type Listed, useListed } from "./polled-list";
import { refusal } from "./refusals";
import { when } from "./times";
import { t, words } from "./words";

const SECONDS = 60;
const HOUR_MS = 3_600_000;
const SHIFT_HOURS = 8;

/** The next moment at which the country's clocks show this time. */
function nextAt(time: string): Date | undefined {
  const now = new Date();
  const ahead = shownAt(words.clocks, now).getTime() - now.getTime();
  const at = Date.parse(`${dayAt(words.clocks, now)}T${time}:00Z`) - ahead;
  if (Number.isNaN(at)) return undefined;
  return new Date(at > now.getTime() ? at : at + 24 * HOUR_MS);
}

/** The end of a shift that begins now, as a field has it. */
const usualEnd = (): string => shownAt(words.clocks, new Date(Date.now() + SHIFT_HOURS * HOUR_MS)).toISOString().slice(11, 16);

export const useRoster = (): Listed<Shifts> => useListed<Shifts>("/v1/desk/roster", SECONDS);

export function Roster({ person }: { person: Person }): JSX.Element {
  return <OnDuty person={person} listed={useRoster()} />;
}

/** The same of a roster that is read already. */
export function OnDuty({ person, listed }: { person: Person; listed: Listed<Shifts> }): JSX.Element {
  const { list, wrong, read } = listed;
  const [until, setUntil] = useState(usualEnd);
  const [next, setNext] = useState("");
  const [watchers, setWatchers] = useState<readonly Watcher[]>();
  const [refused, setRefused] = useState("");
  const key = useRef(newKey());
  const mine = list?.on.find(({ subject }) => subject === person.subject);
  const nameOf = (subject: string): string => list?.people?.[subject] ?? t("by_colleague");
  const say = async (body: TakeDuty): Promise<void> => {
    try {
      await call({ method: "POST", path: "/v1/desk/roster", key: key.current, body });
      key.current = newKey();
      setRefused("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    read();
  };
  const take = (): void => {
    const at = nextAt(until);
    if (at) void say({ until: at.toISOString() });
  };
  const askWatchers = async (): Promise<void> => {
    if (watchers) return;
    try {
      setWatchers((await call<{ people: readonly Watcher[] }>({ method: "GET", path: "/v1/desk/watchers" })).body.people);
    } catch (error) {
      setRefused(kindOf(error));
    }
  };
  const problem = refused || wrong;
  return (
    <section class="roster" aria-labelledby="roster">
      <h2 id="roster">{t("on_duty")}</h2>
      {problem ? <p role="alert">{refusal(problem)}</p> : null}
      {list && !list.on.length ? <p class="inset warn" role="alert"><b>{t("on_duty_nobody")}</b></p> : null}
      <ul>
        {(list?.on ?? []).map((each) => (
          <li key={each.subject}>
            <b><Said text={each.subject === person.subject ? t("on_duty_you") : nameOf(each.subject)} /></b>{" "}
            <time dateTime={each.until}>{t("on_duty_until", { time: when(each.until) })}</time>
          </li>
        ))}
      </ul>
      {list?.next ? <p>{t("on_duty_next")} <Said text={nameOf(list.next)} /></p> : null}
      <p class="acts">
        <label for="on-duty-until">{t("on_duty_take")}</label>
        <input id="on-duty-until" type="time" value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
        <button type="button" class="button quiet" onClick={take}>{t(mine ? "on_duty_longer" : "on_duty_say")}</button>
      </p>
      {mine ? (
        <p class="acts">
          <label for="on-duty-next">{t("on_duty_next")}</label>
          <select id="on-duty-next" value={next} onFocus={() => void askWatchers()} onChange={(event) => setNext(event.currentTarget.value)}>
            <option value="">{t("on_duty_next_none")}</option>
            {(watchers ?? []).filter(({ subject }) => subject !== person.subject).map((each) => <option key={each.subject} value={each.subject} label={each.name} />)}
          </select>
          <button type="button" class="button quiet" onClick={() => void say(next ? { next } : {})}>{t("on_duty_leave")}</button>
        </p>
      ) : null}
      {list?.turns.length ? (
        <details>
          <summary>{t("on_duty_turns")}</summary>
          <ol reversed>
            {list.turns.map((each) => (
              <li key={each.at + each.by}>
                <time dateTime={each.at}>{when(each.at)}</time> <Said text={nameOf(each.by)} /> ·{" "}
                {each.said === "on" ? t("on_duty_until", { time: when(each.until) }) : t("on_duty_left")}
                {each.next ? <> · {t("on_duty_next")} <Said text={nameOf(each.next)} /></> : null}
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </section>
  );
}
