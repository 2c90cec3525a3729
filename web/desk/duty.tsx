// The duty desk on a screen of its own: what must be seen now, who took care of it, the next shift.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sound, soundIsOn, switchSound } from "./alarm";
import { call, type Care, type CaseLine, type DutyDesk, type EmergencyNumber, kindOf, newKey, type Person, type Pulse, type ToCall, type Tried } from "./api";
import { useAsking } from "./latest-request";
import { type Called, calledOf, Calling, CallStrip, sayTried } from "./call-strip";
import { Choices } from "./choices";
import { Dangers, type ListedProps } from "./danger";
import { canGive, type Changing, Give, onDuty } from "./reassign";
import { FloodSign, OfGroup, once } from "./groups";
import { HandOver } from "./handover";
import { Holds } from "./holds";
import { signOf, useKeys } from "./keys";
import { Line } from "./lines";
import { useListed } from "./polled-list";
import { Openings } from "./openings";
import { refusal } from "./refusals";
import type { RoomProps } from "./room-props";
import { Roster } from "./roster";
import { isHeard, take, Taken, willCall } from "./taken";
import { useTick } from "./times";
import { Glances } from "./backlog-links";
import { type Names, number, t } from "./words";

/** So often that an alert is in sight within five seconds, the way of both answers included. */
const PULSE_SECONDS = 3;
const DESK_SECONDS = 60;
const SOUND_SECONDS = 15;

/** The lists, the most pressing first. */
const KINDS = ["imminent", "money", "undelivered", "stuck", "unreadable", "overdue", "added_after_end", "retention"] as const;
type Kind = (typeof KINDS)[number];
/** What is done without a call: each call is a try of its own. */
const CARES: readonly Care[] = ["read", "nothing_needed"];

export function Duty({ person, open, home }: RoomProps): JSX.Element {
  const pulse = useListed<Pulse>("/v1/desk/pulse", PULSE_SECONDS);
  const board = useListed<DutyDesk>("/v1/desk/duty", DESK_SECONDS);
  const [caring, setCaring] = useState("");
  const [calling, setCalling] = useState<{ readonly id: string; readonly whom?: Called }>();
  const [refused, setRefused] = useState("");
  // Who takes a case with a key goes on with that one, though another line is the first now.
  const tookLast = useRef("");
  useTick(15_000);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (pulse.list) board.read();
  }, [pulse.list?.desk]);
  const { list } = board;
  const overdueGlances = pulse.list?.glances?.overdue ? pulse.list.glances : undefined;
  const fresh = useFresh(list);
  const unattended = (list?.imminent ?? []).filter((each) => !isHeard(each));
  useSound(fresh, unattended.length > 0);

  const further = useFurther(list);

  const attend = async (id: string, did: Care): Promise<void> => {
    setCaring("");
    keepFocus(id);
    tookLast.current = "";
    try {
      await call({ method: "POST", path: `/v1/desk/duty/${encodeURIComponent(id)}/attention`, key: newKey(), body: { did } });
      setRefused("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    board.read();
  };
  const whomOf = ({ id }: CaseLine): Whom => ({
    to: list?.to_call?.[id] ?? further.calls[id] ?? [],
    services: list?.emergency_numbers ?? [],
  });
  const ask = (id?: string, whom?: Called): void => {
    setCalling(id ? { id, ...(whom ? { whom } : {}) } : undefined);
    setCaring("");
    if (id ?? calling) keepFocus(id ?? calling?.id ?? "");
  };
  const tell = async (id: string, said: Tried): Promise<void> => {
    ask();
    try {
      await sayTried(id, said);
      setRefused("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    board.read();
  };
  const has = async (line: CaseLine | undefined): Promise<void> => {
    if (!line) return;
    try {
      await take(line);
      tookLast.current = line.id;
      setRefused("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    board.read();
  };
  // A number is opened on the page of the case, by the person who has it.
  const reaches = ({ taken }: CaseLine): boolean => taken?.by === person.subject;
  const reach = (id: string): void => {
    willCall(id);
    open(id);
  };
  useKeys((act, digit) => {
    const focused = document.activeElement?.closest("[data-case]")?.getAttribute("data-case") ?? "";
    const first = unattended[0]?.id ?? "";
    const last = list?.imminent?.find(({ id }) => id === tookLast.current)?.id;
    const meant = focused || (last ?? first);
    const did = digit === undefined ? undefined : CARES[digit - 1];
    const mine = list?.imminent?.find((each) => reaches(each) && (!(focused || last) || each.id === (focused || last)));
    if (act === "leave" && caring) {
      keepFocus(caring);
      setCaring("");
    }
    else if (act === "note" && meant) setCaring(meant);
    else if (act === "danger") void has(list?.imminent?.find(({ id }) => id === focused) ?? unattended[0]);
    else if (act === "unsure" && meant) ask(meant);
    else if (act === "ask" && mine) reach(mine.id);
    else if (did && caring) void attend(caring, did);
    else if (act === "next" && first) open(first);
    else return false;
    return true;
  });
  const wrong = refused || board.wrong || pulse.wrong;
  return (
    <main class="duty" id="main" aria-busy={!list && !wrong}>
      <header>
        <p class="trail"><button type="button" class="link" onClick={home}>{t("work")}</button></p>
        <h1 tabIndex={-1} ref={heading}>{t("room_duty")}</h1>
        <SoundSwitch />
      </header>
      <Openings person={person} />
      {overdueGlances ? <Glances found={overdueGlances} /> : null}
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={board.read}>{t("retry")}</button></p> : null}
      {list?.flood ? <FloodSign flood={list.flood} /> : null}
      <p class="hint"><kbd>{signOf("next")}</kbd> {t("key_most_pressing")} · <kbd>{signOf("danger")}</kbd> {t("take_it")} · <kbd>{signOf("unsure")}</kbd> {t("say_called")} · <kbd>{signOf("note")}</kbd> {t("take_care")}</p>
      <p role="status" class="hidden-text">{[...fresh].map((each) => t("alert_new", { what: t(`duty_${kindIn(each)}`) })).join(" ")}</p>
      <div class="halves">
        <div>
          {list ? null : <p role="status" class="late">{t("wait")}</p>}
          {list && !overdueGlances && KINDS.every((kind) => !list[kind]?.length) ? <p class="inset">{t("duty_nothing")}</p> : null}
          {KINDS.map((kind) => (list?.[kind]?.length ? (
            <section key={kind} aria-labelledby={`duty-${kind}`}>
              <h2 id={`duty-${kind}`}>{t(`duty_${kind}`)} <span>{number(list[kind].length + further.lines(kind).length)}{further.cursor(kind) ? "+" : ""}</span></h2>
              <p class="hint">{t(`todo_${kind}`)}</p>
              <ListOf
                kind={kind}
                lines={once([...list[kind], ...further.lines(kind)], { ...further.groups, ...list.groups })}
                people={{ ...list.people, ...further.people } as Names}
                open={open}
                fresh={(line) => fresh.has(`${kind} ${line.id}`)}
                below={(line) => (
                  <>
                    <OfGroup line={line} groups={{ ...further.groups, ...list.groups }} open={open} />
                    {kind === "imminent" ? <Taken line={line} people={{ ...list.people, ...further.people }} me={person.subject} take={() => void has(line)} /> : null}
                    <CallStrip line={line} {...whomOf(line)} people={{ ...list.people, ...further.people }} called={(whom) => ask(line.id, whom)} reporter={kind === "imminent" && reaches(line) ? <Reporter reach={() => reach(line.id)} /> : null} />
                    {calling?.id === line.id ? (
                      <Calling
                        key={calling.whom ? "one" : "any"}
                        whom={calling.whom}
                        everybody={calledOf(whomOf(line).to, whomOf(line).services)}
                        services={whomOf(line).services}
                        say={(said) => void tell(line.id, said)}
                        leave={() => ask()}
                      />
                    ) : null}
                    <Acts kind={kind} line={line} person={person} caring={caring === line.id} care={setCaring} attend={attend} changed={board.read} refused={setRefused} />
                  </>
                )}
              />
              {further.cursor(kind) ? <p><button type="button" class="link" onClick={() => further.read(kind)}>{t("more")}</button></p> : null}
            </section>
          ) : null))}
          <Held open={open} />
        </div>
        <div>
          <Roster person={person} />
          <HandOver />
        </div>
      </div>
    </main>
  );
}

function ListOf({ kind, ...props }: ListedProps & { kind: Kind }): JSX.Element {
  if (kind === "imminent") return <Dangers {...props} />;
  const { lines, people, open, fresh, below } = props;
  return (
    <ul class="lines">
      {lines.map((each) => <Line key={each.id} line={each} people={people} open={open} fresh={fresh(each)}>{below(each)}</Line>)}
    </ul>
  );
}

function Reporter({ reach }: { reach: () => void }): JSX.Element {
  return <p><button type="button" class="link" onClick={reach}>{t("number_call")} <kbd>{signOf("ask")}</kbd></button></p>;
}

/** Who holds what, asked for when somebody wants to see it. */
function Held({ open }: { open: (id: string) => void }): JSX.Element {
  const [shown, show] = useState(false);
  return (
    <details class="held-now" onToggle={(event) => show(event.currentTarget.open)}>
      <summary>{t("held_now")}</summary>
      {shown ? <Holds open={open} /> : null}
    </details>
  );
}

const kindIn = (mark: string): Kind => mark.split(" ")[0] as Kind;

/** After a part of a line went away that had the focus, the line has it. */
function keepFocus(id: string): void {
  setTimeout(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(`[data-case="${id}"] button`)?.focus();
  });
}

interface Whom {
  readonly to: readonly ToCall[];
  readonly services: readonly EmergencyNumber[];
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

function SoundSwitch(): JSX.Element {
  const [on, setOn] = useState(soundIsOn);
  return (
    <div class="sound">
      <label class="switch">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            switchSound(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />
        {t("sound_on")}
      </label>
      {on ? null : <p class="note">{t("sound_off")}</p>}
    </div>
  );
}

interface ActsProps extends Changing {
  readonly kind: Kind;
  readonly person: Person;
  readonly caring: boolean;
  readonly care: (id: string) => void;
  readonly attend: (id: string, did: Care) => Promise<void>;
}

function Acts({ kind, person, caring, care, attend, ...changing }: ActsProps): JSX.Element {
  const [giving, setGiving] = useState(false);
  const { line } = changing;
  const open = (id: string): void => {
    care(id);
    keepFocus(line.id);
  };
  if (caring) {
    return (
      <Choices
        title={t("care_what")}
        names={CARES.map((each) => t(`did_${each}`))}
        choose={(place) => {
          const did = CARES[place];
          if (did) void attend(line.id, did);
        }}
        leave={() => open("")}
      />
    );
  }
  if (giving) return <Give {...changing} leave={() => setGiving(false)} />;
  return (
    <p class="acts">
      <button type="button" class="link" onClick={() => open(line.id)}>{t("take_care")} <kbd>{signOf("note")}</kbd></button>
      {kind === "stuck" ? <button type="button" class="link" onClick={() => void onDuty(changing, "retry", {})}>{t("try_workflow")}</button> : null}
      {person.role === "supervisor" && canGive(line) ? (
        <button type="button" class="link" onClick={() => setGiving(true)}>{t("reassign")}</button>
      ) : null}
    </p>
  );
}
