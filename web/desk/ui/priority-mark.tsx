// The priority of a case, as a sign and its word. Immediate is red only where a person stated the danger; where a machine
// proposes it, its edge is dashed like every guess.
//   priority   as it stands
//   is         "said": a person stated the danger; "guessed": the machine proposes it; left out: people decided
//   children   its word
import type { ComponentChildren, JSX } from "preact";

type Priority = "immediate" | "urgent" | "standard" | "information";

interface PriorityMarkProps {
  readonly priority: Priority;
  readonly is?: "said" | "guessed" | undefined;
  readonly children: ComponentChildren;
}

/** How many of three bars are full. */
const BARS: Readonly<Record<Exclude<Priority, "immediate">, number>> = { urgent: 3, standard: 2, information: 1 };

export function PriorityMark({ priority, is, children }: PriorityMarkProps): JSX.Element {
  return (
    <span class={`priority-mark ${priority} ${priority === "immediate" ? (is ?? "decided") : ""}`}>
      <svg class="sign" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {priority === "immediate" ? (
          <>
            <rect class="box" x="1.5" y="1.5" width="13" height="13" rx="3" />
            <path class="stroke" d="M8 4.4v4.4M8 11.4v.3" />
          </>
        ) : (
          [0, 1, 2].map((bar) => <rect key={bar} class={bar < BARS[priority] ? "full" : "faint"} x={1.5 + 5 * bar} y={10 - 4 * bar} width="3.4" height={4 + 4 * bar} rx="1" />)
        )}
      </svg>
      {children}
    </span>
  );
}
