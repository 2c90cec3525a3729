// What was done: the messages, what was entered, and the history in words.
import type { ComponentChildren, JSX } from "preact";
import type { CaseView, Entry } from "./api";
import { isNote, nameOf } from "./entries";
import { type Hold, worded } from "./legal-holds";
import { Said, Told } from "./untrusted-text";
import { later } from "./lazy-parts";
import type { NotesProps } from "./notes";
import { when } from "./times";
import { category, named, said, t, words } from "./words";

const Notes = later("notes", () => import("./notes").then((part) => part.Notes));
const Ledgers = later("ledgers", () => import("./ledgers").then((part) => part.Ledgers));

interface DoneProps extends NotesProps {
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
      {view.history.some(isNote) ? <Notes view={view} settle={settle} /> : null}
      {view.informed || view.court_holds?.length || view.instructions?.length || view.outcomes?.length || view.freezes?.length ? (
        <Ledgers view={view} covered={covered} />
      ) : null}
      <ol class="entries" reversed>
        {[...view.history].reverse().map((each) => <li key={each.number}>{doneIn(view, each)}</li>)}
      </ol>
    </>
  );
}

/** An entry of the history in words. */
export function doneIn(view: CaseView, entry: Entry): ComponentChildren {
  return (
    <>
      <time dateTime={entry.at}>{when(entry.at)}</time> {moveOf(entry)} <small><Said text={nameOf(view, entry.by)} /></small>
      <Particulars entry={entry} />
      {entry.words && !isNote(entry) ? <Told text={entry.words} /> : null}
    </>
  );
}

/** What happened: a reporter who corrected something, or asks to withdraw, did more than add. */
const moveOf = ({ move, data }: Entry): string => {
  if (data["prolongs"]) return said("move", "court_hold_longer");
  const kind = move === "add" ? data["kind"] : undefined;
  return said("move", kind === "correction" || kind === "withdrawal" ? `add_${kind}` : move);
};

function reasonIn(entry: Entry, reason: string): string {
  if (entry.move === "decline") return said("decline", reason);
  if (entry.move === "waive") return said("waiving", reason);
  return entry.move === "close" ? said("closed", reason) : said("reject", reason);
}

/** The part of an entry that a reader wants in words: what was chosen. */
function Particulars({ entry }: { entry: Entry }): JSX.Element | null {
  const { data } = entry;
  const text = (name: string): string => (typeof data[name] === "string" ? data[name] : "");
  const told = [
    ...(entry.move.startsWith("court") ? Object.values(worded(data as unknown as Hold)) : []),
    text("decision") ? said("move", text("decision")) : "",
    text("category") ? category(text("category")) : "",
    text("priority") ? said("priority", text("priority")) : "",
    text("unit") ? named(words.units, text("unit")) : "",
    text("reason") ? reasonIn(entry, text("reason")) : "",
    text("named") ? named(words.units, text("named")) : "",
    text("did") ? said("did", text("did")) : "",
    text("whom") ? said("whom", text("whom")) : "",
    text("result") ? said("result", text("result")) : "",
    text("instruction") ? said("instruction", text("instruction")) : "",
    entry.move === "close" && text("ground") ? said("endground", text("ground")) : "",
  ].filter(Boolean);
  return told.length ? <small class="particulars">{told.join(" · ")}</small> : null;
}
