// Everything that comes from outside is shown here, and nowhere else: text, and nothing but text.
// It is never markup and never a link, it keeps to itself whatever its direction, and characters
// that hide or turn what stands beside them are drawn as marks.
import type { ComponentChildren, JSX } from "preact";
import { cut } from "../portal/hidden-characters";
import { numbersIn } from "../portal/numbers";
import type { Look, Marked } from "./marks";

function marked(text: string): ComponentChildren[] {
  return [...cut(text)].flatMap(([before, mark]) => (mark ? [before, <bdi class="mark" dir="ltr">{mark}</bdi>] : [before]));
}

/** Words in a line of ours: a name, a place as somebody wrote it. */
export function Said({ text }: { text: string }): JSX.Element {
  return <bdi class="said">{marked(text)}</bdi>;
}

/** What is compared character by character: an identifier, an address, a reference. */
export function Code({ text }: { text: string }): JSX.Element {
  const host = plainHost(text);
  return (
    <>
      <bdi class="code" dir="ltr" translate={false}>{marked(text)}</bdi>
      {host ? <bdi class="code beside" dir="ltr" translate={false}>{host}</bdi> : null}
    </>
  );
}

/** The host of an address as machines spell it, where that differs from how it is written. */
function plainHost(text: string): string {
  try {
    const { protocol, hostname } = new URL(text);
    return protocol.startsWith("http") && !text.toLowerCase().includes(hostname) ? hostname : "";
  } catch {
    return "";
  }
}

interface ToldProps {
  readonly text: string;
  readonly lang?: string | undefined;
  /** Parts of the text that stand out, in order. */
  readonly marks?: readonly Marked[] | undefined;
  /** What a part speaks for. */
  readonly named?: (reason: string) => string;
  /** How a part looks by what it speaks for. */
  readonly look?: ((reasons: readonly string[]) => Look) | undefined;
}

/** What somebody told, paragraph by paragraph, each in its own direction. */
export function Told({ text, lang, marks = [], named = String, look = () => "guessed" }: ToldProps): JSX.Element {
  let from = 0;
  return (
    <div class="told" {...(lang ? { lang } : {})}>
      {text.split("\n").map((each, place) => {
        const start = from;
        from += each.length + 1;
        const here = marks.filter((one) => one.start < start + each.length && one.end > start);
        return <p key={place} dir="auto">{withMarks(each, here.map((one) => ({ ...one, start: one.start - start, end: one.end - start })), named, look)}</p>;
      })}
    </div>
  );
}

function withMarks(text: string, marks: readonly Marked[], named: (reason: string) => string, look: (reasons: readonly string[]) => Look): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let told = 0;
  for (const { start, end, reasons } of marks) {
    const [first, last] = [Math.max(start, told), Math.min(end, text.length)];
    parts.push(...withNumbers(text.slice(told, first)), <mark class={look(reasons)} title={reasons.map(named).join(" · ")}>{withNumbers(text.slice(first, last))}</mark>);
    told = last;
  }
  parts.push(...withNumbers(text.slice(told)));
  return parts;
}

// In Arabic text the groups of a telephone or account number would be drawn from right to left.
function withNumbers(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let told = 0;
  for (const [start, end] of numbersIn(text)) {
    parts.push(...marked(text.slice(told, start)), <bdi dir="ltr">{marked(text.slice(start, end))}</bdi>);
    told = end;
  }
  parts.push(...marked(text.slice(told)));
  return parts;
}
