// A case: what was told, what the system thinks, what was done, and the decision at the foot.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Decision, decides, keepApart, kindOf, type Opened, type Person, readCase, type Tried } from "./api";
import { Acting, Form } from "./act-panel";
import { actsOf, type Asked, openAct, type ScreenId, useOpenAct } from "./acts";
import { AnswerBar } from "./answer";
import { Bar } from "./decision-bar";
import { sawHard } from "./breaks";
import { type Called, calledOf, Calling, CallStrip, sayTried, Tries } from "./call-strip";
import { hasCover, isCovered, isSevere, uncovered } from "./content-cover";
import { By, DangerChip } from "./danger-said";
import { destination } from "./destination";
import { Done } from "./case-activity";
import { CaseHead, Meanwhile } from "./case-head";
import { useHold } from "./case-hold";
import { signOf, useKeys } from "./keys";
import { later } from "./lazy-parts";
import { further } from "./paging";
import type { Notice } from "./refusals";
import { Reports } from "./reports";
import { callsIn, take, Taken } from "./taken";
import { Thinks } from "./assessment";
import { useTick } from "./times";
import { decideSoon } from "./pending-decisions";
import { category, number, t } from "./words";

interface CaseProps {
  readonly person: Person;
  readonly opened: Opened;
  readonly notice: Notice | undefined;
  readonly decide: (body: Decision, where: string | undefined) => void;
  readonly skip: () => void;
  readonly next: () => void;
  readonly home: () => void;
  /** The name of the page that `home` leads to. */
  readonly cameFrom: string;
  readonly help: () => void;
  readonly palette: () => void;
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
const CampaignPanel = later("campaign", () => import("./campaign").then((part) => part.CampaignPanel));
const Compare = later("compare", () => import("./compare").then((part) => part.Compare));

export function Case(props: CaseProps): JSX.Element {
  const { person, notice } = props;
  const [view, setView] = useState(props.opened.view);
  const severe = hasCover(view);
  const [covered, cover] = useState(isCovered(view));
  const asked = useOpenAct(view.id);
  // The word that an act holds is over once another one is begun or sent.
  const [over, setOver] = useState<Notice>();
  const begun = (): void => setOver(notice);
  const act = (to?: Asked): void => {
    if (to) begun();
    openAct(view.id, to);
  };
  useEffect(() => {
    if (person.role === "officer") Form.ahead();
  }, []);
  useTick(10_000);
  const held = useHold(view, person, (until) => setView({ ...view, hold: { ...view.hold, ...until } as NonNullable<typeof view.hold> }));
  const acts = actsOf(view);
  const decide = (body: Decision): void => props.decide(body, destination(view, body));
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
  const bar = { view, unread: isCovered(view), person, skip: props.skip, next: props.next, help: props.help, palette: props.palette, acts, act, open, begun };
  return (
    <main class="case" id="main" onSubmit={begun}>
      <CaseHead
        view={view}
        mine={held}
        cameFrom={props.cameFrom}
        home={props.home}
        // What was open before the case was read anew has the focus, so that its keys go on.
        focused={!asked && !callsIn(view.id)}
        admit={acts.includes("admit") ? () => act({ act: "admit" }) : undefined}
        identity={acts.includes("identities") && identityWaits(view) ? () => act({ act: "identities" }) : undefined}
      >
        {view.danger || urgent || view.to_call?.length || view.tries?.length ? (
          <div class="danger-head">
            {view.danger ? <p class="danger-facts"><DangerChip danger={view.danger} /><By danger={view.danger} people={view.people ?? {}} /></p> : null}
            {urgent ? <Taken line={view} people={view.people ?? {}} me={person.subject} take={() => void has()} /> : null}
            <CallStrip to={view.to_call ?? []} services={view.emergency_numbers ?? []} called={(whom) => setCalling(whom ? { whom } : {})} />
            {view.tries?.length ? <Tries tries={view.tries} services={view.emergency_numbers ?? []} people={view.people ?? {}} /> : null}
            {view.taken?.by === person.subject ? <CallReporter view={view} /> : null}
          </div>
        ) : null}
        {notice && !(notice.holds && notice === over) ? <Meanwhile view={view} notice={notice} next={props.next} /> : null}
      </CaseHead>
      {screen === "compare" ? (
        <Compare
          opened={{ view, etag: props.opened.etag }}
          person={person}
          beside={asked?.of?.split(" ") ?? []}
          decide={(body) => {
            act();
            decide(body);
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
      <div class={view.danger?.kind === "stated" ? "columns of-danger" : "columns"}>
        <section aria-labelledby="told-title" tabIndex={0}>
          <h2 id="told-title" class="hidden-text">{t("told")}</h2>
          {covered ? (
            <div class="covered">
              <p><b>{t("covered")}</b></p>
              <p>{t("covered_text", { category: category(view.category), n: number(lengthOf(view)) })}</p>
              <p><button type="button" class="button quiet" onClick={uncover}>{t("uncover")} <kbd>{signOf("uncover")}</kbd></button></p>
            </div>
          ) : (
            <Reports view={view} acts={acts} act={act} folds />
          )}
          {view.cursor ? <p><button type="button" class="link" onClick={() => void more()}>{t("more")}</button></p> : null}
        </section>
        <section aria-labelledby="thinks-title" tabIndex={0}>
          <Thinks view={view} covered={covered} />
        </section>
        <section aria-labelledby="done-title" tabIndex={0}>
          <h2 id="done-title" class="hidden-text">{t("was_done")}</h2>
          <Done view={view} covered={covered} settle={acts.includes("note") ? (number) => act({ act: "note", of: String(number) }) : undefined} />
          <CampaignPanel view={view} person={person} />
        </section>
      </div>
      {person.role === "officer" || person.role === "prosecutor" ? <AnswerBar {...bar} decide={decide} /> : <Bar {...bar} decide={decide} />}
      </>
      )}
    </main>
  );
}

/** Whether a name was released that the unit has not opened. */
const identityWaits = (view: Opened["view"]): boolean =>
  view.history.filter(({ move }) => move.startsWith("identity_")).pop()?.move === "identity_released";

const lengthOf = (view: Opened["view"]): number => view.reports.reduce((sum, each) => sum + [...each.narrative].length, 0);
