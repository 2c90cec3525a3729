// Times as people say them, in the language of the page.
import { useEffect, useState } from "preact/hooks";
import { dayAt, offsetAt, shownAt } from "../shared/clocks";
import { words } from "./words";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its largest unit; the number stays beside it. */
export function span(seconds: number): string {
  const [unit, of] =
    seconds < MINUTE ? ["second", 1] : seconds < HOUR ? ["minute", MINUTE] : seconds < 2 * DAY ? ["hour", HOUR] : ["day", DAY];
  const amount = Math.max(0, Math.floor(seconds / (of as number)));
  const told = amount.toLocaleString(words.locale, { style: "unit", unit: unit as string, unitDisplay: "short" });
  return told.replace(/ /g, "\u00a0");
}

/** What is printed is read on another day: there every time has its day. */
export const sheet = { printed: false };

/** A moment by the country's clocks: the time alone where it is today's. A day without a time stays one. */
export function when(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return at.toLocaleDateString(words.locale, { dateStyle: "medium", timeZone: "UTC" });
  const today = !sheet.printed && dayAt(words.clocks, at) === dayAt(words.clocks, new Date());
  return inTheCountry(at, today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

/** A moment beside others: its time where it is today's, else its day, too. */
export const shortly = (text: string): string => {
  const at = new Date(text);
  const today = dayAt(words.clocks, at) === dayAt(words.clocks, new Date());
  return inTheCountry(at, { hour: "2-digit", minute: "2-digit", ...(today ? {} : { day: "numeric", month: "short" }) });
};

/** A moment with its day, its second and how far the clocks are from UTC: for what leaves the desk. */
export const exactly = (text: string): string => {
  const at = new Date(text);
  return `${inTheCountry(at, { dateStyle: "medium", timeStyle: "medium" })} ${offsetAt(words.clocks, at)}`;
};

const inTheCountry = (at: Date, how: Intl.DateTimeFormatOptions): string =>
  shownAt(words.clocks, at).toLocaleString(words.locale, { ...how, timeZone: "UTC" });

export const secondsUntil = (moment: string): number => (Date.parse(moment) - Date.now()) / 1000;

/** Draw again every so often, so that minutes left stay true. */
export function useTick(milliseconds: number): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
}
