// The checks of a proof. Each has the name that tools/verify_log.py gives it.
import type { Key } from "#types/messages";
import { canonical, fromBase64, fromHex, halves, hex, type PublicKey, same, sha, Unreadable, utf8 } from "./bytes";
import { type Checkpoint, checkpointOf, type Copy, signedBy } from "./checkpoint";
import { opened, type Sent, valueOf, wordsOf } from "./parts";
import { continues, inTheDay, rootFrom, rootOf } from "./trees";

export interface Check {
  /** The name, as the command prints it. */
  readonly name: string;
  readonly key: Key;
  readonly values: Readonly<Record<string, string>>;
  /** Undefined where this browser cannot tell; a note is no check. */
  readonly holds: boolean | undefined | "note";
}

export interface Words {
  readonly of: string;
  readonly name: string;
  readonly text: string;
}

type Statement = Readonly<Record<string, string | number>>;

interface Day {
  readonly statement: Statement;
  readonly index: number;
  readonly path: readonly string[];
}

interface Proof {
  readonly report?: Sent;
  readonly statement: Statement;
  readonly log: {
    readonly index: number;
    readonly path: readonly string[];
    readonly checkpoint: string;
    readonly stamp?: string;
    readonly continues?: { readonly from: number; readonly path: readonly string[] };
  };
  readonly later?: { readonly days: readonly Day[]; readonly files: readonly Sent[]; readonly additions: readonly Sent[] };
  readonly dictionary?: string;
}

export interface Document extends Partial<Proof> {
  readonly reference?: string;
  readonly day?: string;
  readonly proof?: Proof;
}

const NOT_ALL =
  "what is in this file was sent; it does not show that nothing else was: whoever holds it can leave out what came later";
const SIGNED = ["day", "sealed_at", "leaves", "root", "previous"];

function check(name: string, key: Key, holds: Check["holds"], values: Check["values"] = {}): Check {
  return { name, key, holds, values };
}

function proofOf(document: Document): Proof {
  const proof = document.proof ?? document;
  if (!proof.statement || !proof.log) throw new Unreadable("no proof");
  return proof as Proof;
}

const entryOf = (statement: Statement): ReturnType<typeof sha> => sha(utf8(canonical(statement)));
const isStatement = (said: Statement): boolean => SIGNED.every((each) => each in said);
const on = (time: unknown, day: unknown): boolean => typeof time === "string" && time.slice(0, 10) === day;

async function holds(day: Day, checkpoint: Checkpoint): Promise<boolean> {
  const root = await rootFrom(await entryOf(day.statement), day.index, checkpoint.size, day.path.map(fromHex));
  return root !== undefined && same(root, checkpoint.root);
}

/** Every check of a proof; throws for what is no proof at all. */
export async function* checks(document: Document, key: PublicKey, copy: Copy | undefined): AsyncGenerator<Check> {
  const { report, statement, log, later } = proofOf(document);
  const checkpoint = checkpointOf(log.checkpoint);
  if (report) yield* ofReport(document.reference, report, statement);
  else if (document.reference !== undefined) yield notBound(document.reference);
  const day = String(statement["day"]);
  yield check(`it is the statement of the day ${day}`, "verify.statement", isStatement(statement), { day });
  if (document.day !== undefined) {
    const its = document.day === statement["day"];
    yield check(`the day of the file, ${document.day}, is that of the statement`, "verify.file_day", its, { day: document.day });
  }
  const known = { statement, index: log.index, path: log.path };
  yield check("the log holds the statement", "verify.in_log", await holds(known, checkpoint));
  yield check("the key of the log signed its checkpoint", "verify.signed", await signedBy(checkpoint, key));
  if (later) yield* ofLater(document.reference, later, checkpoint);
  if (report) yield check(NOT_ALL, "verify.not_all", "note");
  if (log.stamp !== undefined) yield check("it has a time stamp: give --authority to have it checked", "verify.stamped", "note");
  if (copy) yield* ofCopy(copy, key, checkpoint, log, await entryOf(statement));
}

async function* ofReport(reference: string | undefined, report: Sent, statement: Statement): AsyncGenerator<Check> {
  const inside = await inTheDay(report.commitment, report.path ?? [], statement["reports"]);
  yield check("the day holds the report", "verify.day_holds", inside);
  const named = { reference: String(reference) };
  if (!report.parts) {
    if (reference !== undefined) yield notBound(reference);
    return;
  }
  const said = await opened(report);
  yield check("the commitment binds the parts of the report", "verify.binds", said.bound);
  const at = canonical(valueOf(said, "at")) === canonical([`REPORT#${reference}`, "REPORT"]);
  yield check(`the report has the reference ${reference}`, "verify.reference", said.bound && at, named);
  const time = String(valueOf(said, "accepted_at"));
  const its = said.bound && on(time, statement["day"]);
  yield check(`the report was accepted at ${time}, on that day`, "verify.accepted", its, { time });
}

function notBound(reference: string): Check {
  const old = `this older file does not bind the reference ${reference}: ask for it again`;
  return check(old, "verify.older", false, { reference });
}

async function* ofLater(
  reference: string | undefined, later: NonNullable<Proof["later"]>, checkpoint: Checkpoint,
): AsyncGenerator<Check> {
  const days = new Map<string, Statement>();
  for (const each of later.days) {
    const day = String(each.statement["day"]);
    const held = isStatement(each.statement) && (await holds(each, checkpoint));
    yield check(`the log holds the statement of ${day}`, "verify.later_day", held, { day });
    days.set(day, each.statement);
  }
  const seen = new Set<string>();
  const files = later.files.map((each) => ["FILE", each] as const);
  for (const [listed, each] of [...files, ...later.additions.map((one) => ["ADDITION", one] as const)]) {
    const said = await opened(each);
    const [of, own] = valueOf(said, "at") as [string, string];
    const [kind, number] = halves(String(own), "#");
    const what = kind === "FILE" ? `file ${Number(number)}` : `addition ${number}`;
    if (seen.has(String(own))) yield check(`${what} is listed twice`, "verify.twice", false, { what });
    seen.add(String(own));
    yield check(`the commitment binds the parts of ${what}`, "verify.part_binds", said.bound, { what });
    const time = String(valueOf(said, kind === "FILE" ? "kept_at" : "added_at"));
    const its = said.bound && of === `REPORT#${reference}` && kind === listed;
    yield check(`${what} is of this report, and came at ${time}`, "verify.part_of", its, { what, time });
    if (!each.path) {
      const unbound = `no night has bound ${what} in this file: it shows nothing of it`;
      yield check(unbound, "verify.unbound", "note", { what });
      continue;
    }
    const day = String(each.day);
    const statement = days.get(day);
    const inside = statement !== undefined && (await inTheDay(each.commitment, each.path, statement["reports"]));
    const held = inside && said.bound && on(time, day);
    yield check(`the day ${day} holds ${what}`, "verify.part_day", held, { what, day });
    if (each.bytes) {
      const digest = hex(await sha(fromHex(each.bytes.salt), fromHex(each.bytes.sha256)));
      const same_bytes = said.bound && valueOf(said, "bound") === digest;
      const sha256 = each.bytes.sha256;
      yield check(`${what} has the SHA-256 ${sha256}`, "verify.digest", same_bytes, { what, sha256 });
    }
  }
}

async function* ofCopy(
  copy: Copy, key: PublicKey, checkpoint: Checkpoint, log: Proof["log"], entry: Uint8Array,
): AsyncGenerator<Check> {
  const signed = await signedBy(copy.checkpoint, key);
  yield check("the key of the log signed the checkpoint of the copy", "verify.copy_signed", signed);
  const whole = same(await rootOf(copy.entries), copy.checkpoint.root);
  yield check("the copy is whole", "verify.copy_whole", whole);
  const [size, there] = [checkpoint.size, copy.entries.length];
  if (size <= there) {
    const begins = size > 0 && same(await rootOf(copy.entries.slice(0, size)), checkpoint.root);
    yield check("the copy continues the log of the proof", "verify.copy_continues", begins);
  } else if (log.continues?.from === there) {
    const path = log.continues.path.map(fromHex);
    const goes_on = await continues(copy.checkpoint.root, there, checkpoint.root, size, path);
    yield check("the log of the proof continues the copy", "verify.proof_continues", goes_on);
  } else {
    const old =
      `the copy has ${there} entries and the log of the proof ${size}: nothing shows that they are one log. Ask for a proof ` +
      `that continues ${there} entries, or fetch the log anew into another folder, up to entry ${size} at least, and give ` +
      "both with --copy";
    yield check(old, "verify.copy_too_old", false, { there: String(there), size: String(size) });
  }
  if (log.index < there) {
    const found = copy.entries[log.index];
    const held = found !== undefined && same(found, entry);
    yield check("the copy holds the statement at its place", "verify.copy_holds", held);
  }
}

/** The words that a proof shows, without those that no night has bound. */
export async function* words(document: Document): AsyncGenerator<Words> {
  const { report, later, dictionary } = proofOf(document);
  const known = fromBase64(dictionary ?? "");
  for (const sent of [report, ...(later?.files ?? []), ...(later?.additions ?? [])]) {
    if (!sent?.path || !sent.parts) continue;
    const said = await opened(sent);
    const of = sent === report ? "report" : String((valueOf(said, "at") as [string, string])[1]);
    for (const [name, text] of await wordsOf(said, known)) yield { of, name, text };
  }
}
