// Characters that hide or turn what stands beside them: a page draws a mark in the place of each.

/** Bidi controls, invisible characters and other controls; joiners, which scripts need, are none. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Text cut at each hidden character: what stands before it, and its mark; the rest has none. */
export function* cut(text: string): Generator<readonly [before: string, mark?: string]> {
  let told = 0;
  for (const found of text.matchAll(HIDDEN)) {
    yield [text.slice(told, found.index), `U+${codeOf(found[0])}`];
    told = found.index + found[0].length;
  }
  yield [text.slice(told)];
}

/** The same where nothing but text may stand, as in a list to choose from. */
export function asText(text: string): string {
  return text.replace(HIDDEN, (hidden) => `U+${codeOf(hidden)}`);
}

const codeOf = (hidden: string): string => hidden.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
