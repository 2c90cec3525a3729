// The tree of the log, and that of what came on a day.
import { type Bytes, fromHex, hex, same, sha } from "./bytes";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
/** Levels of the tree of a day. */
const LEVELS = 64;

const leaf = (entry: Uint8Array): Promise<Bytes> => sha(LEAF, entry);
const node = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha(NODE, left, right);
const odd = (number: number): boolean => number % 2 === 1;
const half = (number: number): number => Math.floor(number / 2);

/** The root to which the proof of an entry leads (RFC 9162, 2.1.3.2); undefined when it is none. */
export async function rootFrom(entry: Bytes, index: number, size: number, path: readonly Bytes[]): Promise<Bytes | undefined> {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return undefined;
  let [now, at, last] = [await leaf(entry), index, size - 1];
  for (const step of path) {
    if (last === 0) return undefined;
    if (odd(at) || at === last) {
      now = await node(step, now);
      while (at !== 0 && !odd(at)) [at, last] = [half(at), half(last)];
    } else {
      now = await node(now, step);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? now : undefined;
}

/** Whether a tree of `second` entries continues one of `first` (RFC 9162, 2.1.4.2). */
export async function continues(
  old: Bytes, first: number, later: Bytes, second: number, path: readonly Bytes[],
): Promise<boolean> {
  if (!(first > 0 && first < second) || path.length === 0) return false;
  const steps = Number.isInteger(Math.log2(first)) ? [old, ...path] : path;
  let [at, last] = [first - 1, second - 1];
  while (odd(at)) [at, last] = [half(at), half(last)];
  let [was, now] = [steps[0] as Bytes, steps[0] as Bytes];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (odd(at) || at === last) {
      [was, now] = [await node(step, was), await node(step, now)];
      while (at !== 0 && !odd(at)) [at, last] = [half(at), half(last)];
    } else {
      now = await node(now, step);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(was, old) && same(now, later);
}

/** The root over entries (RFC 6962, 2.1). */
export async function rootOf(entries: readonly Bytes[]): Promise<Bytes> {
  if (entries.length === 0) return sha();
  let level = await Promise.all(entries.map(leaf));
  while (level.length > 1) {
    const above: Promise<Bytes>[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Bytes, level[at + 1]];
      above.push(right === undefined ? Promise.resolve(left) : node(left, right));
    }
    level = await Promise.all(above);
  }
  return level[0] as Bytes;
}

/** Whether a path leads from a commitment to the root over what came on a day. */
export async function inTheDay(commitment: unknown, path: readonly string[], root: unknown): Promise<boolean> {
  let now = await leaf(fromHex(commitment));
  const place = [...now.slice(0, LEVELS / 8)].flatMap((byte) => [...byte.toString(2).padStart(8, "0")]).reverse();
  if (path.length !== LEVELS) return false;
  for (const [level, step] of path.entries()) {
    const beside = fromHex(step);
    now = place[level] === "1" ? await node(beside, now) : await node(now, beside);
  }
  return hex(now) === root;
}
