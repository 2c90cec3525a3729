// What the clocks of the country show. The law counts its days, wherever a device stands and whatever it knows of time zones:
// countries change their clocks on short notice, and devices learn of it late.

/** Since when (seconds since 1970) the clocks are how many minutes ahead of UTC, the oldest first. */
export type Clocks = readonly (readonly [since: number, ahead: number])[];

/** How many minutes the clocks are ahead of UTC at a moment. */
function aheadAt(clocks: Clocks, at: Date): number {
  const seconds = at.getTime() / 1000;
  return clocks.reduce((ahead, [since, then]) => (since <= seconds ? then : ahead), clocks[0]?.[1] ?? 0);
}

/** A moment moved so that its fields in UTC are what the clocks show: it is good for writing alone. */
export const shownAt = (clocks: Clocks, at: Date): Date => new Date(at.getTime() + aheadAt(clocks, at) * 60_000);

/** The day it is there, as `2026-03-01`. */
export const dayAt = (clocks: Clocks, at: Date): string => shownAt(clocks, at).toISOString().slice(0, 10);

/** How far the clocks are from UTC at a moment, as people write it: `UTC+01:00`. */
export function offsetAt(clocks: Clocks, at: Date): string {
  const ahead = aheadAt(clocks, at);
  const two = (n: number): string => String(n).padStart(2, "0");
  const minutes = Math.abs(ahead);
  return `UTC${ahead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
