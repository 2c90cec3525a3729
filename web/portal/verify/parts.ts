// What a commitment binds, part by part, and the words among it.
import { type Bytes, fromBase64, fromHex, hex, sha, text, Unreadable, utf8 } from "./bytes";

/** SHA-256 of the dictionary by which words are compressed (RFC 1950). */
const DICTIONARY = "6556212352da7c9974070d6d43acf411f681fc5009b3d71af7f5e1cfe35426bf";
const LONGEST = 1_000_000;
const WORDS = ["facts", "narrative", "content", "name"];
/** Shown with words, and a text or a number. */
const VALUES = ["language", "size"];

export interface Told {
  readonly salt?: string;
  readonly content?: string;
  readonly commitment?: string;
}

export interface Sent {
  readonly commitment: string;
  readonly path?: readonly string[];
  readonly parts?: Readonly<Record<string, Told>>;
  readonly day?: string;
  readonly bytes?: { readonly salt: string; readonly sha256: string };
}

export interface Opened {
  /** Whether the parts make the commitment. */
  readonly bound: boolean;
  readonly shown: ReadonlyMap<string, Bytes>;
}

export async function opened(sent: Sent): Promise<Opened> {
  const shown = new Map<string, Bytes>();
  let [lines, named] = ["", true];
  // By code point, as the commitment was made.
  for (const [name, told] of Object.entries(sent.parts ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))) {
    let made: Bytes;
    if (told.content === undefined) {
      made = fromHex(told.commitment);
    } else {
      const content = fromBase64(told.content);
      shown.set(name, content);
      made = await sha(fromHex(told.salt), await sha(content));
    }
    lines += `${name} ${hex(made)}\n`;
    // One with a line feed in it could stand for two parts.
    named &&= /^[a-z0-9_]+$/.test(name);
  }
  return { bound: named && hex(await sha(utf8(lines))) === sent.commitment, shown };
}

/** The JSON value of a part that is shown. */
export function valueOf(said: Opened, name: string): unknown {
  const content = said.shown.get(name);
  if (content === undefined || content[0] !== "J".charCodeAt(0)) throw new Unreadable(name);
  return JSON.parse(text(content.slice(1)));
}

/** The words among the parts that are shown, and the values beside them. */
export async function wordsOf(said: Opened, dictionary: Bytes): Promise<readonly [string, string][]> {
  const found: [string, string][] = [];
  for (const name of WORDS) {
    const content = said.shown.get(name);
    if (content) found.push([name, await unfolded(content, dictionary)]);
  }
  for (const name of VALUES) if (said.shown.has(name)) found.push([name, String(valueOf(said, name))]);
  return found;
}

const HEAD = 2;
const HEAD_WITH_DICTIONARY = 6;
const CHECKSUM = 4;
const NAMES_DICTIONARY = 0x20;

/** The text of a compressed part. Browsers take no preset dictionary: it is put before the stream as a block that is not
 * compressed, to which the stream refers just as well, and is cut off afterwards. */
async function unfolded(content: Bytes, dictionary: Bytes): Promise<string> {
  const kind = content[0] === "B".charCodeAt(0);
  if (!kind || hex(await sha(dictionary)) !== DICTIONARY) throw new Unreadable("a compressed text");
  const stream = content.slice(1);
  const preset = ((stream[1] ?? 0) & NAMES_DICTIONARY) !== 0;
  const length = preset ? dictionary.length : 0;
  const block = Uint8Array.of(0, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255);
  const before = preset ? [block, dictionary] : [];
  const body = stream.slice(preset ? HEAD_WITH_DICTIONARY : HEAD, -CHECKSUM);
  const whole = new Blob([...before, body]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const pieces: Uint8Array[] = [];
  let read = 0;
  for (const reader = whole.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    read += value.length;
    if (read > LONGEST) throw new Unreadable("too long a text");
  }
  const told = new Uint8Array(await new Blob(pieces as Bytes[]).arrayBuffer());
  return text(told.slice(length));
}
