// A case: what was told, what the system thinks, what was done, and the decision at the foot.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Decision, decides, hold, keepApart, kindOf, type Opened, type Person, readCase, type Tried } from "./api";
import { Acting, Form } from "./act-panel";
import { actsOf, type Asked, openAct, type ScreenId, useOpenAct } from "./acts";
import { AnswerBar } from "./answer";
import { Bar } from "./decision-bar";
import { sawHard } from "./breaks";
import { type Called, calledOf, Calling, CallStrip, sayTried } from "./call-strip";
import { hasCover, isCovered, isSevere, uncovered } from "./content-cover";
import { DangerHead } from "./danger-said";
import { Done, doneIn } from "./case-activity";
import { nameOf } from "./entries";
import { Code, Said } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { lateness } from "./late";
import { later } from "./lazy-parts";
import { further } from "./paging";
import { type Notice, refusal } from "./refusals";
import { Reports } from "./reports";
import { callsIn, take, Taken } from "./taken";
import { Thinks } from "./assessment";
import { secondsUntil, span, useTick, when } from "./times";
import { decideSoon } from "./pending-decisions";
import { category, number, said, t } from "./words";

interface CaseProps {
  readonly person: Person;
  readonly opened: Opened;
  readonly notice: Notice | undefined;
  readonly decide: (body: Decision) => void;
  readonly skip: () => void;
  readonly next: () => void;
  readonly home: () => void;
  /** The name of the page that `home` leads to. */
  readonly cameFrom: string;
  readonly help: () => void;
  readonly reread: (notice?: Notice) => void;
  /** An act holds: what it was, in words. */
  readonly acted: (told: string) => void;
  /** The same of an act that could be undone, after which its author may be elsewhere. */
  readonly sent: (told: string) => void;
}

const SCREENS: readonly ScreenId[] = ["compare", "dossier", "identities"];
const Dossier = later("dossier", () => import("./dossier").then((part) => part.Dossier));
const Identities = later("identities", () => import("./identities").then((part) => part.Identities));
const CallReporter = later("number", () => import("./number").then((part) => part.CallReporter));
const Compare = later("compare", () => import("./compare").then((part) => part.Compare));

export function Case(props: CaseProps): JSX.Element {
  const { person, notice } = props;
  const [view, setView] = useState(props.opened.view);
  const severe = hasCover(view);
  const [covered, cover] = useState(isCovered(view));
  const heading = useRef<HTMLHeadingElement>(null);
  const asked = useOpenAct(view.id);
  // The word that an act holds is over once another one is begun or sent.
  const [over, setOver] = useState<Notice>();
  const begun = (): void => setOver(notice);
  const act = (to?: Asked): void => {
    if (to) begun();
    openAct(view.id, to);
  };
  useEffect(() => {
    // What was open before the case was read anew has the focus, so that its keys go on.
    if (!asked && !callsIn(view.id)) heading.current?.focus({ preventScroll: true });
    if (person.role === "officer") Form.ahead();
  }, []);
  useTick(10_000);
  const held = useHold(view, person, (until) => setView({ ...view, hold: { ...view.hold, ...until } as NonNullable<typeof view.hold> }));
  const acts = actsOf(view, person);
  const uncover = (): void => {
    uncovered.add(view.id);
    if (isSevere(view)) sawHard(view.id);
    cover(false);
  };
  const more = async (): Promise<void> => {
    const { view: page } = await readCase(view.id, view.cursor ?? "");
    const { cursor: _, ...before } = view;
    setView({
      ...before,
      ...further(view, page),
      people: { ...page.people, ...view.people },
      ...(page.cursor ? { cursor: page.cursor } : {}),
    });
  };
  const urgent = person.role !== "prosecutor" && (view.imminent || Boolean(view.taken));
  const has = async (): Promise<void> => {
    try {
      const { taken } = await take(view);
      setView({ ...view, ...(taken ? { taken } : {}) });
    } catch (error) {
      props.reread({ kind: kindOf(error) });
    }
  };
  const [calling, setCalling] = useState<{ readonly whom?: Called }>();
  const everybody = calledOf(view.to_call ?? [], view.emergency_numbers ?? []);
  const tell = async (said: Tried): Promise<void> => {
    setCalling(undefined);
    try {
      const { taken, tries } = await sayTried(view.id, said);
      setView({ ...view, ...(taken ? { taken } : {}), ...(tries ? { tries } : {}) });
    } catch (error) {
      props.reread({ kind: kindOf(error) });
    }
  };
  // What is in front was read before an act on it that holds by now.
  const old = useRef(false);
  // Screens that take the place of the columns and of the keys at the foot.
  const screen = SCREENS.find((each) => each === asked?.act);
  useKeys((act) => {
    if (screen) return false;
    if (act === "uncover" && severe) {
      if (covered) uncover();
      else cover(true);
    } else if (act === "danger" && urgent) void has();
    else if (act === "unsure" && view.to_call?.length) setCalling({});
    else if (act === "next" && !decides(view) && person.role !== "prosecutor") props.next();
    else return false;
    return true;
  });
  const open = calling && !screen ? (
    <Calling
      key={calling.whom ? "one" : "any"}
      whom={calling.whom}
      everybody={everybody}
      services={view.emergency_numbers ?? []}
      say={(said) => void tell(said)}
      leave={() => setCalling(undefined)}
    />
  ) : asked && !screen ? (
    <Acting
      view={view}
      etag={props.opened.etag}
      person={person}
      asked={asked}
      acts={acts}
      ask={act}
      soon={(sent, told) => {
        act();
        decideSoon({
          ...sent,
          opened: { view, etag: props.opened.etag },
          back: () => {
            sent.back?.();
            act(asked);
          },
          holds: () => props.sent(told),
        });
      }}
      done={(told) => {
        act();
        props.acted(told);
      }}
      changed={(kind) => props.reread({ kind, known: view.last_entry })}
    />
  ) : undefined;
  const bar = { view, unread: isCovered(view), person, skip: props.skip, next: props.next, help: props.help, acts, act, open, begun };
  return (
    <main class="case" id="main" onSubmit={begun}>
      <header class="about">
        <p class="trail"><button type="button" class="link" onClick={props.home}>{props.cameFrom}</button></p>
        <h1 tabIndex={-1} ref={heading}>
          <Code text={view.id} /> <span>{category(view.category)}</span>
        </h1>
        <p class="facts-line">
          <span class={`chip ${view.priority}`}>{t(`priority_${view.priority}`)}</span>
          <span>{t(`status_${view.status}`)}</span>
          {view.number ? <span>{t("case_number")} <Code text={view.number} /></span> : null}
          <Clocks view={view} />
          <Holder view={view} mine={held} />
          {view.owner ? <span>{t("owner")} <Said text={nameOf(view, view.owner)} /></span> : null}
          {view.proposed_by ? <span>{t("proposed_by")} <Said text={nameOf(view, view.proposed_by)} /></span> : null}
          {acts.includes("identities") && identityWaits(view) ? (
            <b>{t("identity_released")} <button type="button" class="link" onClick={() => act({ act: "identities" })}>{t("act_identities")}</button></b>
          ) : null}
          {view.unadmitted ? (
            <span>
              {t("unadmitted", { n: number(view.unadmitted) })}{" "}
              {acts.includes("admit") ? <button type="button" class="link" onClick={() => act({ act: "admit" })}>{t("act_admit")}</button> : null}
            </span>
          ) : null}
        </p>
        <DangerHead view={view} people={view.people ?? {}} />
        {urgent ? <Taken line={view} people={view.people ?? {}} me={person.subject} take={() => void has()} /> : null}
        {view.to_call?.length || view.tries?.length ? (
          <CallStrip line={view} to={view.to_call ?? []} services={view.emergency_numbers ?? []} people={view.people ?? {}} called={(whom) => setCalling(whom ? { whom } : {})} />
        ) : null}
        {view.taken?.by === person.subject ? <CallReporter view={view} /> : null}
        {notice && !(notice.holds && notice === over) ? <Meanwhile view={view} notice={notice} next={props.next} /> : null}
      </header>
      {screen === "compare" ? (
        <Compare
          opened={{ view, etag: props.opened.etag }}
          decide={(body) => {
            act();
            props.decide(body);
          }}
          decided={(here) => {
            act();
            if (here) props.next();
          }}
          keptApart={(other, left, offer) => {
            if (!left) act();
            decideSoon({
              id: view.id,
              outcome: "apart",
              about: [other],
              asked: (key) => keepApart(view.id, other, key),
              opened: { view, etag: props.opened.etag },
              back: () => {
                offer();
                act(asked);
              },
              holds: () => {
                old.current = true;
                props.sent(t("keep_apart"));
              },
            });
          }}
          leave={() => {
            act();
            if (old.current) props.reread();
          }}
        />
      ) : screen === "dossier" ? (
        <Dossier view={view} person={person} leave={() => {
          act(asked?.from && { act: asked.from });
          props.reread();
        }} />
      ) : screen === "identities" ? (
        <Identities view={view} person={person} act={act} leave={() => {
          act();
          props.reread();
        }} />
      ) : (
      <>
      <div class="columns">
        <section aria-labelledby="told-title" tabIndex={0}>
          <h2 id="told-title">{t("told")}</h2>
          {covered ? (
            <div class="covered">
              <p><b>{t("covered")}</b></p>
              <p>{t("covered_text", { category: category(view.category), n: number(lengthOf(view)) })}</p>
              <p><button type="button" class="button quiet" onClick={uncover}>{t("uncover")} <kbd>{signOf("uncover")}</kbd></button></p>
            </div>
          ) : (
            <Reports view={view} acts={acts} act={act} />
          )}
          {view.cursor ? <p><button type="button" class="link" onClick={() => void more()}>{t("more")}</button></p> : null}
        </section>
        <section aria-labelledby="thinks-title" tabIndex={0}>
          <h2 id="thinks-title">{t("thinks")}</h2>
          <Thinks view={view} covered={covered} />
        </section>
        <section aria-labelledby="done-title" tabIndex={0}>
          <h2 id="done-title">{t("was_done")}</h2>
          <Done view={view} covered={covered} settle={acts.includes("note") ? (number) => act({ act: "note", of: String(number) }) : undefined} />
        </section>
      </div>
      {person.role === "officer" || person.role === "prosecutor" ? <AnswerBar {...bar} decide={props.decide} /> : <Bar {...bar} decide={props.decide} />}
      </>
      )}
    </main>
  );
}

/** Whether a name was released that the unit has not opened. */
const identityWaits = (view: Opened["view"]): boolean =>
  view.history.filter(({ move }) => move.startsWith("identity_")).pop()?.move === "identity_released";

const lengthOf = (view: Opened["view"]): number => view.reports.reduce((sum, each) => sum + [...each.narrative].length, 0);

function Clocks({ view }: { view: Opened["view"] }): JSX.Element {
  return (
    <>
      {(view.deadlines ?? []).map((each) => {
        const { kind, due, level, since } = each;
        const left = due ? secondsUntil(due) : 0;
        const late = left <= 0 || level > 0;
        return (
          <span key={kind + since} class={late ? "late-clock" : "clock"}>
            {said("deadline", kind)}{" "}
            <time {...(due ? { dateTime: due } : {})}>
              {left > 0 ? t(level > 0 ? "late_again" : "due_in", { time: span(left) }) : lateness(each)}
            </time>
          </span>
        );
      })}
    </>
  );
}

function Holder({ view, mine }: { view: Opened["view"]; mine: boolean }): JSX.Element | null {
  const { hold: held } = view;
  if (!held) return null;
  const left = secondsUntil(held.until);
  if (left <= 0) return <span>{t("hold_over")}</span>;
  if (mine) return <span>{t("held_for", { time: span(left) })}</span>;
  return <span class="late-clock">{t("held_by", { time: when(held.until) })} <Said text={nameOf(view, held.by)} /></span>;
}

const LEFT_TO_PROLONG = 180;
const ACTIVE_SECONDS = 120;

/** Whether the reader holds the case. While they are at it, the hold is prolonged before it ends. */
function useHold(view: Opened["view"], person: Person, prolonged: (to: { until: string }) => void): boolean {
  const active = useRef(Date.now());
  const asking = useRef(false);
  const mine = view.hold?.by === person.subject;
  useEffect(() => {
    const acted = (): void => void (active.current = Date.now());
    for (const each of ["keydown", "pointermove", "scroll"]) document.addEventListener(each, acted, { passive: true, capture: true });
    return () => {
      for (const each of ["keydown", "pointermove", "scroll"]) document.removeEventListener(each, acted, { capture: true });
    };
  }, []);
  useEffect(() => {
    const left = view.hold ? secondsUntil(view.hold.until) : 0;
    const here = Date.now() - active.current < ACTIVE_SECONDS * 1000 && !document.hidden;
    if (!mine || !here || left <= 0 || left > LEFT_TO_PROLONG || asking.current) return;
    asking.current = true;
    hold(view.id).then((until) => {
      asking.current = false;
      if (until) prolonged({ until });
    }, () => undefined); // it was held as long as one may: the hold ends by itself
  });
  return mine;
}

/** What happened since its reader saw the case, why an act was refused, or that one holds. */
function Meanwhile({ view, notice, next }: { view: Opened["view"]; notice: Notice; next: () => void }): JSX.Element {
  if (notice.holds) return <p class="inset" role="status"><b>{notice.holds}</b> · {t("entered")}</p>;
  const news = view.history.filter((each) => each.number > (notice.known ?? view.last_entry));
  const held = notice.kind === "held-by-another" && view.hold;
  return (
    <div class="inset warn" role="alert">
      <p>{refusal(notice.kind)}</p>
      {held ? <p>{t("held_by", { time: when(held.until) })} <Said text={nameOf(view, held.by)} /></p> : null}
      {news.length ? <ul>{news.map((each) => <li key={each.number}>{doneIn(view, each)}</li>)}</ul> : null}
      {held ? <p><button type="button" class="link" onClick={next}>{t("take_next")}</button></p> : null}
    </div>
  );
}
