// A day in three fields: as it is typed, "15-3-2026" with any part missing, and as a date.

/** Day, month and year as they were typed. */
export type Typed = readonly [day: string, month: string, year: string];

export function parts(typed: string): Typed {
  const [day = "", month = "", year = ""] = typed.split("-");
  return [day, month, year];
}

export function joined(typed: Typed): string {
  const text = typed.map((part) => part.replace(/-/g, "").trim()).join("-");
  return text === "--" ? "" : text;
}

/** There was nothing online before this year; one of two digits would be of the first century. */
const EARLIEST = 1990;

function digits(typed: string): number {
  const plain = typed
    .replace(/[٠-٩]/g, (d) => String(d.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (d) => String(d.charCodeAt(0) - 0x6f0));
  return /^\d{1,4}$/.test(plain) ? Number(plain) : Number.NaN;
}

/** The date, as 2026-03-15; "" where nothing was typed, and undefined where it is none, or none that has come. */
export function dayOf(typed: string): string | undefined {
  if (!typed) return "";
  const [day, month, year] = parts(typed).map(digits) as [number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day));
  if (year < EARLIEST || Number.isNaN(at.getTime()) || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) {
    return undefined;
  }
  // Where the reporter is, it may be tomorrow already.
  return at.getTime() > Date.now() + 86_400_000 ? undefined : at.toISOString().slice(0, 10);
}
