// What colleagues wrote to each other about a case.
import type { JSX } from "preact";
import type { CaseView, Entry } from "./api";
import { isNote, nameOf } from "./entries";
import { Said, Told } from "./untrusted-text";
import { when } from "./times";
import { number, t } from "./words";

export interface NotesProps {
  readonly view: CaseView;
  /** Write a note that settles the one with this number; none where the reader writes no notes. */
  readonly settle: ((number: number) => void) | undefined;
}

/** What colleagues wrote to each other, the latest last; what is settled, with what settled it, is folded. */
export function Notes({ view, settle }: NotesProps): JSX.Element {
  const notes = view.history.filter(isNote);
  const settling = notes.filter((each) => each.data["settles"]);
  const over = new Set(settling.flatMap((each) => [each.number, Number(each.data["settles"])]));
  const post = (each: Entry): JSX.Element => (
    <div class="post" key={each.number}>
      <p class="hint"><Said text={nameOf(view, each.by)} /> · {when(each.at)}</p>
      <Told text={each.words ?? ""} />
      {settle && !over.has(each.number) ? <p><button type="button" class="link" onClick={() => settle(each.number)}>{t("settle")}</button></p> : null}
    </div>
  );
  return (
    <>
      <h3>{t("notes")}</h3>
      {notes.filter((each) => !over.has(each.number)).map(post)}
      {over.size ? (
        <details class="settled">
          <summary>{t("notes_settled", { n: number(settling.length) })}</summary>
          {notes.filter((each) => over.has(each.number)).map(post)}
        </details>
      ) : null}
    </>
  );
}
