// The supervisor's board: what is off comes first, then who has how much, and what people correct. No order here is by
// how much somebody did.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Corrected, DecidedByDay, PersonBars, WaitingHeat } from "./board-figures";
import { Pressing } from "./board-pressing";
import { type Board as Seen, call, kindOf, newKey, type QueuePage, readCase } from "./api";
import { Opened } from "./choices";
import type { Changing } from "./reassign";
import { Holder, Holds } from "./holds";
import { Bars } from "./ui/charts";
import { Code } from "./untrusted-text";
import { Lines } from "./lines";
import { useListed } from "./polled-list";
import { useQueue } from "./queue";
import { Openings } from "./openings";
import { refusal } from "./refusals";
import type { RoomProps } from "./room-props";
import { Roster } from "./roster";
import { secondsUntil, span, useTick } from "./times";
import { category, named, type Names, number, said, t, words } from "./words";

const SECONDS = 60;
const DESKS = ["supervision", "review"] as const;
const SHORTEST_REASON = 10;
const LONGEST_REASON = 500;

export function Board({ person, open }: RoomProps): JSX.Element {
  const { list, wrong, read } = useListed<Seen>("/v1/desk/board", SECONDS);
  const [refused, setRefused] = useState("");
  useTick(30_000);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const problem = refused || wrong;
  const people = (list?.people ?? {}) as Names;
  // One object for each list that was read: behind it the further pages stay.
  const held = useMemo<QueuePage>(
    () => ({ cases: list?.held ?? [], people, ...(list?.held_cursor ? { cursor: list.held_cursor } : {}) }),
    [list],
  );
  const edges = list?.edges ?? [];
  const ages = [...edges.map((edge) => t("younger_than", { time: span(edge) })), t("older_than", { time: span(edges.at(-1) ?? 0) })];
  return (
    <main class="board" id="main" aria-busy={!list && !problem}>
      <header>
        <h1 class="page-title" tabIndex={-1} ref={heading}>{t("room_board")}</h1>
      </header>
      {problem ? <p role="alert">{refusal(problem)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      {list ? (
        <>
          <Pressing board={list} people={people} open={open} changed={read} refused={setRefused} />
          <div class="figures">
            <Part id="load" title={t("load")} more={list.load_goes_on}>
              <p class="hint">{t("load_hint")}{list.load_goes_on ? ` ${t("off_read_first")}.` : ""}</p>
              <PersonBars board={list} people={people} />
            </Part>
            <Part id="corrected" title={t("corrected_title", { days: number(list.days) })}>
              <Corrected board={list} open={open} />
              <Kept board={list} />
            </Part>
            <Part id="waiting" title={t("waiting")} more={list.waiting_goes_on}>
              {DESKS.map((desk) => <WaitingHeat key={desk} board={list} desk={desk} columns={ages} />)}
              <DecidedByDay board={list} />
            </Part>
          </div>
          <Units board={list} open={open} />
          <div class="halves">
            <Part id="holds" title={t("held_now")} count={list.held.length} more={Boolean(list.held_cursor)}>
              <Holds
                first={held}
                open={open}
                more={(each, names) => <Hold line={each} people={names} changed={read} refused={setRefused} />}
              />
            </Part>
            <Again board={list} open={open} />
          </div>
        </>
      ) : problem ? null : <p role="status" class="late">{t("wait")}</p>}
      <Roster person={person} />
      <Openings person={person} />
    </main>
  );
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly count?: number;
  readonly more?: boolean;
  readonly children: ComponentChildren;
}

function Part({ id, title, count, more, children }: PartProps): JSX.Element {
  return (
    <section aria-labelledby={`board-${id}`}>
      <h2 id={`board-${id}`}>{title} {count ? <span>{number(count)}{more ? "+" : ""}</span> : null}</h2>
      {children}
    </section>
  );
}

/** Closed reviews on which a second person, who read them again, differs: the cases, and no names. */
function Again({ board: { samples }, open }: { board: Seen; open: (id: string) => void }): JSX.Element {
  const decided = (what: string, priority: string | null | undefined): string =>
    priority ? `${category(what)} · ${said("priority", priority)}` : `${t("reject")}: ${said("reject", what)}`;
  return (
    <Part id="samples" title={t("samples_differ")} count={samples.differing.length}>
      <p class="hint">
        {t("samples_wait", { n: number(samples.waiting) + (samples.waiting >= samples.most ? "+" : "") })}
        {samples.overdue ? ` ${t("samples_late", { n: number(samples.overdue) })}` : ""}
      </p>
      {samples.differing.length ? (
        <table class="counts">
          <thead><tr><th scope="col">{t("case_number")}</th><th scope="col">{t("samples_first")}</th><th scope="col">{t("samples_second")}</th></tr></thead>
          <tbody>
            {samples.differing.map((each) => (
              <tr key={each.case + each.at}>
                <th scope="row"><button type="button" class="link" onClick={() => open(each.case)}><Code text={each.number ?? each.case} /></button></th>
                <td>{decided(each.first, each.first_priority)}</td>
                <td>{decided(each.second, each.second_priority)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : <p class="hint">{t("samples_agree")}</p>}
    </Part>
  );
}

/** How much of each kind of proposal was kept. */
function Kept({ board: { corrections, days } }: { board: Seen }): JSX.Element {
  if (!corrections.length) return <p class="hint">{t("corrections_none", { days: number(days) })}</p>;
  const rows = corrections.map(({ what, kept, corrected }) => [t(what === "territory" ? "place" : what), [corrected, kept]] as const);
  return <Bars name={t("corrections", { days: number(days) })} figures={t("figures")} parts={[t("was_corrected"), t("kept")]} rows={rows} />;
}

const ago = (since: string | null | undefined): string => (since ? span(-secondsUntil(since)) : "–");

function Units({ board, open }: { board: Seen; open: (id: string) => void }): JSX.Element {
  const [unit, setUnit] = useState("");
  const [all, showAll] = useState(false);
  const off = board.units.filter((each) => each.late || each.due_soon || each.waiting || each.unauthorised);
  const calm = board.units.filter((each) => !off.includes(each));
  off.sort((one, other) => (other.late ?? 0) - (one.late ?? 0) || (other.due_soon ?? 0) - (one.due_soon ?? 0) || other.unauthorised - one.unauthorised || other.waiting - one.waiting);
  const shown = all || !off.length ? [...off, ...calm] : off;
  return (
    <section class="units" aria-labelledby="board-units">
      <h2 id="board-units">{t("units")}</h2>
      <p class="hint">{t("units_hint", { days: number(board.days) })}</p>
      {board.units.length ? (
        <div class="scrolled" tabIndex={0} role="region" aria-labelledby="board-units">
          <table class="counts">
            <thead>
              <tr>
                {(["unit", "unit_waiting", "unit_oldest", "unit_held", "unit_overdue", "unit_soon", "unauthorised_short", "unit_resting", "unit_answered", "unit_median"] as const).map((each) => (
                  <th scope="col" key={each}>{t(each)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((each) => (
                <tr key={each.unit}>
                  <th scope="row">
                    <button type="button" class="link" aria-expanded={unit === each.unit} onClick={() => setUnit(unit === each.unit ? "" : each.unit)}>
                      {named(words.units, each.unit)}
                    </button>
                  </th>
                  <td>{number(each.waiting)}</td>
                  <td>{ago(each.waiting_since)}</td>
                  <td>{number(each.held)}</td>
                  <td>{each.late ? <b class="late-clock">{number(each.late)}</b> : number(0)}</td>
                  <td>{number(each.due_soon ?? 0)}</td>
                  <td>{number(each.unauthorised)}</td>
                  <td>{ago(each.unauthorised_since)}</td>
                  <td>{number(each.answered)}</td>
                  <td>{each.median_seconds == null ? "–" : span(each.median_seconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <p class="hint">{t("units_none")}</p>}
      {shown.length < board.units.length ? <p><button type="button" class="link" onClick={() => showAll(true)}>{t("units_calm", { n: number(calm.length) })}</button></p> : null}
      {unit ? <OfUnit key={unit} unit={unit} open={open} /> : null}
    </section>
  );
}

/** The list of one unit, page by page: what waits for it, and then what it holds. */
function OfUnit({ unit, open }: { unit: string; open: (id: string) => void }): JSX.Element {
  const { lines, people, goesOn, wrong, more, again } = useQueue(`unit:${unit}`, 0);
  return (
    <div class="of-unit" aria-busy={!lines && !wrong}>
      <h3>{named(words.units, unit)}</h3>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      {lines ? <Lines cases={lines} people={people} open={open} none={t("unit_holds_none")} /> : null}
      {goesOn ? <p><button type="button" class="link" onClick={more}>{t("more")}</button></p> : null}
    </div>
  );
}

/** Who works on a case alone, and the way to let others: for a reason, which stays with the case. */
function Hold({ line, people, changed, refused }: Changing & { people: Names }): JSX.Element | null {
  const [breaking, setBreaking] = useState(false);
  const [reason, setReason] = useState("");
  const { hold } = line;
  if (!hold) return null;
  const let_go = async (): Promise<void> => {
    try {
      const { etag } = await readCase(line.id);
      const path = `/v1/desk/cases/${encodeURIComponent(line.id)}/hold/break`;
      await call({ method: "POST", path, body: { reason: reason.trim() }, etag, key: newKey() });
      refused("");
      setBreaking(false);
    } catch (error) {
      refused(kindOf(error));
    }
    changed();
  };
  const whose = <Holder line={line} people={people} />;
  if (!breaking) {
    return <>{whose}<p class="acts"><button type="button" class="link" onClick={() => setBreaking(true)}>{t("break_hold")}</button></p></>;
  }
  return (
    <>
      {whose}
      <Opened title={t("break_hold")} leave={() => setBreaking(false)}>
        <label for={`why-${line.id}`}>{t("break_hold_why")}</label>
        <textarea
          id={`why-${line.id}`}
          dir="auto"
          rows={2}
          maxLength={LONGEST_REASON}
          autocomplete="off"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <p>
          <button type="button" class="button quiet" disabled={reason.trim().length < SHORTEST_REASON} onClick={() => void let_go()}>
            {t("break_hold")}
          </button>
        </p>
      </Opened>
    </>
  );
}
