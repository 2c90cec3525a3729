// What is in front of a person: the work page or a case, what is on its way, and the help.
import type { JSX } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { decides, type Decision, giveBack, hold, kindOf, type Opened, type Person, readCase, takeNext } from "./api";
import { idInAddress } from "./address";
import { Break } from "./breaks";
import { later } from "./lazy-parts";
import { useKeys } from "./keys";
import { type RoomName, roomOf } from "./routes";
import { Tray } from "./pending-decisions-list";
import { type Notice, refusal } from "./refusals";
import { decideNow, decideSoon, drop, onCase, type Sent, undecided, undo } from "./pending-decisions";
import { usePaletteKey } from "./ui/palette-key";
import type { Place } from "./ui/rail";
import { t, words } from "./words";
import { Work } from "./work";

type Front =
  | { readonly is: "work"; readonly empty?: boolean; readonly told?: string }
  | { readonly is: "room"; readonly name: RoomName }
  | { readonly is: "loading" }
  | { readonly is: "case"; readonly opened: Opened; readonly notice?: Notice }
  | { readonly is: "refused"; readonly kind: string; readonly again: () => void };

// A case comes behind the page that leads to it, and is there before somebody has read that page.
const Case = later("case", () => import("./case").then((part) => part.Case));
const Office = later("unit-office-bundle", () => import("./unit-office-bundle").then((part) => part.Office));
const DeskPalette = later("palette", () => import("./palette").then((part) => part.DeskPalette));
const Help = later("help", () => import("./help").then((part) => part.Help));

/** As many as one call may pass over. */
const MOST_SKIPPED = 200;
/** What somebody works on in a case, and would lose their place in. */
const WORKED_ON = ".opened, .sides, .dossier";

interface DeskProps {
  readonly person: Person;
  /** Hears where the person is now. */
  readonly goes: (here: Place) => void;
}

export function Desk({ person, goes }: DeskProps): JSX.Element {
  const [front, setFront] = useState<Front>({ is: "work" });
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const lastCategory = useRef("");
  const shown = useRef("");
  const cameFrom = useRef<"" | RoomName>("");
  // While the next case is awaited the one before is still in sight, and no key may mean it.
  const busy = useRef(false);
  // A case that was opened from a link or a list, and is held for as long as it is in front.
  const lent = useRef("");

  const show = useCallback((next: Front): void => {
    const id = next.is === "case" ? next.opened.view.id : next.is === "room" ? next.name : "";
    if (next.is === "loading") return setFront(next);
    if (next.is !== "refused" && id !== idInAddress()) {
      history.pushState(null, "", id ? `#${id}` : location.pathname + location.search);
    }
    if (lent.current && lent.current !== id) {
      // The hold of a case whose decision is on its way ends with it.
      if (!undecided().includes(lent.current)) void giveBack(lent.current).catch(() => undefined);
      lent.current = "";
    }
    shown.current = id;
    setFront(next);
    scrollTo(0, 0);
  }, []);

  // What was asked for last is shown, also where an earlier answer comes later.
  const turn = useRef(0);
  const trying = async (ask: () => Promise<Front>, of = ""): Promise<void> => {
    const own = (turn.current += 1);
    const mine = (shownNow: Front): void => {
      if (own === turn.current) show(shownNow);
    };
    busy.current = true;
    // The page before stays for a moment: most answers come sooner than a word about waiting. A case that is read anew
    // stays for as long as that takes: the keys of what is done beside a decision go on.
    const slow = setTimeout(() => (of && of === shown.current ? undefined : mine({ is: "loading" })), 300);
    try {
      mine(await ask());
    } catch (error) {
      mine({ is: "refused", kind: kindOf(error), again: () => void trying(ask, of) });
    } finally {
      clearTimeout(slow);
      if (own === turn.current) busy.current = false;
    }
  };

  const goTo = (there: Front): void => {
    turn.current += 1;
    busy.current = false;
    show(there);
  };

  const next = (skip: readonly string[] = skipped): Promise<void> =>
    trying(async () => {
      const severe = words.covered.find((each) => each === lastCategory.current);
      const opened = await takeNext([...new Set([...skip, ...undecided().filter((id) => id.startsWith("C-"))])].slice(-MOST_SKIPPED), severe);
      lastCategory.current = opened?.view.category ?? "";
      return opened ? { is: "case", opened } : { is: "work", empty: true };
    });

  const open = (id: string, notice?: Notice): Promise<void> =>
    trying(async () => {
      const read = await readCase(id);
      const { hold: held } = read.view;
      // Another person has to decide on what one proposed: it must not be held from them.
      const own = read.view.proposed_by === person.subject;
      if (!own && decides(read.view) && (!held || held.by === person.subject)) {
        await hold(id).then(() => void (held ? undefined : (lent.current = id)), () => undefined);
        return { is: "case", opened: await readCase(id), ...(notice ? { notice } : {}) };
      }
      return { is: "case", opened: read, ...(notice ? { notice } : {}) };
    }, id);

  /** The case as it stands after an act; one that went elsewhere with it is no longer there. */
  const acted = (id: string, told: string): Promise<void> =>
    trying(async () => {
      try {
        return { is: "case", opened: await readCase(id), notice: { kind: "", holds: told } };
      } catch (error) {
        if (kindOf(error) !== "case-not-found") throw error;
        return { is: "work", told };
      }
    }, id);

  /** The same of an act that could be undone: a case that somebody works on stays as it is. */
  const sent = (id: string, told: string): void => {
    const free = shown.current === id && !busy.current && !undecided().includes(id);
    if (free && !document.querySelector(WORKED_ON)) void acted(id, told);
  };

  const decide = async (opened: Opened, body: Decision, where?: string): Promise<void> => {
    if (busy.current) return;
    const { view } = opened;
    lent.current = "";
    // What cannot wait is sent at once; everything else can be taken back for a moment.
    const act = onCase(opened, body, where);
    if (view.priority !== "immediate" && !view.imminent) {
      decideSoon(act);
      await next();
      return;
    }
    busy.current = true;
    try {
      await decideNow(act);
      await next();
    } catch (error) {
      await open(view.id, { kind: kindOf(error), known: view.last_entry });
    }
  };

  const skip = (id: string): void => {
    if (busy.current) return;
    lent.current = "";
    const those = [...skipped, id];
    setSkipped(those);
    void giveBack(id).catch(() => undefined);
    void next(those);
  };

  const takeBack = (): boolean => {
    const last = undo();
    last?.back?.();
    // What was done to several at once was begun from a list, which shows them again.
    if (last?.together && last.back) return true;
    // Of an act beside the decision the case is in front still, or has to be taken again.
    if (last?.opened && !last.back) goTo({ is: "case", opened: last.opened });
    else if (last?.opened && (busy.current || shown.current !== last.opened.view.id)) void open(last.opened.view.id);
    return last !== undefined;
  };

  const look = ({ key, opened, back, refused }: Sent): void => {
    drop(key);
    back?.();
    if (opened) void open(opened.view.id, { kind: refused ?? "", known: opened.view.last_entry });
  };

  useEffect(() => Case.ahead(), []);
  useEffect(() => {
    const moved = (): void => {
      const id = idInAddress();
      if (id === shown.current) return;
      const there = roomOf(id, person);
      if (there) goTo({ is: "room", name: there.name });
      else if (id) void open(id);
      else goTo({ is: "work" });
    };
    window.addEventListener("popstate", moved);
    moved();
    return () => window.removeEventListener("popstate", moved);
  }, []);

  const showPalette = useCallback(() => setPalette(true), []);
  usePaletteKey(showPalette);
  useKeys((act) => {
    if (act === "help") setHelp(true);
    else if (act === "acts") showPalette();
    else if (act === "undo") return takeBack();
    // Within Find the key begins anew, which Find does itself.
    else if (act === "find" && shown.current !== "find" && roomOf("find", person)) goTo({ is: "room", name: "find" });
    else if ((act === "list" || act === "glance" || act === "samples") && roomOf(act, person)) goTo({ is: "room", name: act });
    else if (act === "next" && front.is === "work" && !busy.current && person.role !== "prosecutor") void next();
    else return false;
    return true;
  });

  const room = front.is === "room" ? roomOf(front.name, person) : undefined;
  // A case leads back to the page that it was opened from.
  if (room) cameFrom.current = room.name;
  else if (front.is === "work") cameFrom.current = "";
  const here = cameFrom.current || "work";
  useEffect(() => goes(here), [here]);
  const work = (): void => goTo({ is: "work" });
  const home = (): void => (cameFrom.current ? goTo({ is: "room", name: cameFrom.current }) : work());
  return (
    <>
      {front.is === "work" && person.role === "prosecutor" ? <Office person={person} told={front.told} open={(id) => void open(id)} /> : null}
      {front.is === "work" && person.role !== "prosecutor" ? (
        <Work
          person={person}
          empty={front.empty === true}
          told={front.told}
          skipped={skipped.length}
          next={() => void next()}
          again={() => {
            setSkipped([]);
            void next([]);
          }}
          open={(id) => void open(id)}
        />
      ) : null}
      {room ? <room.Part person={person} open={(id) => void open(id)} home={work} /> : null}
      {front.is === "loading" ? <main class="plain" id="main" aria-busy="true"><p role="status">{t("wait")}</p></main> : null}
      {front.is === "refused" ? <Refusal kind={front.kind} again={front.again} home={work} /> : null}
      {front.is === "case" ? (
        <Case
          key={`${front.opened.view.id} ${front.opened.etag} ${front.opened.view.last_entry}`}
          person={person}
          opened={front.opened}
          notice={front.notice}
          decide={(body, where) => void decide(front.opened, body, where)}
          skip={() => skip(front.opened.view.id)}
          next={() => void next()}
          home={home}
          cameFrom={t(cameFrom.current ? `room_${cameFrom.current}` : "work")}
          help={() => setHelp(true)}
          palette={showPalette}
          reread={(notice) => void open(front.opened.view.id, notice)}
          acted={(told) => void acted(front.opened.view.id, told)}
          sent={(told) => sent(front.opened.view.id, told)}
        />
      ) : null}
      <Break />
      <Tray takeBack={takeBack} look={look} />
      {palette ? (
        <DeskPalette
          person={person}
          view={front.is === "case" ? front.opened.view : undefined}
          go={(there) => (there === "work" ? work() : goTo({ is: "room", name: there }))}
          open={(id) => void open(id)}
          close={() => setPalette(false)}
        />
      ) : null}
      {help ? <Help person={person} close={() => setHelp(false)} /> : null}
    </>
  );
}

function Refusal({ kind, again, home }: { kind: string; again: () => void; home: () => void }): JSX.Element {
  return (
    <main class="plain" id="main">
      <h1 tabIndex={-1} ref={(heading) => heading?.focus()}>{t("refused_title")}</h1>
      <p role="alert">{refusal(kind)}</p>
      <p class="actions">
        <button type="button" class="button" onClick={again}>{t("retry")}</button>
        <button type="button" class="button quiet" onClick={home}>{t("work")}</button>
      </p>
    </main>
  );
}
