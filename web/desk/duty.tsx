// The duty desk on a screen of its own: what must be seen now, who took care of it, the next shift.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sound, soundIsOn, switchSound } from "./alarm";
import { call, type Care, type CaseLine, type DutyDesk, kindOf, newKey, type Person, type Pulse } from "./api";
import { useAsking } from "./asking";
import { Choices } from "./choices";
import { canGive, type Changing, Give, onDuty } from "./give";
import { HandOver } from "./handover";
import { Holds } from "./holds";
import { Code } from "./inert";
import { signOf, useKeys } from "./keys";
import { Line, type Names } from "./lines";
import { useListed } from "./listed";
import { refusal } from "./refusals";
import type { RoomProps } from "./rooms";
import { useTick } from "./times";
import { Glances } from "./waits";
import { number, t } from "./words";

/** So often that an alert is in sight within five seconds, the way of both answers included. */
const PULSE_SECONDS = 3;
const DESK_SECONDS = 60;
const SOUND_SECONDS = 15;

/** The lists, the most pressing first. */
const KINDS = ["imminent", "money", "undelivered", "stuck", "unreadable", "overdue", "added_after_end", "retention"] as const;
type Kind = (typeof KINDS)[number];
const CARES: readonly Care[] = ["told_unit", "told_supervisor", "told_institution", "read", "nothing_needed"];

export function Duty({ person, open, home }: RoomProps): JSX.Element {
  const pulse = useListed<Pulse>("/v1/desk/pulse", PULSE_SECONDS);
  const board = useListed<DutyDesk>("/v1/desk/duty", DESK_SECONDS);
  const [caring, setCaring] = useState("");
  const [refused, setRefused] = useState("");
  useTick(15_000);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (pulse.list) board.read();
  }, [pulse.list?.desk]);
  const { list } = board;
  const overdueGlances = pulse.list?.glances?.overdue ? pulse.list.glances : undefined;
  const fresh = useFresh(list);
  const unattended = (list?.imminent ?? []).filter((each) => !each.attended);
  useSound(fresh, unattended.length > 0);

  const further = useFurther(list);

  const attend = async (id: string, did: Care): Promise<void> => {
    setCaring("");
    keepFocus(id);
    try {
      await call({ method: "POST", path: `/v1/desk/duty/${encodeURIComponent(id)}/attention`, key: newKey(), body: { did } });
      setRefused("");
    } catch (error) {
      setRefused(kindOf(error));
    }
    board.read();
  };
  useKeys((act, digit) => {
    const focused = document.activeElement?.closest("[data-case]")?.getAttribute("data-case") ?? "";
    const first = unattended[0]?.id ?? "";
    const did = digit === undefined ? undefined : CARES[digit - 1];
    if (act === "leave" && caring) {
      keepFocus(caring);
      setCaring("");
    }
    else if (act === "note" && (focused || first)) setCaring(focused || first);
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
      {overdueGlances ? <Glances found={overdueGlances} /> : null}
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={board.read}>{t("retry")}</button></p> : null}
      <p class="hint"><kbd>{signOf("next")}</kbd> {t("key_most_pressing")} · <kbd>{signOf("note")}</kbd> {t("take_care")}</p>
      <p role="status" class="hidden-text">{[...fresh].map((each) => t("alert_new", { what: t(`duty_${kindIn(each)}`) })).join(" ")}</p>
      <div class="halves">
        <div>
          {list ? null : <p role="status" class="late">{t("wait")}</p>}
          {list && !overdueGlances && KINDS.every((kind) => !list[kind]?.length) ? <p class="inset">{t("duty_nothing")}</p> : null}
          {KINDS.map((kind) => (list?.[kind]?.length ? (
            <section key={kind} aria-labelledby={`duty-${kind}`}>
              <h2 id={`duty-${kind}`}>{t(`duty_${kind}`)} <span>{number(list[kind].length + further.lines(kind).length)}{further.cursor(kind) ? "+" : ""}</span></h2>
              <p class="hint">{t(`todo_${kind}`)}</p>
              <ul class="lines">
                {[...list[kind], ...further.lines(kind)].map((each) => (
                  <Line key={each.id} line={each} people={{ ...list.people, ...further.people } as Names} open={open} fresh={fresh.has(`${kind} ${each.id}`)}>
                    <Telephone of={each.referral?.unit} phones={{ ...further.phones, ...list.phones }} needed={kind === "undelivered"} />
                    <Acts kind={kind} line={each} person={person} caring={caring === each.id} care={setCaring} attend={attend} changed={board.read} refused={setRefused} />
                  </Line>
                ))}
              </ul>
              {further.cursor(kind) ? <p><button type="button" class="link" onClick={() => further.read(kind)}>{t("more")}</button></p> : null}
            </section>
          ) : null))}
          <Held open={open} />
        </div>
        <HandOver />
      </div>
    </main>
  );
}

/** Whom to call about a case, in the pack's words: a telephone dials it. */
function Telephone({ of, phones, needed }: { of: string | undefined; phones: Names; needed: boolean }): JSX.Element | null {
  const phone = of ? phones[of] : undefined;
  const dial = `tel:${phone?.replaceAll(" ", "")}`;
  if (phone) return <p>{t("unit_phone")} <a href={dial}><Code text={phone} /></a></p>;
  return needed ? <p class="hint">{t("unit_no_phone")}</p> : null;
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

interface Further {
  readonly people: Names;
  readonly phones: Names;
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
    phones: Object.assign({}, ...pages.map(({ page }) => page.phones)) as Names,
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
