// The page of staff: who is signed in, and the ways in and out. No token is ever seen here: they
// are in cookies that scripts cannot read, and the public address turns one into the credential.
import type { components, paths } from "#types/openapi";

type Person = paths["/v1/desk/me"]["get"]["responses"]["200"]["content"]["application/json"];
type SignedOut = components["schemas"]["SignedOut"];

interface Language {
  readonly language: string;
  readonly direction: string;
  readonly sign_in_language: string;
  readonly texts: Readonly<Record<string, string>>;
}

const block = document.getElementById("data")?.textContent ?? "{}";
const languages = JSON.parse(block) as Readonly<Record<string, Language>>;
const asked = new URLSearchParams(location.search);
const code = chosen();
const spoken = languages[code];
const place = document.getElementById("app");
const tabs = new BroadcastChannel("session");

/** The language in the address, else the first one that the browser asks for and that is here. */
function chosen(): string {
  const wishes = [asked.get("lang") ?? "", ...navigator.languages];
  const offered = wishes.map((wish) => wish.toLowerCase().split("-")[0] ?? "");
  return offered.find((each) => each in languages) ?? Object.keys(languages)[0] ?? "";
}

function t(key: string): string {
  return spoken?.texts[key] ?? key;
}

function element(name: string, text: string, attributes: Readonly<Record<string, string>> = {}): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function show(...children: readonly HTMLElement[]): void {
  place?.replaceChildren(...children);
}

function button(key: string, act: () => Promise<void>): HTMLElement {
  const made = element("button", t(key), { class: "button", type: "button" });
  made.addEventListener("click", () => void act());
  return made;
}

async function call(method: "GET" | "POST", path: string): Promise<Response> {
  return fetch(path, {
    method,
    ...(method === "POST" ? { body: "{}", headers: { "Content-Type": "application/json" } } : {}),
    cache: "no-store",
    credentials: "same-origin",
    referrerPolicy: "no-referrer",
  });
}

/** A call of the desk. When the access token has run out, one tab has another one put into its cookie. */
async function read(path: string): Promise<Response> {
  const answer = await call("GET", path);
  if (answer.status !== 401) return answer;
  const renewed = await navigator.locks.request("session", () => call("POST", "/v1/session/refresh"));
  return renewed.ok ? call("GET", path) : renewed;
}

function offerSignIn(said: string): void {
  const link = element("a", t("sign_in"), {
    class: "button",
    href: `/v1/session/start?lang=${spoken?.sign_in_language ?? ""}`,
  });
  const told = said ? [element("p", t(said), { role: "status", class: "inset" })] : [];
  const way = element("p", "", { class: "actions" });
  way.append(link);
  show(...told, element("p", t("lead"), { class: "lead" }), way);
}

function showPerson(person: Person): void {
  const facts = element("dl", "", { class: "facts" });
  const rows = [
    ["name", person.name],
    ["role", t(`role_${person.role}`)],
    ["unit", person.unit ?? ""],
  ] as const;
  for (const [key, value] of rows) {
    if (!value) continue;
    const told = document.createElement("dd");
    told.append(element("bdi", value));
    facts.append(element("dt", t(key)), told);
  }
  const ways = element("p", "", { class: "actions" });
  ways.append(button("sign_out", signOut));
  show(element("h2", t("signed_in")), facts, ways);
}

async function signOut(): Promise<void> {
  try {
    const answer = await call("POST", "/v1/session/out");
    if (!answer.ok) throw new Error();
    tabs.postMessage("out");
    location.replace(((await answer.json()) as SignedOut).next);
  } catch {
    failed(signOut);
  }
}

function failed(again: () => Promise<void>): void {
  show(element("p", t("failed"), { role: "alert", class: "inset" }), button("retry", again));
}

async function look(): Promise<void> {
  show(element("p", t("wait"), { role: "status", class: "hint" }));
  try {
    const answer = await read("/v1/desk/me");
    if (answer.ok) showPerson((await answer.json()) as Person);
    else if (answer.status === 401) offerSignIn(asked.get("signin") ?? "");
    else if (answer.status === 403) await refusedHere();
    else failed(look);
  } catch {
    failed(look);
  }
}

/** Somebody who signed in and has no account here can only go again. */
async function refusedHere(): Promise<void> {
  show(element("p", t("no_account"), { role: "alert", class: "inset" }), button("sign_out", signOut));
}

function begin(): void {
  document.documentElement.lang = code;
  document.documentElement.dir = spoken?.direction ?? "ltr";
  document.title = t("title");
  const heading = document.getElementById("title");
  if (heading) heading.textContent = t("title");
  tabs.addEventListener("message", () => offerSignIn("over"));
  // A page that the browser kept must not show who was signed in before.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  void look();
}

begin();
