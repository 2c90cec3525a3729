// What narrows the first page of a unit and of an office: figures that filter, and the words that the lines show.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { CaseLine } from "./api";
import { folded } from "./folded";
import { type Act, signOf } from "./keys";
import { shownWords } from "./line-facts";
import { WordsFilter } from "./line-filters";
import { type Names, number, t } from "./words";

interface Narrowed<Figure extends string> {
  readonly lines: readonly CaseLine[];
  /** Whether a line belongs to a figure. */
  readonly belongs: (figure: Figure, line: CaseLine) => boolean;
  readonly places: ReadonlyMap<string, string>;
  readonly people: Names;
  /** There are more lines than were read. */
  readonly goesOn: boolean;
  /** What the page does before other lines are shown. */
  readonly before?: () => void;
}

interface Narrowing<Figure extends string> {
  readonly left: readonly CaseLine[];
  readonly figure: Figure | undefined;
  /** Shows the lines of a figure, or all lines again. */
  readonly press: (figure: Figure) => void;
  /** Takes the keys of the filters; false for others. */
  readonly heard: (act: Act | undefined) => boolean;
  /** The field of words, the way back, and how many lines are shown, behind what the page puts first. */
  readonly tools: (first: JSX.Element | null) => JSX.Element;
}

export function useNarrowing<Figure extends string>({ lines, belongs, places, people, goesOn, before }: Narrowed<Figure>): Narrowing<Figure> {
  const [figure, setFigure] = useState<Figure>();
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const wanted = folded(typed.trim());
  const left = lines.filter((line) => (!figure || belongs(figure, line)) && (!wanted || shownWords(line, places, people).includes(wanted)));
  const narrow = (to: Figure | undefined, words: string): void => {
    before?.();
    setFigure(to);
    setTyped(words);
  };
  return {
    left,
    figure,
    press: (to) => narrow(figure === to ? undefined : to, typed),
    heard: (act) => {
      if (act === "filter") field.current?.focus();
      else if (act === "leave" && (figure || typed)) narrow(undefined, "");
      else return false;
      return true;
    },
    tools: (first) => (
      <div class="tools" onKeyDown={intoTable}>
        {first}
        <WordsFilter typed={typed} type={(to) => narrow(figure, to)} field={field} />
        {figure || typed ? <button type="button" class="link" onClick={() => narrow(undefined, "")}>{t("list_clear")} <kbd>{signOf("leave")}</kbd></button> : null}
        <span role="status" class="fit">{t("list_fit", { n: number(left.length), all: number(lines.length) + (goesOn ? "+" : "") })}</span>
      </div>
    ),
  };
}

function intoTable(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown") return;
  document.querySelector<HTMLElement>(".unit-desk tbody tr[tabindex='0']")?.focus();
  event.preventDefault();
}
