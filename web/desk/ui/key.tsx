// A key cap. In Arabic it shows the letter that the key writes there, and the Latin one small beside it.
//   sign   what is written on a Latin keyboard, as in keys.ts; several keys that are pressed together, in order
// It is for the eye: what it does has words of its own.
import type { JSX } from "preact";
import { code } from "../words";

const ARABIC: Readonly<Record<string, string>> = {
  B: "لا", C: "ؤ", D: "ي", E: "ث", F: "ب", G: "ل", H: "ا", I: "ه", J: "ت", K: "ن", L: "م", N: "ى", O: "خ", P: "ح", R: "ق", S: "س", T: "ف", U: "ع",
  V: "ر", X: "ء", Y: "غ",
};

export function Key({ sign }: { sign: string | readonly string[] }): JSX.Element {
  const signs = typeof sign === "string" ? [sign] : sign;
  return (
    <kbd aria-hidden="true">
      {signs.map((each) => {
        const local = code === "ar" ? ARABIC[each] : undefined;
        return local ? <span key={each}>{local} <small>{each}</small></span> : <span key={each}>{each}</span>;
      })}
    </kbd>
  );
}
