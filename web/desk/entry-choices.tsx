// What an entry of a history says in words: its move, and what its author chose.
import type { JSX } from "preact";
import type { Entry } from "./api";
import { type Hold, worded } from "./legal-holds";
import { category, named, said, words } from "./words";

type Choices = Pick<Entry, "move" | "data">;

/** What happened: a reporter who corrected something, or asks to withdraw, did more than add. */
export const moveOf = ({ move, data }: Choices): string => {
  if (data["prolongs"]) return said("move", "court_hold_longer");
  const kind = move === "add" ? data["kind"] : undefined;
  return said("move", kind === "correction" || kind === "withdrawal" ? `add_${kind}` : move);
};

function reasonIn({ move }: Choices, reason: string): string {
  if (move === "decline") return said("decline", reason);
  if (move === "waive") return said("waiving", reason);
  return move === "close" ? said("closed", reason) : said("reject", reason);
}

/** The part of an entry that a reader wants in words: what was chosen. */
export function EntryChoices({ entry }: { entry: Choices }): JSX.Element | null {
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
