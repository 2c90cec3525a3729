// The calls of the desk, with the types of their own document. A call waits where it is told to.
import type { components } from "#types/openapi";

type Schemas = components["schemas"];
export type Person = Schemas["Me"];
export type CaseLine = Schemas["CaseLine"];
export type Danger = Schemas["DangerView"];
export type Report = Schemas["ReportView"];
export type Decided = Schemas["Decided"];
export type Entry = Schemas["EventView"];
export type Priority = Schemas["Priority"];
export type Review = Schemas["Confirm"] | Schemas["Reject"] | Schemas["Ask"] | Schemas["Merge"];
/** What a unit answers to a referral. */
export type Answer = Schemas["Accept"] | Schemas["Decline"];
export type Decision = Review | Answer;
/** What a person says who glanced at a report. */
export type Verdict = Schemas["Verdict"];
export type Glance = Schemas["GlanceView"];
export type GlancePage = Schemas["GlancePage"];
export type Group = Schemas["GroupView"];
export type Glanced = Schemas["Glanced"];
export type Sample = Schemas["SampleView"];
export type SamplePage = Schemas["SamplePage"];
/** What a second person would have decided. */
export type Again = Schemas["ConfirmAgain"] | Schemas["RejectAgain"];
export type Sampled = Schemas["Sampled"];
export type SignedOut = Schemas["SignedOut"];
export type QueuePage = Schemas["QueuePage"];
export type CaseView = Schemas["CaseView"];
export type Board = Schemas["Board"];
export type Care = Schemas["Care"];
export type DutyDesk = Schemas["DutyDesk"];
export type Take = Schemas["Take"];
export type Roster = Schemas["Roster"];
export type TakeDuty = Schemas["TakeDuty"];
export type Watcher = Schemas["Watcher"];
export type ToCall = Schemas["ToCall"];
export type Phone = Schemas["PhoneView"];
export type EmergencyNumber = Schemas["EmergencyNumberView"];
/** What a person says of a call: whom, and with what result. */
export type Tried = Schemas["Tried"];
export type Try = Schemas["TryView"];
export type Result = Schemas["Result"];
export type HandOvers = Schemas["HandOvers"];
export type Pulse = Schemas["Pulse"];
type TakeNext = Schemas["TakeNext"];

export interface Answered<T> {
  readonly status: number;
  readonly body: T;
  readonly etag: string;
}

/** A case as it was read: a decision names the version. */
export interface Opened {
  readonly view: CaseView;
  readonly etag: string;
}

/** A field that cannot be accepted, and the word of the service for why. */
export interface Finding {
  readonly field: string;
  readonly code: string;
}

/** Why there is no answer: the last part of the problem's type, or `network`. */
export class Refused extends Error {
  constructor(
    readonly kind: string,
    readonly status = 0,
    /** What cannot be accepted of what was sent. */
    readonly findings: readonly Finding[] = [],
  ) {
    super(kind);
  }
}

export const kindOf = (error: unknown): string => (error instanceof Refused ? error.kind : "internal");

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly etag?: string;
  /** The Idempotency-Key: one for each attempt of one act, kept for its repeats. */
  readonly key?: string;
  /** The ETag of the copy that is here: the answer is 304, without a body, while it is still good. */
  readonly known?: string;
  /** Whether to go on trying for as long as it takes. */
  readonly patient?: boolean;
}

/** What a call waits for: seconds until the service is asked again; `offline` without a network. */
export type Waiting = { readonly seconds: number; readonly offline: boolean } | undefined;

const TRIES = 5;
const LONGEST_PAUSE = 60;
const SECONDS_EACH = 30;

/** Set by the page: what it shows while calls wait, and how a person signs in again meanwhile. */
export const page = {
  waits: (_: Waiting): void => undefined,
  signsInAgain: (_: boolean): Promise<void> => Promise.reject(new Refused("not-signed-in", 401)),
};

const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

/** One call, repeated while the network or the service cannot answer, and after a new sign-in. */
export async function call<T>(asked: Call): Promise<Answered<T>> {
  for (let tried = 1; ; tried += 1) {
    let answer = await renewing(asked);
    if (answer?.ok || answer?.status === 304) {
      page.waits(undefined);
      try {
        const body = (answer.status === 204 || answer.status === 304 ? undefined : await answer.json()) as T;
        return { status: answer.status, body, etag: answer.headers.get("ETag") ?? "" };
      } catch {
        answer = undefined; // the connection broke in the middle of it
      }
    }
    if (answer?.status === 401) {
      await page.signsInAgain(await isForFresh(answer));
      tried = 0;
      continue;
    }
    const busy = !answer || answer.status === 429 || answer.status >= 500;
    if (!busy || (tried >= TRIES && !asked.patient)) {
      page.waits(undefined);
      throw answer ? await refusedBy(answer) : new Refused("network");
    }
    const told = Number(answer?.headers.get("Retry-After") ?? Number.NaN);
    const seconds = Math.min(LONGEST_PAUSE, told > 0 ? told : 2 ** Math.min(tried, 5) * (0.5 + Math.random() / 2));
    page.waits({ seconds, offline: !answer });
    await pause(seconds);
  }
}

/** When the access token has run out, one tab has another one put into its cookie. */
async function renewing(asked: Call): Promise<Response | undefined> {
  const answer = await once(asked);
  // Only a person can make a sign-in fresh.
  if (answer?.status !== 401 || (await isForFresh(answer))) return answer;
  const renewed = await navigator.locks.request("session", () =>
    once({ method: "POST", path: "/v1/session/refresh", body: {} }),
  );
  return renewed?.ok ? once(asked) : (renewed ?? undefined);
}

/** Whether the call is refused because the sign-in is too long ago for it. */
async function isForFresh(answer: Response): Promise<boolean> {
  return (await refusedBy(answer.clone())).kind === "fresh-sign-in-needed";
}

async function once(asked: Call): Promise<Response | undefined> {
  try {
    return await fetch(asked.path, { ...request(asked), signal: AbortSignal.timeout(SECONDS_EACH * 1000) });
  } catch {
    return undefined;
  }
}

/** The same call from a page that is about to go: it outlives the page, and nobody reads the answer. */
export function sendLeaving(asked: Call): void {
  void fetch(asked.path, { ...request(asked), keepalive: true }).catch(() => undefined);
}

function request(asked: Call): RequestInit {
  const headers: Record<string, string> = {};
  if (asked.body !== undefined) headers["Content-Type"] = "application/json";
  if (asked.key) headers["Idempotency-Key"] = asked.key;
  if (asked.etag) headers["If-Match"] = asked.etag;
  if (asked.known) headers["If-None-Match"] = asked.known;
  return {
    method: asked.method,
    headers,
    ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
    cache: "no-store",
    credentials: "same-origin",
    referrerPolicy: "no-referrer",
  };
}

interface Problem {
  readonly type?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly code?: string }[];
}

async function refusedBy(answer: Response): Promise<Refused> {
  const problem: Problem = await answer.json().catch(() => ({}));
  const findings = (problem.errors ?? []).map(({ pointer, code }) => ({ field: pointer?.split("/")[1] ?? "", code: code ?? "" }));
  return new Refused(problem.type?.split(":").pop() || "internal", answer.status, findings);
}

export const newKey = (): string => crypto.randomUUID();
export const ofCase = (id: string): string => `/v1/desk/cases/${encodeURIComponent(id)}`;

export async function readCase(id: string, cursor = ""): Promise<Opened> {
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
  const { body, etag } = await call<CaseView>({ method: "GET", path: ofCase(id) + query });
  return { view: body, etag };
}

/** The next case, held for the caller; undefined where nothing waits. */
export async function takeNext(skip: readonly string[], otherThan: string | undefined): Promise<Opened | undefined> {
  const { status, body, etag } = await call<CaseView>({
    method: "POST",
    path: "/v1/desk/next",
    key: newKey(),
    body: { skip: [...skip], ...(otherThan ? { other_than: otherThan } : {}) } satisfies TakeNext,
  });
  return status === 204 ? undefined : { view: body, etag };
}

/** Take a case, or keep it for longer: until when it is held then. */
export async function hold(id: string): Promise<string | undefined> {
  const { body } = await call<CaseLine>({ method: "POST", path: `${ofCase(id)}/hold`, key: newKey() });
  return body.hold?.until;
}
/** Two cases that look alike are about different facts. */
export const keepApart = (id: string, other: string, key: string): Call => ({
  method: "POST",
  path: `${ofCase(id)}/apart`,
  key,
  body: { other } satisfies Schemas["KeepApart"],
  patient: true,
});
export const giveBack = (id: string): Promise<unknown> => call({ method: "DELETE", path: `${ofCase(id)}/hold` });

/** Whether the reader decides on the case now: at its review, or for the unit that it was referred to. */
export const decides = (view: CaseView): boolean => view.may.includes("confirm") || view.may.includes("acknowledge");

export const decision = (id: string, etag: string, body: Decision, key: string): Call => ({
  method: "POST",
  path: `${ofCase(id)}/${body.outcome === "accept" || body.outcome === "decline" ? "acknowledgement" : "review"}`,
  body,
  etag,
  key,
  patient: true,
});

export const verdict = (report: string, said: Verdict, key: string, copies: boolean): Call => ({
  method: "POST",
  path: "/v1/desk/glance",
  body: { report, verdict: said, copies } satisfies Schemas["GlanceVerdict"],
  key,
  patient: true,
});

export const readAgain = (body: Again, key: string): Call => ({ method: "POST", path: "/v1/desk/samples", body, key, patient: true });
