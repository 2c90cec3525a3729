// The desk of staff: who is signed in, and the page in front of them. No token is ever seen here:
// they are in cookies that scripts cannot read, and the public address turns one into the credential.
import { type JSX, render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { hideCase, idInAddress } from "./address";
import { call, page, type Person, type Pulse, Refused, type SignedOut, type Waiting } from "./api";
import { Desk } from "./shell";
import { later } from "./lazy-parts";
import { apply, readMe } from "./own-settings";
import { Pulsing, usePulse } from "./pulse";
import { span } from "./times";
import { sendWaiting } from "./pending-decisions";
import { type Place, Rail, type Waits } from "./ui/rail";
import { chosenTheme, showTheme } from "./ui/theme";
import { TopBar } from "./ui/top-bar";
import { asked, code, fetchWords, offered, spoken, t } from "./words";

const tabs = new BroadcastChannel("session");
const SIGN_IN = `/v1/session/start?lang=${spoken?.sign_in_language ?? ""}&page=${code}`;
const Custody = later("custody", () => import("./custody").then((part) => part.Custody));
const Audit = later("audit", () => import("./audit").then((part) => part.Audit));
const Accounts = later("accounts", () => import("./accounts").then((part) => part.Accounts));
const Station = later("unit-office-bundle", () => import("./unit-office-bundle").then((part) => part.Station));
const Settings = later("settings", () => import("./settings").then((part) => part.Settings));

interface FrontProps {
  readonly person: Person;
  readonly goes: (here: Place) => void;
}

/** The first page of each role: those who decide cases have the desk. */
function Front({ person, goes }: FrontProps): JSX.Element {
  switch (person.role) {
    case "custodian":
      return <Custody />;
    case "auditor":
      return <Audit />;
    case "admin":
      return <Accounts />;
    default:
      return <Desk person={person} goes={goes} />;
  }
}

type Stand =
  | { readonly is: "wait" | "failed" | "no_account" }
  | { readonly is: "out"; readonly said: string }
  | { readonly is: "in"; readonly person: Person };

function App(): JSX.Element {
  const [stand, setStand] = useState<Stand>({ is: "wait" });
  const standing = useRef(stand.is);
  standing.current = stand.is;
  const look = async (): Promise<void> => {
    setStand({ is: "wait" });
    try {
      const person = await readMe();
      if (apply(person.settings)) return;
      setStand({ is: "in", person });
      tabs.postMessage("in");
    } catch (error) {
      const status = error instanceof Refused ? error.status : 0;
      setStand(status === 401 ? { is: "out", said: asked.get("signin") ?? "" } : { is: status === 403 ? "no_account" : "failed" });
    }
  };
  const signOut = async (): Promise<void> => {
    try {
      // What was decided is sent while its author is still signed in.
      await sendWaiting();
      const { body } = await call<SignedOut>({ method: "POST", path: "/v1/session/out", body: { page: code } });
      tabs.postMessage("out");
      location.replace(body.next);
    } catch {
      setStand({ is: "failed" });
    }
  };
  useEffect(() => {
    const heard = (event: MessageEvent): void => {
      if (event.data === "out") setStand({ is: "out", said: "over" });
      // Somebody signed in in another window, as they do where a link to a case led here.
      else if (event.data === "in" && standing.current === "out") void look();
    };
    tabs.addEventListener("message", heard);
    void look();
    return () => tabs.removeEventListener("message", heard);
  }, []);
  switch (stand.is) {
    case "in":
      return <SignedIn person={stand.person} signOut={() => void signOut()} />;
    case "out":
      return <Entrance text={stand.said} />;
    case "wait":
      return <Plain><p role="status" class="hint">{t("wait")}</p></Plain>;
    case "no_account":
      return (
        <Plain>
          <p role="alert" class="inset">{t("no_account")}</p>
          <button type="button" class="button" onClick={() => void signOut()}>{t("sign_out")}</button>
        </Plain>
      );
    case "failed":
      return (
        <Plain>
          <p role="alert" class="inset">{t("failed")}</p>
          <button type="button" class="button" onClick={() => void look()}>{t("retry")}</button>
        </Plain>
      );
  }
}

function Plain({ children }: { children: JSX.Element | (JSX.Element | null)[] }): JSX.Element {
  return (
    <>
      <Entry />
      <main class="plain" id="main">
        <h1>{t("title")}</h1>
        {children}
      </main>
    </>
  );
}

/** Above a page before somebody is signed in: the languages. Another one shows the same case: no browser sends what stands
 * behind `#`. */
function Entry(): JSX.Element {
  return (
    <header class="entrance">
      <b>e-Iblagh</b>
      <nav class="languages" aria-label={t("languages")}>
        <ul>
          {offered.map(([id, name]) => (
            <li key={id}><a href={`?lang=${id}`} lang={id} onClick={({ currentTarget }) => void (currentTarget.hash = location.hash)}>{name}</a></li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

const REASONS = ["again", "refused", "later", "over"] as const;

function Entrance({ text }: { text: string }): JSX.Element {
  const reason = REASONS.find((each) => each === text);
  // The sign-in leads away from this page, and a case is kept nowhere: so this page waits for it.
  const forCase = idInAddress() !== "";
  return (
    <Plain>
      {reason ? <p role="status" class="inset">{t(reason)}</p> : null}
      <p class="lead">{t("lead")}</p>
      {forCase ? <p>{t("sign_in_for_case")}</p> : null}
      <p class="actions"><a class="button" href={SIGN_IN} {...(forCase ? { target: "_blank", rel: "opener" } : {})}>{t("sign_in")}</a></p>
    </Plain>
  );
}

function SignedIn({ person, signOut }: { person: Person; signOut: () => void }): JSX.Element {
  const [asks, ask] = useState(false);
  return (
    <Pulsing person={person}>
      <Shell person={person} settings={() => ask(true)} signOut={signOut} />
      {asks ? <Settings close={() => ask(false)} /> : null}
    </Pulsing>
  );
}

interface ShellProps {
  readonly person: Person;
  readonly settings: () => void;
  readonly signOut: () => void;
}

function Shell({ person, settings, signOut }: ShellProps): JSX.Element {
  const [here, go] = useState<Place>("work");
  const { list: pulse } = usePulse();
  const toPage = (): void => document.querySelector<HTMLElement>("main h1[tabindex], main")?.focus();
  const station = person.unit || person.office ? <Station person={person} /> : null;
  return (
    <div class="app">
      <button type="button" class="skip button" onClick={toPage}>{t("skip_to_page")}</button>
      <Rail person={person} here={here} waits={pulse ? waitsOf(pulse) : {}} settings={settings} />
      <TopBar person={person} here={here} pulse={pulse} station={station} settings={settings} signOut={signOut} />
      <div class="page">
        <Meanwhile person={person} />
        <Front person={person} goes={go} />
      </div>
    </div>
  );
}

/** What waits at each place. */
function waitsOf({ waiting, imminent = [], glances, samples, most }: Pulse): Partial<Record<Place, Waits>> {
  return {
    work: { n: waiting, more: waiting >= most },
    duty: { n: imminent.length, more: imminent.length >= most, hot: true },
    glance: { n: glances?.waiting ?? 0, more: (glances?.waiting ?? 0) >= (glances?.most ?? 1), hot: (glances?.overdue ?? 0) > 0 },
    samples: { n: samples ?? 0 },
  };
}

/** What calls wait for, and the way back in for a session that ended under somebody's hands. */
function Meanwhile({ person }: { person: Person }): JSX.Element {
  const [waiting, setWaiting] = useState<Waiting>();
  const [asking, setAsking] = useState<readonly (() => void)[]>([]);
  // The session goes on, but what is being sent needs a sign-in of a few minutes ago.
  const [fresh, setFresh] = useState(false);
  const lead = fresh ? `${SIGN_IN}&fresh=1` : SIGN_IN;
  const goOn = async (): Promise<void> => {
    const answer = await fetch("/v1/desk/me", { cache: "no-store" }).catch(() => undefined);
    if (!answer?.ok) return;
    // What is on this page was another person's.
    if (((await answer.json()) as Person).subject !== person.subject) return location.reload();
    setAsking((those) => {
      for (const back of those) back();
      return [];
    });
  };
  useEffect(() => {
    const { waits, signsInAgain } = page;
    page.waits = setWaiting;
    page.signsInAgain = (forFresh) => {
      setFresh(forFresh);
      return new Promise<void>((back) => setAsking((others) => [...others, back]));
    };
    const heard = (event: MessageEvent): void => {
      if (event.data === "in") void goOn();
    };
    tabs.addEventListener("message", heard);
    return () => {
      Object.assign(page, { waits, signsInAgain });
      tabs.removeEventListener("message", heard);
    };
  }, []);
  return (
    <>
      <p role="status" class={waiting ? "meanwhile" : "hidden-text"}>
        {waiting ? t(waiting.offline ? "offline" : "busy", { time: span(Math.ceil(waiting.seconds)) }) : ""}
      </p>
      {asking.length ? (
        <div class="sheet" role="alertdialog" aria-modal="true" aria-labelledby="again">
          <h2 id="again" tabIndex={-1} ref={(shown) => shown?.focus()}>{t(fresh ? "fresh_needed" : "session_over")}</h2>
          <p>{t(fresh ? "fresh_needed_text" : "session_over_text")}</p>
          <p class="actions">
            <a class="button" href={lead} target="_blank" rel="opener">{t("sign_in")}</a>
            <button type="button" class="button quiet" onClick={() => void goOn()}>{t("session_back")}</button>
          </p>
        </div>
      ) : null}
    </>
  );
}

/** Before there are any words, those of the page itself have to do. */
async function begin(): Promise<void> {
  const place = document.getElementById("app");
  showTheme(chosenTheme());
  hideCase();
  if (!place || !spoken) return;
  document.documentElement.lang = code;
  document.documentElement.dir = spoken.direction;
  document.title = spoken.first.title;
  // A page that the browser kept must not show who was signed in before.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  const draw = (shown: JSX.Element): void => render(shown, place);
  place.replaceChildren();
  draw(<main class="plain" id="main"><h1>{spoken.first.title}</h1><p role="status">{spoken.first.wait}</p></main>);
  try {
    await fetchWords();
    draw(<App />);
  } catch {
    draw(
      <main class="plain" id="main">
        <h1>{spoken.first.title}</h1>
        <p role="alert" class="inset">{spoken.first.failed}</p>
        <button type="button" class="button" onClick={() => void begin()}>{spoken.first.retry}</button>
      </main>,
    );
  }
}

void begin();
