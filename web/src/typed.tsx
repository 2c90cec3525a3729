// What a person typed, as it is: never read as markup, and not mixed with the words around it.
import type { ComponentChildren, JSX } from "preact";

// In Arabic text the groups of a telephone or account number would be drawn from right to left. One
// inside an address stays part of it.
const NUMBER = /(^|[\s(«:،,;])(\+?[\d٠-٩](?:[ \u00a0.\-/()]{0,2}[\d٠-٩]){6,})(?![^\s)».,:;،؛؟?!])/gm;

export function Typed({ text }: { text: string }): JSX.Element {
  const parts: ComponentChildren[] = [];
  let told = 0;
  for (const found of text.matchAll(NUMBER)) {
    const [, before = "", number = ""] = found;
    const start = found.index + before.length;
    parts.push(text.slice(told, start), <bdi dir="ltr">{number}</bdi>);
    told = start + number.length;
  }
  return (
    <bdi class="typed">
      {parts}
      {text.slice(told)}
    </bdi>
  );
}
