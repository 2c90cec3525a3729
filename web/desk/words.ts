// The language of the page: its texts, and the names that the jurisdiction gives things.
import type { Key, Part } from "#types/desk";
import type { Clocks } from "../shared/clocks";

/** What the page itself holds of each language: enough to fetch the rest, or to say that it failed. */
interface Spoken {
  readonly language: string;
  readonly direction: string;
  readonly sign_in_language: string;
  readonly words: string;
  readonly first: Readonly<Record<"title" | "wait" | "failed" | "retry", string>>;
}

export type Names = Readonly<Record<string, string>>;

/** The words of one language, as far as they are here: those of a part of the desk come with it. */
export interface Words {
  readonly locale: string;
  readonly clocks: Clocks;
  readonly texts: Readonly<Partial<Record<Key, string>>>;
  readonly categories: Names;
  /** Categories whose words stay covered until somebody asks to see them. */
  readonly covered: readonly string[];
  readonly units: Names;
  readonly courts: Names;
  readonly prosecutors: Names;
  readonly grounds: Names;
  readonly services: Names;
  /** What lists of known material are about. */
  readonly matters: Names;
  /** What a match of such a list does and does not say. */
  readonly matters_help: Names;
  /** Institutions that cases ask about money. */
  readonly parties: Names;
  /** The codes of currencies, each without a name. */
  readonly currencies: Names;
  /** The address of the list of places, which only cases with a place need. */
  readonly places: string;
  /** The address of the words to reporters, in all their languages. */
  readonly templates: string;
  /** The addresses of the words of each part. */
  readonly parts: Readonly<Partial<Record<Part, readonly string[]>>>;
}

const block = document.getElementById("data")?.textContent ?? "{}";
const languages = JSON.parse(block) as Readonly<Record<string, Spoken>>;
export const asked = new URLSearchParams(location.search);
export const code = chosen();
export const spoken = languages[code];
/** The languages of the pages, each by its own name. */
export const offered = Object.entries(languages).map(([id, each]) => [id, each.language] as const);

/** The language in the address, else the first one that the browser asks for and that is here. */
function chosen(): string {
  const wishes = [asked.get("lang") ?? "", ...navigator.languages];
  const offered = wishes.map((wish) => wish.toLowerCase().split("-")[0] ?? "");
  return offered.find((each) => each in languages) ?? Object.keys(languages)[0] ?? "";
}

const NONE: Words = {
  locale: code, clocks: [], texts: {}, categories: {}, covered: [], units: {}, courts: {}, prosecutors: {}, grounds: {},
  services: {}, matters: {}, matters_help: {}, parties: {}, currencies: {}, places: "", templates: "", parts: {},
};

export let words: Words = NONE;

const fetching = new Map<string, Promise<void>>();

/** Fetch a file of words, once; rejects where the network or the service fails. */
function take(address: string): Promise<void> {
  const before = fetching.get(address);
  if (before) return before;
  const taken = fetch(address, { referrerPolicy: "no-referrer" }).then(async (answer) => {
    if (!answer.ok) throw new Error("no words");
    const more = (await answer.json()) as Partial<Words>;
    words = { ...words, ...more, texts: { ...words.texts, ...more.texts } };
  });
  fetching.set(address, taken);
  taken.catch(() => fetching.delete(address));
  return taken;
}

/** The words that the page begins with. */
export const fetchWords = (): Promise<void> => take(spoken?.words ?? "");

/** The words of a part, beside those of the page. */
export const fetchWordsOf = (part: Part): Promise<unknown> => Promise.all((words.parts[part] ?? []).map(take));

export function t(key: Key, values: Readonly<Record<string, string>> = {}): string {
  const text = words.texts[key] ?? key;
  if (!words.texts[key]) console.error(`no words: ${key}`);
  // One pass: what is filled in is never read for braces itself.
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** The words for a code that a later release, or another country, may not have here. */
export function said(section: string, id: string): string {
  return (words.texts as Names)[`${section}_${id}`] ?? id.replace(/[_-]/g, " ");
}

export function named(names: Names, id: string): string {
  return names[id] ?? id;
}

export function category(id: string | null | undefined): string {
  return id ? named(words.categories, id) : t("category_none");
}

export const number = (n: number): string => n.toLocaleString(words.locale);

/** The places as tools/site/places.py writes them. */
interface Folded {
  readonly codes: string;
  readonly names: string;
}

let places: Promise<ReadonlyMap<string, string>> | undefined;

/** Every place of the country by its code, fetched once. */
export function placesByCode(): Promise<ReadonlyMap<string, string>> {
  places ??= fetch(words.places, { referrerPolicy: "no-referrer" })
    .then(async (answer) => new Map(unfolded((await answer.json()) as Folded)))
    .catch(() => {
      places = undefined;
      return new Map();
    });
  return places;
}

function unfolded({ codes, names }: Folded): [string, string][] {
  const called = names.split("\n");
  let code = "";
  return codes.split(" ").map((word, at) => {
    code = code.slice(0, Number.parseInt(word[1] ?? "", 36)) + word.slice(2);
    return [code, called[at] ?? ""];
  });
}
