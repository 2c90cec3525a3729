// The duty desk on a screen of its own: what must be seen now, who took care of it, the next shift.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { openAct } from "./acts";
import { sound } from "./alarm";
import { call, type Care, type CaseLine, type DutyDesk, kindOf, newKey, type Result, type ToCall, type Tried } from "./api";
import { type Called, calledOf, Calling, dialled, partyOf, sayTried, tryOf } from "./call-strip";
import { Dangers } from "./danger";
import { doneBy, type DoneId, REACHED } from "./done-acts";
import { Band, SoundSwitch } from "./duty-band";
import { DutyLine, type LinesProps } from "./duty-line";
import { DutyPanel } from "./duty-panel";
import { DutyTabs, KINDS, type Kind } from "./duty-tabs";
import { FloodSign, once } from "./groups";
import { useKeys } from "./keys";
import { useAsking } from "./latest-request";
import { NARROW, useMedia } from "./media";
import { Openings } from "./openings";
import { decideSoon } from "./pending-decisions";
import { useListed } from "./polled-list";
import { usePulse } from "./pulse";
import { refusal } from "./refusals";
import type { RoomProps } from "./room-props";
import { Shift } from "./shift";
import { isHeard, take, willCall } from "./taken";
import { useTick } from "./times";
import { Icon } from "./ui/icon";
import { type Names, number, t } from "./words";

/** So often that an alert is in sight within five seconds, the way of both answers included. */
const PULSE_SECONDS = 3;
const DESK_SECONDS = 60;
const SOUND_SECONDS = 15;
/** A digit says what was done about the line that was in front: not about one that came in its place just now. */
const SETTLED_MS = 1_000;
/** Of a case that its reader chose: a digit waits for nothing, also on a page that was just opened. */
const LONG_AGO = Number.NEGATIVE_INFINITY;
const WIDE = "(min-width: 100rem)";

/** What is asked about a call: whom, with what result, and when again, each where it is not chosen yet. */
interface Asked {
  readonly id: string;
  readonly whom?: Called;
  readonly result?: Result;
  readonly everybody?: readonly Called[];
}

export function Duty({ person, open }: RoomProps): JSX.Element {
  const pulse = usePulse(PULSE_SECONDS);
  const board = useListed<DutyDesk>("/v1/desk/duty", DESK_SECONDS);
  const narrow = useMedia(NARROW);
  const wide = useMedia(WIDE);
  const [tab, setTab] = useState<Kind>();
  const [chosen, setChosen] = useState("");
  const [asked, setAsked] = useState<Asked>();
  const [refused, setRefused] = useState("");
  useTick(15_000);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (pulse.list) board.read();
  }, [pulse.list?.desk]);
  const { list } = board;
  const glances = pulse.list?.glances;
  const fresh = useFresh(list);
  const further = useFurther(list);
  const groups = { ...further.groups, ...list?.groups };
  const people = { ...list?.people, ...further.people } as Names;
  const services = list?.emergency_numbers ?? [];
  const linesOf = (kind: Kind): readonly CaseLine[] => once([...(list?.[kind] ?? []), ...further.lines(kind)], groups);
  const dangers = linesOf("imminent");
  const unattended = dangers.filter((each) => !isHeard(each));
  useSound(fresh, unattended.length > 0);

  // Until somebody chooses, the list that presses most is in front, and in it the first case without a person.
  const kind = tab ?? KINDS.find((each) => list?.[each]?.length) ?? "imminent";
  const lines = linesOf(kind);
  const beside = wide && kind === "imminent" ? linesOf("money") : [];
  const line = [...lines, ...beside].find(({ id }) => id === chosen) ?? (kind === "imminent" ? unattended[0] : undefined) ?? lines[0];
  const selected = line?.id ?? "";
  const byHand = useRef("");
  const cameAt = useRef(0);
  useEffect(() => void (cameAt.current = byHand.current === selected ? LONG_AGO : performance.now()), [selected]);
  const choose = (id: string): void => {
    byHand.current = id;
    cameAt.current = LONG_AGO;
    setChosen(id);
    if (asked && asked.id !== id) setAsked(undefined);
  };
  const goTo = (id: string): void => {
    setTab("imminent");
    choose(id);
    setTimeout(() => focusOn(id));
  };

  const trying = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      setRefused("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    board.read();
  };
  const attend = (id: string, did: Care): Promise<void> =>
    trying(() => call({ method: "POST", path: `/v1/desk/duty/${encodeURIComponent(id)}/attention`, key: newKey(), body: { did } }));
  const toCall = ({ id }: CaseLine): readonly ToCall[] => list?.to_call?.[id] ?? further.calls[id] ?? [];
  const ask = (next?: Asked): void => {
    setAsked(next);
    const id = next?.id ?? asked?.id;
    if (next) choose(next.id);
    if (id) keepFocus(id);
  };
  const tell = (id: string, said: Tried): Promise<void> => {
    ask();
    return trying(() => sayTried(id, said));
  };
  const has = (each: CaseLine | undefined): void => {
    if (!each) return;
    choose(each.id);
    void trying(() => take(each));
  };
  // A number is opened on the page of the case, by the person who has it.
  const reaches = ({ taken }: CaseLine): boolean => taken?.by === person.subject;
  const reach = (id: string): void => {
    willCall(id);
    open(id);
  };
  /** One key said it: it is sent after a moment in which it can be taken back. */
  const reached = (id: string, whom: Called): void =>
    decideSoon({ id, outcome: "tried", about: [partyOf(whom, services)], asked: (key) => tryOf(id, { ...whom, result: REACHED }, key), holds: board.read });
  const did = (each: CaseLine, what: DoneId): void => {
    const to = toCall(each);
    const party = (whom: ToCall["whom"]): Called => calledOf(to, services).find((one) => one.whom === whom) ?? { whom };
    if (what === "unit" || what === "office" || what === "reporter" || what === "institution") reached(each.id, party(what));
    else if (what === "services") ask({ id: each.id, result: REACHED, everybody: calledOf(to, services).filter(({ whom }) => whom === "control_room") });
    else if (what === "again") {
      const last = each.tries?.at(-1);
      ask({ id: each.id, result: "no_answer", ...(last ? { whom: { whom: last.whom, of: last.of ?? null } } : {}) });
    } else if (what === "no_danger") {
      openAct(each.id, { act: "no_danger" });
      open(each.id);
    } else void attend(each.id, what);
  };
  const move = (by: 1 | -1): void => {
    const next = lines[lines.findIndex(({ id }) => id === selected) + by];
    if (!next) return;
    choose(next.id);
    focusOn(next.id);
  };

  useKeys((act, digit) => {
    const settled = performance.now() - cameAt.current > SETTLED_MS;
    // While a call is asked about, digits answer that.
    const what = line && digit !== undefined && settled && asked?.id !== line.id ? doneBy(digit, line, toCall(line).length > 0) : undefined;
    if (act === "down") move(1);
    else if (act === "up") move(-1);
    else if (act === "danger") has(line?.imminent ? line : unattended[0]);
    else if (!line) return false;
    else if (act === "note") document.querySelector<HTMLElement>(".done-act")?.focus();
    else if (act === "unsure") {
      if (dialled(toCall(line))) document.querySelector<HTMLElement>(".call.first")?.click();
      ask({ id: line.id });
    } else if (act === "ask" && reaches(line)) reach(line.id);
    else if (what) did(line, what);
    else if (act === "next") open(line.id);
    else return false;
    return true;
  });

  const wrong = refused || board.wrong || pulse.wrong;
  const to = line ? toCall(line) : [];
  const asking = asked && asked.id === selected ? (
    <Calling
      key={`${asked.whom?.whom} ${asked.result}`}
      whom={asked.whom}
      result={asked.result}
      everybody={asked.everybody ?? calledOf(to, services)}
      services={services}
      say={(said) => void tell(asked.id, said)}
      leave={() => ask()}
    />
  ) : undefined;
  const panel = line ? (
    <DutyPanel
      key={line.id}
      person={person}
      line={line}
      people={people}
      to={to}
      services={services}
      stuck={kind === "stuck"}
      open={() => open(line.id)}
      take={() => has(line)}
      called={(whom) => ask({ id: line.id, ...(whom ? { whom } : {}) })}
      reach={line.imminent && reaches(line) ? () => reach(line.id) : undefined}
      did={(what) => did(line, what)}
      inLine={narrow}
      asking={asking}
      changed={board.read}
      refused={setRefused}
    />
  ) : null;
  const inCommon: LinesProps = {
    people, me: person.subject, services, chosen: selected, choose, open, take: has, toCall, groups, late: kind !== "imminent",
    called: (each, whom) => ask({ id: each.id, ...(whom ? { whom } : {}) }),
    fresh: (each) => fresh.has(`${kind} ${each.id}`),
    below: narrow ? panel : null,
  };
  return (
    <main class="duty" id="main" aria-busy={!list && !wrong}>
      <div class="duty-front">
        <h1 class="page-title" tabIndex={-1} ref={heading}>{t("room_duty")}</h1>
        <Band dangers={dangers} more={further.cursor("imminent") !== undefined} go={goTo}>
          {glances?.overdue ? <a class="chip late" href="#glance"><Icon name="eye" size="small" />{t("now_glances", { n: number(glances.overdue) })}</a> : null}
          <SoundSwitch />
        </Band>
        <DutyTabs list={list} tab={kind} more={(each) => further.cursor(each) !== undefined} lines={linesOf} choose={setTab} />
        <Openings person={person} />
        {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={board.read}>{t("retry")}</button></p> : null}
        {list?.flood ? <FloodSign flood={list.flood} /> : null}
        <p role="status" class="hidden-text">{[...fresh].map((each) => t("alert_new", { what: t(`duty_${kindIn(each)}`) })).join(" ")}</p>
        <section class="duty-list" aria-labelledby={`duty-${kind}`} tabIndex={0}>
          <h2 class={kind === "imminent" ? "hidden-text" : "list-head"}><b id={`duty-${kind}`}>{t(`duty_${kind}`)}</b> <span>{t(`todo_${kind}`)}</span></h2>
          {list ? null : <p role="status" class="late">{t("wait")}</p>}
          {list && !lines.length ? <p class="none"><Icon name="check" />{t(KINDS.some((each) => list[each]?.length) ? "duty_none_here" : "duty_nothing")}</p> : null}
          {kind === "imminent" ? <Dangers lines={lines} {...inCommon} /> : <ul class="duty-lines">{lines.map((each) => <DutyLine key={each.id} line={each} {...inCommon} />)}</ul>}
          {further.cursor(kind) ? <p><button type="button" class="link" onClick={() => further.read(kind)}>{t("more")}</button></p> : null}
        </section>
      </div>
      <aside class="duty-side" aria-label={t("duty_side")}>
        {narrow ? null : panel}
        <Shift person={person} open={open} />
      </aside>
      {beside.length ? (
        <section class="duty-beside" aria-labelledby="duty-beside" tabIndex={0}>
          <h2 class="list-head"><b id="duty-beside"><Icon name="banknote" size="small" />{t("duty_money")}</b> <span class="tally money">{number(beside.length)}{further.cursor("money") ? "+" : ""}</span></h2>
          <ul class="duty-lines">{beside.map((each) => <DutyLine key={each.id} line={each} {...inCommon} late fresh={(one) => fresh.has(`money ${one.id}`)} />)}</ul>
        </section>
      ) : null}
    </main>
  );
}

const kindIn = (mark: string): Kind => mark.split(" ")[0] as Kind;

const focusOn = (id: string): void => {
  const number = document.querySelector<HTMLElement>(`[data-case="${id}"] .facts-line .link`);
  number?.focus({ preventScroll: true });
  number?.closest("li")?.scrollIntoView({ block: "nearest" });
};

/** After a part of the page went away that had the focus, the line has it. */
function keepFocus(id: string): void {
  setTimeout(() => {
    if (document.activeElement === document.body) focusOn(id);
  });
}

interface Further {
  readonly people: Names;
  readonly calls: Readonly<Record<string, readonly ToCall[]>>;
  readonly groups: NonNullable<DutyDesk["groups"]>;
  readonly lines: (kind: Kind) => readonly CaseLine[];
  readonly cursor: (kind: Kind) => string | undefined;
  readonly read: (kind: Kind) => void;
}

/** Later pages of long lists, until the desk is read anew. */
function useFurther(list: DutyDesk | undefined): Further {
  const [pages, setPages] = useState<readonly { readonly kind: Kind; readonly page: DutyDesk }[]>([]);
  const ask = useAsking();
  useEffect(() => {
    // A page that is on its way goes on from lines that are no longer there.
    ask();
    setPages([]);
  }, [list]);
  const of = (kind: Kind): readonly DutyDesk[] => pages.filter((each) => each.kind === kind).map((each) => each.page);
  const cursor = (kind: Kind): string | undefined => (of(kind).at(-1) ?? list)?.cursors?.[kind];
  return {
    people: Object.assign({}, ...pages.map(({ page }) => page.people)) as Names,
    calls: Object.assign({}, ...pages.map(({ page }) => page.to_call)) as Further["calls"],
    groups: Object.assign({}, ...pages.map(({ page }) => page.groups)) as NonNullable<DutyDesk["groups"]>,
    lines: (kind) => of(kind).flatMap((page) => page[kind] ?? []),
    cursor,
    read: (kind) => {
      const path = `/v1/desk/duty?cursor=${encodeURIComponent(cursor(kind) ?? "")}`;
      // What cannot be read now is asked for again by the same button.
      ask(call<DutyDesk>({ method: "GET", path }), ({ body }) => setPages((before) => [...before, { kind, page: body }]));
    },
  };
}

/** What came since the page was opened, for as long as one reading of the desk. */
function useFresh(list: DutyDesk | undefined): ReadonlySet<string> {
  const seen = useRef<Set<string> | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!list) return;
    const now = KINDS.flatMap((kind) => (list[kind] ?? []).map((each) => `${kind} ${each.id}`));
    const before = seen.current;
    // The first reading tells what is there, not what is new.
    const added = before ? now.filter((each) => !before.has(each)) : [];
    seen.current = new Set(now);
    setFresh(new Set(added));
  }, [list]);
  return fresh;
}

/** Sound once for what is new, and again and again while nobody took care of a danger. */
function useSound(fresh: ReadonlySet<string>, calls: boolean): void {
  useEffect(() => {
    if (fresh.size) sound();
  }, [fresh]);
  useEffect(() => {
    if (!calls) return;
    const timer = setInterval(sound, SOUND_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [calls]);
}
