// The supervisor's board: what waits, what is late, and who has how much. No order here is by how
// much somebody did.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Board as Seen, call, kindOf, newKey, type Priority, type QueuePage, readCase } from "./api";
import { Opened } from "./choices";
import { type Changing, GiveAway } from "./reassign";
import { Holder, Holds } from "./holds";
import { Code, Said } from "./untrusted-text";
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
const PRIORITIES: readonly Priority[] = ["immediate", "urgent", "standard", "information"];
const DESKS = ["supervision", "review"] as const;
const SHORTEST_REASON = 10;
const LONGEST_REASON = 500;

export function Board({ person, open, home }: RoomProps): JSX.Element {
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
  return (
    <main class="board" id="main" aria-busy={!list && !problem}>
      <header>
        <p class="trail"><button type="button" class="link" onClick={home}>{t("work")}</button></p>
        <h1 tabIndex={-1} ref={heading}>{t("room_board")}</h1>
      </header>
      {problem ? <p role="alert">{refusal(problem)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      <Roster person={person} />
      <Openings person={person} />
      {list ? (
        <div class="halves">
          <div>
            <Part id="late" title={t("late_cases")} count={list.late.length} more={list.late_goes_on}>
              <Lines
                cases={list.late}
                people={people}
                open={open}
                none={t("late_none")}
                more={(each) => <GiveAway line={each} changed={read} refused={setRefused} />}
              />
            </Part>
            <Part id="contested" title={t("contested")} count={list.contested.length}>
              <Lines cases={list.contested} people={people} open={open} none={t("contested_none")} />
            </Part>
            <Part id="second" title={t("second_looks")} count={list.second_looks.length}>
              <Lines
                cases={list.second_looks}
                people={people}
                open={open}
                none={t("second_looks_none")}
                more={(each) => <p class="hint">{t("proposed_by")} <Said text={people[each.proposed_by ?? ""] ?? t("by_colleague")} /></p>}
              />
            </Part>
            <Part id="holds" title={t("held_now")} count={list.held.length} more={Boolean(list.held_cursor)}>
              <Holds
                first={held}
                open={open}
                more={(each, names) => <Hold line={each} people={names} changed={read} refused={setRefused} />}
              />
            </Part>
            <Part id="resting" title={t("unauthorised")} count={list.unauthorised.length}>
              <Lines cases={list.unauthorised} people={people} open={open} none={t("unauthorised_none")} rests />
            </Part>
          </div>
          <div>
            <Waiting board={list} />
            <Load board={list} people={people} />
            <Corrections board={list} />
            <Again board={list} open={open} />
          </div>
          <Units board={list} open={open} />
        </div>
      ) : problem ? null : <p role="status" class="late">{t("wait")}</p>}
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

/** A length between 0 and 1. The number stands beside it, so nobody has to see it. */
function Bar({ share }: { share: number }): JSX.Element {
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="ground" width="100" height="6" />
      <rect width={Math.round(100 * Math.min(1, Math.max(0, share)))} height="6" />
    </svg>
  );
}

/** How many wait at review and in dispute, by priority and age. */
function Waiting({ board }: { board: Seen }): JSX.Element {
  const most = Math.max(1, ...board.waiting.flatMap((each) => each.ages));
  const headings = board.edges.map((edge) => t("younger_than", { time: span(edge) }));
  const last = board.edges.at(-1) ?? 0;
  return (
    <Part id="waiting" title={t("waiting")} more={board.waiting_goes_on}>
      {DESKS.map((desk) => {
        const rows = PRIORITIES.flatMap((priority) => board.waiting.filter((each) => each.desk === desk && each.priority === priority));
        if (!rows.length) return <p class="hint" key={desk}><b>{t(`desk_${desk}`)}</b> {t("nothing_waits")}</p>;
        return (
          <div class="scrolled" key={desk} tabIndex={0} role="region" aria-label={t(`desk_${desk}`)}>
            <table class="ages">
              <caption>{t(`desk_${desk}`)}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("priority")}</th>
                  {[...headings, t("older_than", { time: span(last) })].map((each) => <th scope="col" key={each}>{each}</th>)}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.priority}>
                    <th scope="row"><span class={`chip ${row.priority}`}>{t(`priority_${row.priority}`)}</span></th>
                    {row.ages.map((count, place) => <td key={place}>{number(count)}<Bar share={count / most} /></td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      })}
    </Part>
  );
}

function Load({ board, people }: { board: Seen; people: Names }): JSX.Element {
  const named_ = board.load.map((each) => ({ ...each, name: people[each.by] ?? t("by_colleague") }));
  const rows = named_.sort((one, other) => one.name.localeCompare(other.name, words.locale));
  return (
    <Part id="load" title={t("load")}>
      <p class="hint">{t("load_hint")}</p>
      {rows.length ? (
        <table class="counts">
          <thead><tr><th scope="col">{t("name")}</th><th scope="col">{t("holds_now")}</th><th scope="col">{t("decided_today")}</th></tr></thead>
          <tbody>
            {rows.map((each) => (
              <tr key={each.by}><th scope="row"><Said text={each.name} /></th><td>{number(each.held)}</td><td>{number(each.decided)}</td></tr>
            ))}
          </tbody>
        </table>
      ) : <p class="hint">{t("load_none")}</p>}
    </Part>
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

function Corrections({ board }: { board: Seen }): JSX.Element {
  const days = number(board.days);
  return (
    <Part id="corrections" title={t("corrections", { days })}>
      {board.corrections.length ? (
        <table class="counts">
          <thead><tr><th scope="col">{t("proposal")}</th><th scope="col">{t("kept")}</th><th scope="col">{t("was_corrected")}</th></tr></thead>
          <tbody>
            {board.corrections.map(({ what, kept, corrected }) => (
              <tr key={what}>
                <th scope="row">{t(what === "territory" ? "place" : what)}</th>
                <td>{number(kept)}</td>
                <td>{number(corrected)}<Bar share={corrected / (kept + corrected)} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : <p class="hint">{t("corrections_none", { days })}</p>}
    </Part>
  );
}

const ago = (since: string | null | undefined): string => (since ? span(-secondsUntil(since)) : "–");

function Units({ board, open }: { board: Seen; open: (id: string) => void }): JSX.Element {
  const [unit, setUnit] = useState("");
  return (
    <section class="units" aria-labelledby="board-units">
      <h2 id="board-units">{t("units")}</h2>
      <p class="hint">{t("units_hint", { days: number(board.days) })}</p>
      {board.units.length ? (
        <div class="scrolled" tabIndex={0} role="region" aria-labelledby="board-units">
          <table class="counts">
            <thead>
              <tr>
                {(["unit", "unit_waiting", "unit_oldest", "unit_held", "unauthorised_short", "unit_resting", "unit_answered", "unit_median"] as const).map((each) => (
                  <th scope="col" key={each}>{t(each)}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {board.units.map((each) => (
                <tr key={each.unit}>
                  <th scope="row">
                    <button type="button" class="link" aria-expanded={unit === each.unit} onClick={() => setUnit(unit === each.unit ? "" : each.unit)}>
                      {named(words.units, each.unit)}
                    </button>
                  </th>
                  <td>{number(each.waiting)}</td>
                  <td>{ago(each.waiting_since)}</td>
                  <td>{number(each.held)}</td>
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
