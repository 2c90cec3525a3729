// Cases in which somebody may be in danger now, as the duty desk lists them: one line each.
import type { ComponentChildren, JSX } from "preact";
import type { CaseLine } from "./api";
import { Line, type Names } from "./lines";

export interface ListedProps {
  readonly lines: readonly CaseLine[];
  readonly people: Names;
  readonly open: (id: string) => void;
  /** Whether it came since the page was opened. */
  readonly fresh: (line: CaseLine) => boolean;
  /** What stands under a line: whom to call, what can be done. */
  readonly below: (line: CaseLine) => ComponentChildren;
}

export function Dangers(props: ListedProps): JSX.Element {
  return (
    <ul class="lines">
      {props.lines.map((each) => <Danger key={each.id} line={each} {...props} />)}
    </ul>
  );
}

function Danger({ line, people, open, fresh, below }: ListedProps & { line: CaseLine }): JSX.Element {
  return <Line line={line} people={people} open={open} fresh={fresh(line)}>{below(line)}</Line>;
}
