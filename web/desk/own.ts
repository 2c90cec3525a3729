// How a person wants the pages: what is kept for them by the service, and takes effect at once.
import type { components } from "#types/openapi";
import { call } from "./api";
import { letters } from "./keys";
import { code, offered } from "./words";

export type Settings = components["schemas"]["OwnSettings"];

export const own: { coverMore: boolean; settings: Settings } = { coverMore: false, settings: {} };

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

export async function keep(settings: Settings): Promise<void> {
  await call({ method: "PUT", path: "/v1/desk/me/settings", body: settings });
  own.settings = settings;
}
