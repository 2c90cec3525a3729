// Decisions on their way: each waits for a while in which it can be undone, and is then sent.
import { useEffect, useState } from "preact/hooks";
import { type Call, call, type Decided, type Decision, decision, type Glanced, kindOf, newKey, type Opened, Refused, type Sampled, sendLeaving, type Verdict } from "./api";

export const UNDO_SECONDS = 5;
const SHOWN_SECONDS = 6;

/** A decision on a case, a verdict on a report, or what a second person would have decided. */
export interface Act {
  /** Of the case, the report or the sample. */
  readonly id: string;
  readonly outcome: Decision["outcome"] | Verdict | "again" | "message" | "apart" | "assign" | "court_lift" | "tried";
  /** What else it is about: the other case, or the order of a court. */
  readonly about?: readonly string[] | undefined;
  /** Where the case goes with it, in words. */
  readonly where?: string | undefined;
  readonly asked: (key: string) => Call;
  /** The case as it was when it was decided on, or when something else was done to it; none for a verdict. */
  readonly opened?: Opened;
  /** Offers again what it was begun from, where it is undone or refused. */
  readonly back?: () => void;
  /** Hears that it holds. */
  readonly holds?: () => void;
}

export const onCase = (opened: Opened, body: Decision, where?: string): Act => ({
  id: opened.view.id,
  outcome: body.outcome,
  about: "into" in body ? [body.into] : [],
  where,
  asked: (key) => decision(opened.view.id, opened.etag, body, key),
  opened,
});

export interface Sent extends Act {
  /** One for each attempt of a decision: a repeat after a doubt is the same decision. */
  readonly key: string;
  readonly due: number;
  /** Decisions that were made as one, and are taken back as one. */
  readonly together?: string;
  readonly state: "waiting" | "sending" | "done" | "later" | "refused";
  /** What became of it, where that is known. */
  readonly decided?: Decided | Glanced | Sampled;
  readonly refused?: string;
}

let entries: readonly Sent[] = [];
let taken = 0;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const watching = new Set<() => void>();

function keep(next: readonly Sent[]): void {
  entries = next;
  for (const each of watching) each();
}

const change = (key: string, to: Partial<Sent>): void =>
  keep(entries.map((each) => (each.key === key ? { ...each, ...to } : each)));
export const drop = (key: string): void => keep(entries.filter((each) => each.key !== key));

export function useTray(): readonly Sent[] {
  const [, draw] = useState(0);
  useEffect(() => {
    const changed = (): void => draw((n) => n + 1);
    watching.add(changed);
    return () => void watching.delete(changed);
  }, []);
  return entries;
}

/** How many decisions of this page hold: lists that were read before are old. */
export function useTaken(): number {
  useTray();
  return taken;
}

/** After these a case is as open to a decision as before. */
const BESIDE: readonly Act["outcome"][] = ["message", "apart", "assign", "court_lift", "tried"];

/** What is decided and not known to hold yet: ids of cases and reports. */
export const undecided = (): string[] =>
  entries.filter(({ state, outcome }) => (state === "waiting" || state === "sending") && !BESIDE.includes(outcome)).map((each) => each.id);

/** Decide after a while, unless it is undone; what waited before is sent now. */
export function decideSoon(act: Act): void {
  void sendWaiting();
  const key = newKey();
  keep([...entries, { ...act, key, due: Date.now() + UNDO_SECONDS * 1000, state: "waiting" }]);
  timers.set(key, setTimeout(() => void send(key), UNDO_SECONDS * 1000));
}

/** Do the same to several cases after a while, unless all of it is undone. */
export function decideTogether(those: readonly Act[]): void {
  void sendWaiting();
  const together = newKey();
  const due = Date.now() + UNDO_SECONDS * 1000;
  for (const act of those) {
    const key = newKey();
    keep([...entries, { ...act, key, due, together, state: "waiting" }]);
    timers.set(key, setTimeout(() => void send(key), UNDO_SECONDS * 1000));
  }
}

/** Decide at once; rejects where it is refused. */
export async function decideNow(act: Act): Promise<void> {
  void sendWaiting();
  const key = newKey();
  keep([...entries, { ...act, key, due: Date.now(), state: "waiting" }]);
  await send(key);
  const refused = entries.find((each) => each.key === key)?.refused;
  if (refused === undefined) return;
  drop(key);
  throw new Refused(refused);
}

/** Send what waits; settled once the answers are there. */
export async function sendWaiting(): Promise<void> {
  await Promise.all(entries.filter((each) => each.state === "waiting").map((each) => send(each.key)));
}

async function send(key: string): Promise<void> {
  const entry = entries.find((each) => each.key === key && each.state === "waiting");
  if (!entry) return;
  stopClock(key);
  change(key, { state: "sending" });
  try {
    const { status, body } = await call<Decided | Glanced | Sampled>(entry.asked(key));
    taken += 1;
    change(key, { state: status === 202 ? "later" : "done", decided: body });
    setTimeout(() => drop(key), SHOWN_SECONDS * 1000);
    entry.holds?.();
  } catch (error) {
    change(key, { state: "refused", refused: asOffered(kindOf(error), entry) });
  }
}

/** Why an act was refused. A case offers what its reader may do there: where that is not allowed, the case went on. */
const asOffered = (kind: string, { opened }: Act): string => (kind === "not-allowed" && opened ? "illegal-move" : kind);

/** It is sent now, or never. */
function stopClock(key: string): void {
  clearTimeout(timers.get(key));
  timers.delete(key);
}

/** Take the last decision back before it is sent; undefined where none waits. */
export function undo(): Sent | undefined {
  const last = entries.filter((each) => each.state === "waiting").pop();
  if (!last) return undefined;
  const those = last.together ? entries.filter((each) => each.together === last.together && each.state === "waiting") : [last];
  for (const { key } of those) {
    stopClock(key);
    drop(key);
  }
  return those[0];
}

/** A page that goes sends what waits: undoing was possible for as long as it was there. */
window.addEventListener("pagehide", () => {
  for (const { state, asked, key } of entries) {
    if (state === "waiting") sendLeaving(asked(key));
  }
  for (const each of timers.values()) clearTimeout(each);
});
