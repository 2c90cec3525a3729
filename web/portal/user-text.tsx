// What a person typed, as it is: never read as markup, and not mixed with the words around it.
import type { ComponentChildren, JSX } from "preact";

import { numbersIn } from "./numbers";

// In Arabic text the groups of a telephone or account number would be drawn from right to left. One
// inside an address stays part of it.
export function Typed({ text }: { text: string }): JSX.Element {
  const parts: ComponentChildren[] = [];
  let told = 0;
  for (const [start, end] of numbersIn(text)) {
    parts.push(text.slice(told, start), <bdi dir="ltr">{text.slice(start, end)}</bdi>);
    told = end;
  }
  return (
    <bdi class="typed">
      {parts}
      {text.slice(told)}
    </bdi>
  );
}
