// What of a case was in sight: the words of its reports to their end, and the previews of its files. Whoever confirms what was
// not is asked again.
import { useEffect, useState } from "preact/hooks";
import type { CaseView } from "./api";

/** The ends of words, and the files, that were in sight: for as long as the page is there. */
const seen = new Set<string>();
const watching = new Set<() => void>();

const wordsIn = (id: string, report: string): string => `${id} ${report}`;
const fileOf = (id: string, report: string, n: number): string => `${id} ${report} ${n}`;

function add(what: string): void {
  if (seen.has(what)) return;
  seen.add(what);
  for (const each of watching) each();
}

export const sawFile = (id: string, report: string, n: number): void => add(fileOf(id, report, n));

/** The reports whose words end within what is displayed now. */
function displayed(): string[] {
  const ends = [...document.querySelectorAll<HTMLElement>("[data-words-of]")].filter((end) => {
    if (!end.checkVisibility()) return false;
    const { bottom } = end.getBoundingClientRect();
    const column = end.closest("section")?.getBoundingClientRect();
    return bottom >= (column?.top ?? 0) && bottom <= Math.min(innerHeight, column?.bottom ?? innerHeight);
  });
  return ends.map((end) => end.dataset["wordsOf"] ?? "");
}

/** Mark what is displayed now as seen. */
export const look = (id: string): void => displayed().forEach((report) => add(wordsIn(id, report)));

/** What of a case was not in sight yet. */
export interface Unseen {
  /** Reports whose words have an end that was not displayed: those that are admitted or opened the case, and those that joined. */
  readonly words: number;
  readonly joined: number;
  /** Files with a preview that nobody asked for here. */
  readonly files: number;
}

export function unseenOf(view: CaseView): Unseen {
  const hidden = view.reports.filter(({ reference }) => !seen.has(wordsIn(view.id, reference)));
  const joined = hidden.filter(({ belongs, number }) => !belongs && number > 1);
  const files = view.reports.flatMap(({ reference, files: sent }) => (sent ?? []).filter((each) => each.shown && !seen.has(fileOf(view.id, reference, each.n))));
  return { words: hidden.length - joined.length, joined: joined.length, files: files.length };
}

const folded = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>("details[data-joined]")];

/** The report to admit: the one that is open below the first, else the first whose words are displayed. Nothing where none is
 * displayed; the next one is opened then. */
export function displayedToAdmit(view: CaseView): string | undefined {
  const waits = view.reports.filter((each) => !each.belongs).map(({ reference }) => reference);
  const joined = folded().filter((each) => waits.includes(each.dataset["joined"] ?? ""));
  const here = displayed();
  const found = joined.find((each) => each.open)?.dataset["joined"] ?? waits.find((each) => here.includes(each));
  if (!found && joined[0]) joined[0].open = true;
  return found;
}

/** After these other words are displayed. */
const LOOKS = ["scroll", "resize", "toggle"];

/** What was not in sight, drawn again as the page is scrolled. */
export function useUnseen(view: CaseView): Unseen {
  const [, draw] = useState(0);
  useEffect(() => {
    const changed = (): void => draw((n) => n + 1);
    const looks = (): void => look(view.id);
    watching.add(changed);
    looks();
    for (const each of LOOKS) addEventListener(each, looks, { passive: true, capture: true });
    return () => {
      watching.delete(changed);
      for (const each of LOOKS) removeEventListener(each, looks, { capture: true });
    };
  }, [view]);
  return unseenOf(view);
}
