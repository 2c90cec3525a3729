// What happened, in order. A full dot is a person, a hollow one the machine, a dashed one what comes next.
//   entries   at (the time, in words) and when (ISO, for machines), by: "person" | "machine" | "next", what, more?, hot? (danger
//             that a person stated)
import type { ComponentChildren, JSX } from "preact";

export interface TimelineEntry {
  readonly id: string;
  readonly at: string;
  readonly when: string;
  readonly by: "person" | "machine" | "next";
  readonly what: ComponentChildren;
  readonly more?: ComponentChildren;
  readonly hot?: boolean;
}

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }): JSX.Element {
  return (
    <ol class="timeline">
      {entries.map(({ id, at, when, by, what, more, hot }) => (
        <li key={id} class={by === "machine" ? "machine" : by === "next" ? "next" : hot ? "stated" : ""}>
          <time dateTime={when}>{at}</time>
          <span class="dot" aria-hidden="true" />
          <div>{what}{more ? <div class="timeline-more">{more}</div> : null}</div>
        </li>
      ))}
    </ol>
  );
}
