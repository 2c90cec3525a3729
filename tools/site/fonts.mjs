// Makes the fonts of the desk: `node fonts.mjs FOLDER`. IBM Plex, with the letters that staff write and reporters send, and
// the features that these letters need. A letter of another script has the font of the reader's system. Made anew only when
// a source or this file is another one.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const PLEX = "@fontsource/ibm-plex";
const SANS = "@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2";
const ARABIC = (weight) => `${PLEX}-sans-arabic/files/ibm-plex-sans-arabic-arabic-${weight}-normal.woff2`;
const MONO = `${PLEX}-mono/files/ibm-plex-mono-latin-400-normal.woff2`;

/** Basic Latin, Latin-1, the other letters of French, and the signs that texts of the desk use. */
const LATIN = [
  [0x20, 0x7e], [0xa0, 0xff], [0x131], [0x152, 0x153], [0x160, 0x161], [0x178], [0x17d, 0x17e], [0x2bb, 0x2bc], [0x2c6], [0x2da],
  [0x2dc], [0x2002, 0x200f], [0x2010, 0x2027], [0x202f], [0x2030], [0x2032, 0x2033], [0x2039, 0x203a], [0x2044], [0x20ac], [0x2122],
  [0x2190, 0x2193], [0x2212], [0x2248], [0x2260], [0x2264, 0x2265], [0x25cf], [0xfffd],
];
/** Arabic with its vowels and digits, the letters that Darija, Persian and Urdu add, and what joins or parts them. */
const ARABIC_LETTERS = [
  [0x60c], [0x61b], [0x61f], [0x621, 0x655], [0x660, 0x66d], [0x670, 0x671], [0x679], [0x67e], [0x686], [0x688], [0x691], [0x698],
  [0x6a4], [0x6a8, 0x6a9], [0x6ad], [0x6af], [0x6ba], [0x6be], [0x6c0, 0x6c3], [0x6cc], [0x6d2, 0x6d5], [0x6f0, 0x6f9], [0x763],
  [0x200c, 0x200f], [0x20], [0x2d, 0x2f], [0xfdf2], [0xfdfa],
];
const CODES = [[0x20, 0x7e], [0xa0], [0xb7], [0x2010, 0x2014], [0x2026]];
/** Joining and placing of letters, kerning, figures of one width. */
const FEATURES = ["ccmp", "locl", "init", "medi", "fina", "isol", "rlig", "liga", "calt", "kern", "mark", "mkmk", "curs", "tnum"];

const FONTS = {
  "plex-sans": { source: SANS, letters: LATIN, variationAxes: { wght: { min: 400, max: 700, default: 400 } } },
  // Windows hints no Arabic, so its hints are bytes without use.
  "plex-arabic-400": { source: ARABIC(400), letters: ARABIC_LETTERS, noHinting: true },
  "plex-arabic-600": { source: ARABIC(600), letters: ARABIC_LETTERS, noHinting: true },
  "plex-mono": { source: MONO, letters: CODES },
};

const [folder] = process.argv.slice(2);
const { resolve } = createRequire(import.meta.url);
const text = (ranges) =>
  ranges.flatMap(([first, last = first]) => Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at))).join("");

/** Write at once: another build may read it. */
async function write(name, content) {
  const begun = path.join(folder, `.${name}.${process.pid}`);
  await writeFile(begun, content);
  await rename(begun, path.join(folder, name));
}

await mkdir(folder, { recursive: true });
const own = await readFile(fileURLToPath(import.meta.url));
for (const [name, { source, letters, ...options }] of Object.entries(FONTS)) {
  const font = await readFile(resolve(source));
  const made = createHash("sha256").update(own).update(font).digest("hex");
  const mark = await readFile(path.join(folder, `${name}.sha256`), "utf8").catch(() => "");
  if (mark === made) continue;
  await write(`${name}.woff2`, await subsetFont(font, text(letters), { targetFormat: "woff2", keepFeatures: FEATURES, ...options }));
  await write(`${name}.sha256`, made);
}
