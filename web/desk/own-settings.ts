// How a person wants the pages: what is kept for them by the service, and takes effect at once.
import type { components } from "#types/openapi";
import { call, type Person, Refused } from "./api";
import { letters } from "./keys";
import { code, offered } from "./words";

export type Settings = components["schemas"]["OwnSettings"];

export const own: { coverMore: boolean; settings: Settings } = { coverMore: false, settings: {} };
/** Of the settings as they were read or changed last. */
let version = "";

/** Who is signed in, with the own settings. */
export async function readMe(): Promise<Person> {
  const { body, etag } = await call<Person>({ method: "GET", path: "/v1/desk/me" });
  own.settings = body.settings;
  version = etag;
  return body;
}

/** The setting of a language that the pages have. */
export const speaking = (code: string): Settings => ({ language: code as NonNullable<Settings["language"]> });

/** Let the settings take effect; true where the page is loaded again in another language. */
export function apply(settings: Settings): boolean {
  own.settings = settings;
  own.coverMore = settings.cover_more === true;
  letters.on = settings.letters_off !== true;
  document.documentElement.classList.toggle("grey", settings.grey === true);
  const { language } = settings;
  if (language === code || !offered.some(([each]) => each === language)) return false;
  const address = new URL(location.href);
  address.searchParams.set("lang", language ?? "");
  location.replace(address);
  return true;
}

const PATH = "/v1/desk/me/settings";
const TRIES = 3;

/** Make one change of the settings, on those that hold now: another open page of the same person may have changed
 * others meanwhile, and these stay. */
export async function keep(change: (before: Settings) => Settings): Promise<Settings> {
  for (let tried = 1; ; tried += 1) {
    try {
      const { body, etag } = await call<Settings>({ method: "PUT", path: PATH, body: change(own.settings), etag: version });
      own.settings = body;
      version = etag;
      return body;
    } catch (error) {
      if (!(error instanceof Refused && error.kind === "case-changed") || tried === TRIES) throw error;
      await readMe();
    }
  }
}
