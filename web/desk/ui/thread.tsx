// Notes of colleagues, the oldest first. Reporters never see them.
//   notes     id, by (a name), at (in words) and when (ISO), said: the words, with who is mentioned as <Mention>
//             unread?: it came since the reader looked
//   unread    the words for it
//   compose?  the field, at the end
import type { ComponentChildren, JSX } from "preact";
import { Said } from "../untrusted-text";

export interface ThreadNote {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  readonly when: string;
  readonly said: ComponentChildren;
  readonly unread?: boolean;
}

export function Thread({ notes, unread, compose }: { notes: readonly ThreadNote[]; unread: string; compose?: ComponentChildren }): JSX.Element {
  return (
    <>
      <ol class="thread">
        {notes.map((each) => (
          <li key={each.id} class={each.unread ? "unread" : ""}>
            <span class="face" aria-hidden="true">{[...each.by.trim()][0]?.toLocaleUpperCase()}</span>
            <p class="by"><b><Said text={each.by} /></b> <time dateTime={each.when}>{each.at}</time>{each.unread ? <em>{unread}</em> : null}</p>
            <div class="thread-words">{each.said}</div>
          </li>
        ))}
      </ol>
      {compose}
    </>
  );
}

/** Who is mentioned; `me` where it is the reader. */
export function Mention({ name, me }: { name: string; me?: boolean }): JSX.Element {
  return <span class={me ? "mention me" : "mention"}>@<Said text={name} /></span>;
}
