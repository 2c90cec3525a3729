// Numbers of identity cards in what reporters told: print covers them.

const BAR = "\u2588";

/** A JSON value with a bar over these numbers in every string, the longest first. A bar is as long as
 * its number: what stands out in a text stays at its place. */
export function covered<T>(value: T, numbers: readonly string[]): T {
  if (typeof value === "string") return numbers.reduce<string>((text, each) => text.replaceAll(each, BAR.repeat(each.length)), value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => covered(each, numbers)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, covered(each, numbers)])) as T;
}
