// Where the numbers of a text stand: telephones and accounts of seven digits and more.

// Digits with little between them: each character is looked at once, whatever stands behind.
const DIGITS = /\+?[\d٠-٩](?:[ \u00a0.\-/()]{0,2}[\d٠-٩])*/g;
const DIGIT = /[\d٠-٩]/g;
const BEFORE = /[\s(«:،,;]/;
const BEHIND = /[\s)».,:;،؛؟?!]/;
const FEWEST = 7;

/** From a digit that something parts from what is before, to the last that is parted behind. */
export function* numbersIn(text: string): Generator<[start: number, end: number]> {
  for (const found of text.matchAll(DIGITS)) {
    const digits = [...found[0].matchAll(DIGIT)].map((each) => found.index + each.index);
    const begins = [found.index, ...digits.slice(1)];
    const first = begins.findIndex((at) => at === 0 || BEFORE.test(text.charAt(at - 1)));
    if (first < 0) continue;
    let last = digits.length - 1;
    while (last >= first && !ended(text, (digits[last] ?? 0) + 1)) last -= 1;
    const start = begins[first];
    const end = digits[last];
    if (last - first + 1 >= FEWEST && start !== undefined && end !== undefined) yield [start, end + 1];
  }
}

function ended(text: string, at: number): boolean {
  return at === text.length || BEHIND.test(text.charAt(at));
}
