// What was done: the messages, what was entered, and the history in words.
import type { ComponentChildren, JSX } from "preact";
import type { CaseView, Entry } from "./api";
import { isNote, nameOf } from "./entries";
import { EntryChoices, moveOf } from "./entry-choices";
import { Said, Told } from "./untrusted-text";
import { later } from "./lazy-parts";
import type { ThreadProps } from "./thread";
import { shortly, when } from "./times";
import { Timeline, type TimelineEntry } from "./ui/timeline";
import { named, t, words } from "./words";

const Thread = later("thread", () => import("./thread").then((part) => part.Thread));
const Ledgers = later("ledgers", () => import("./ledgers").then((part) => part.Ledgers));

interface DoneProps extends ThreadProps {
  readonly covered: boolean;
}

export function Done({ view, covered, settle }: DoneProps): JSX.Element {
  return (
    <>
      {covered ? null : (view.messages ?? []).map((each) => (
        <div class="post" key={each.number}>
          <p class="hint"><b>{t("message")}</b> · <Said text={nameOf(view, each.by)} />{each.office ? <> · {named(words.units, each.office)}</> : null} · {when(each.at)}</p>
          <Told text={each.text} />
        </div>
      ))}
      <Thread view={view} settle={settle} />
      {view.informed || view.court_holds?.length || view.instructions?.length || view.outcomes?.length || view.freezes?.length ? (
        <Ledgers view={view} covered={covered} />
      ) : null}
      <h3>{t("history")}</h3>
      <Timeline entries={[...view.history].reverse().map((each) => lineOf(view, each))} />
    </>
  );
}

/** The machine and whoever reports are no colleagues: their dots are hollow. */
const NOT_STAFF: readonly string[] = ["system", "reporter"];

const lineOf = (view: CaseView, entry: Entry): TimelineEntry => ({
  id: String(entry.number),
  at: shortly(entry.at),
  when: entry.at,
  by: NOT_STAFF.includes(entry.by) ? "machine" : "person",
  what: moveOf(entry),
  more: (
    <>
      <span class={entry.by === "system" ? "hidden-text" : ""}><Said text={nameOf(view, entry.by)} /></span>
      <EntryChoices entry={entry} />
      {entry.words && !isNote(entry) ? <Told text={entry.words} /> : null}
    </>
  ),
});

/** An entry of the history in words. */
export function doneIn(view: CaseView, entry: Entry): ComponentChildren {
  return (
    <>
      <time dateTime={entry.at}>{when(entry.at)}</time> {moveOf(entry)} <small><Said text={nameOf(view, entry.by)} /></small>
      <EntryChoices entry={entry} />
      {entry.words && !isNote(entry) ? <Told text={entry.words} /> : null}
    </>
  );
}
