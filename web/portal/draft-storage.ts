// What stays of a report in this tab while it is written: only by choice, and for an hour at most.
//
// It lies in the tab's own storage. Leaving by the way out, sending, and the first look after an hour remove it. The
// same storage carries the answers over a change of language: that copy is removed as soon as it is read.

const NAME = "report";
const HOUR = 3_600_000;

interface Kept {
  readonly at: number;
  /** Whether it was asked to stay. */
  readonly stays: boolean;
  readonly what: unknown;
}

let over = false;

export function keep(what: unknown, stays: boolean): boolean {
  if (over) return false;
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ at: Date.now(), stays, what } satisfies Kept));
    return true;
  } catch {
    // Full, or forbidden by the browser: the answers stay where they were.
    return false;
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // Forbidden: then nothing was written, either.
  }
}

/** Remove what is kept, and keep nothing more: the report was sent, or its reporter has left. */
export function end(): void {
  over = true;
  forget();
}

function read(): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null") as Kept | null;
    return kept && Date.now() - kept.at < HOUR ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** What is kept, and whether it was asked to stay. What was not is gone with this call, as is what is too old. */
export function taken<T>(): { readonly what: T; readonly stays: boolean } | undefined {
  const kept = read();
  if (!kept?.stays) forget();
  return kept && { what: kept.what as T, stays: kept.stays };
}

if (!read()) forget();
