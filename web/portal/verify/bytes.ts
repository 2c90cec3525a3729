// Bytes, hashes and signatures, by what browsers bring.

export type Bytes = Uint8Array<ArrayBuffer>;

/** What is no proof at all, or cannot be read. */
export class Unreadable extends Error {}

export function joined(...pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((length, each) => length + each.length, 0));
  let at = 0;
  for (const each of pieces) {
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}

export async function sha(...pieces: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...pieces)));
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
}

/** 32 bytes. */
export function fromHex(text: unknown): Bytes {
  if (typeof text !== "string" || !/^[0-9a-f]{64}$/.test(text)) throw new Unreadable("hex");
  return Uint8Array.from(text.match(/../g) ?? [], (each) => parseInt(each, 16));
}

export function fromBase64(text: unknown): Bytes {
  if (typeof text !== "string") throw new Unreadable("base64");
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

export function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

/** A text before and behind the first mark. */
export function halves(whole: string, mark: string): readonly [string, string] {
  const at = whole.indexOf(mark);
  return at < 0 ? [whole, ""] : [whole.slice(0, at), whole.slice(at + mark.length)];
}

/** JSON as RFC 8785 writes it, for texts, whole numbers, and lists and objects of them. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(",")}}`;
}

const ED25519 = { name: "Ed25519" };

/** The public key in a file of the form PEM. */
export interface PublicKey {
  readonly der: Bytes;
  /** Undefined where the browser knows no Ed25519. */
  readonly usable: CryptoKey | undefined;
}

export async function publicKey(pem: string): Promise<PublicKey> {
  const inside = /-----BEGIN PUBLIC KEY-----([^-]+)-----END PUBLIC KEY-----/.exec(pem)?.[1];
  if (inside === undefined) throw new Unreadable("the key");
  const der = fromBase64(inside.replace(/\s/g, ""));
  try {
    return { der, usable: await crypto.subtle.importKey("spki", der, ED25519, false, ["verify"]) };
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") return { der, usable: undefined };
    throw new Unreadable("the key");
  }
}

export function signed(key: CryptoKey, signature: Bytes, what: string): Promise<boolean> {
  return crypto.subtle.verify(ED25519, key, signature, utf8(what));
}
