// What the log says of itself, and a copy of it that somebody kept.
import { type Bytes, fromBase64, type PublicKey, same, sha, signed, Unreadable, utf8 } from "./bytes";

const KEY = 32;
const MARK = 4;
const SIGNATURE = 64;
/** Entries of a full file, and bytes of each with its length. */
const TILE = 256;
const ENTRY = 34;

export interface Checkpoint {
  readonly text: string;
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
  readonly signatures: readonly string[];
}

export function checkpointOf(note: unknown): Checkpoint {
  if (typeof note !== "string") throw new Unreadable("the checkpoint");
  const end = note.lastIndexOf("\n\n");
  const text = `${note.slice(0, Math.max(end, 0))}\n`;
  const [origin = "", size = "", root = ""] = text.split("\n");
  if (end < 0 || !/^\d{1,15}$/.test(size)) throw new Unreadable("the checkpoint");
  return { text, origin, size: Number(size), root: fromBase64(root), signatures: note.slice(end + 2).split("\n") };
}

/** Whether a line of it is a signature of this key; undefined where the browser cannot tell. */
export async function signedBy(said: Checkpoint, key: PublicKey): Promise<boolean | undefined> {
  const mark = (await sha(utf8(`${said.origin}\n\x01`), key.der.slice(-KEY))).slice(0, MARK);
  for (const line of said.signatures) {
    if (!line.startsWith(`\u2014 ${said.origin} `)) continue;
    const found = fromBase64(line.slice(line.lastIndexOf(" ") + 1));
    if (!same(found.slice(0, MARK), mark) || found.length !== MARK + SIGNATURE) continue;
    return key.usable && signed(key.usable, found.slice(MARK), said.text);
  }
  return false;
}

export interface Copy {
  readonly checkpoint: Checkpoint;
  readonly entries: readonly Bytes[];
}

/** The name of a file of entries, as c2sp.org/tlog-tiles says. */
function named(number: number, width: number): string {
  let name = String(number % 1_000).padStart(3, "0");
  for (let rest = Math.floor(number / 1_000); rest; rest = Math.floor(rest / 1_000)) {
    name = `x${String(rest % 1_000).padStart(3, "0")}/${name}`;
  }
  return `tile/entries/${name}${width === TILE ? "" : `.p/${width}`}`;
}

/** The copy among the files of a folder. */
export async function copyIn(files: readonly File[]): Promise<Copy> {
  const found = new Map(files.map((each) => [each.webkitRelativePath.split("/").slice(1).join("/"), each]));
  const inside = (name: string): File => {
    const file = found.get(name);
    if (!file) throw new Unreadable(`there is no ${name}`);
    return file;
  };
  const checkpoint = checkpointOf(await inside("checkpoint").text());
  const entries: Bytes[] = [];
  for (let number = 0; number * TILE < checkpoint.size; number++) {
    const width = Math.min(TILE, checkpoint.size - number * TILE);
    const file = inside(named(number, width));
    if (file.size !== width * ENTRY) throw new Unreadable("the copy");
    const body = new Uint8Array(await file.arrayBuffer());
    for (let at = 0; at < body.length; at += ENTRY) entries.push(body.slice(at + 2, at + ENTRY));
  }
  return { checkpoint, entries };
}
