// The API, with the types of its own document.
import type { components, paths } from "#types/openapi";
import { data } from "./page-data";
import { solve, type Work } from "./proof-of-work";

export type Report = components["schemas"]["Report"];
export type Accepted = components["schemas"]["Accepted"];
export type Addition = components["schemas"]["Addition"];
export type FileSlot = components["schemas"]["FileSlot"];
export type UploadForm = components["schemas"]["UploadForm"];
export type ReportFiles = components["schemas"]["ReportFiles"];
export type Progress = components["schemas"]["Progress"];
export type ReportProof = components["schemas"]["ReportProof"];
export type Place = components["schemas"]["Place"];
type Path = keyof paths;

export interface Finding {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Why there is no answer: a word for programs, the fields at fault, and how long to wait if that is said. */
export class Refused extends Error {
  constructor(
    readonly kind: string,
    readonly findings: readonly Finding[] = [],
    readonly seconds = 0,
  ) {
    super(kind);
  }
}

interface Problem {
  readonly type?: string;
  readonly errors?: readonly Finding[];
  readonly retry_after?: number;
  readonly work?: Work;
}

export type Meanwhile = "working" | "retrying" | "sending";

interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly tell?: (state: Meanwhile) => void;
}

const TRIES = 5;
const SECONDS_EACH = 30;
const LONGEST_PAUSE = 30;

export function address<P extends Path>(path: P, values: Readonly<Record<string, string>> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}

const pause = (seconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, seconds * 1000));

/** One call, repeated as it is while the network or the service cannot answer. */
export async function call<T>(request: Call): Promise<T> {
  let proof: string | undefined;
  for (let tried = 1; ; tried += 1) {
    const response = await once(request, proof);
    if (response?.ok) return (await response.json()) as T;
    const problem = response ? await problemOf(response) : {};
    const kind = (problem.type ?? "").split(":").pop() || (response ? "busy" : "network");
    if (problem.work) {
      if (tried >= TRIES) throw new Refused("busy");
      request.tell?.("working");
      proof = await solve(problem.work);
      continue;
    }
    const again = !response || response.status === 429 || response.status >= 500;
    if (!again || tried >= TRIES) throw new Refused(kind, problem.errors);
    const asked = problem.retry_after ?? Number(response?.headers.get("Retry-After") ?? Number.NaN);
    // Nobody looks at a page for so long, and asking earlier would only prolong it.
    if (asked > LONGEST_PAUSE) throw new Refused("wait", [], asked);
    request.tell?.("retrying");
    await pause(wait(asked, tried));
  }
}

async function once(request: Call, proof: string | undefined): Promise<Response | undefined> {
  const headers: Record<string, string> = { ...request.headers };
  if (request.body !== undefined) headers["Content-Type"] = "application/json";
  if (proof !== undefined) headers["Work"] = proof;
  try {
    return await fetch(request.path, {
      method: request.method,
      headers,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      cache: request.method === "POST" ? "no-store" : "default",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(SECONDS_EACH * 1000),
    });
  } catch {
    return undefined;
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}

/** Seconds until the next try: what the service asks for, or longer each time, with some chance. */
function wait(asked: number, tried: number): number {
  const own = 2 ** (tried - 1) * (0.5 + Math.random());
  return Number.isFinite(asked) ? asked + Math.random() : own;
}

let asked: Promise<unknown> | undefined;

/** The words of the parts that are loaded at need: `t` knows them from then on. */
export function words(): Promise<unknown> {
  asked ??= call<typeof data.texts>({ method: "GET", path: data.later ?? "" }).then(
    (told) => Object.assign(data.texts, told),
    (error: unknown) => {
      asked = undefined;
      throw error;
    },
  );
  return asked;
}
