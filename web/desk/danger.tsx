// Cases in which somebody may be in danger now, as the duty desk lists them: stated, announced and
// doubted danger apart.
import type { JSX } from "preact";
import type { CaseLine, Danger } from "./api";
import { DutyLine, type LinesProps } from "./duty-line";
import { Icon, type IconName } from "./ui/icon";
import { number, t } from "./words";

/** How danger is known, the gravest first. */
export const DANGERS = ["stated", "announced", "doubted"] as const satisfies readonly Danger["kind"][];
const ICONS: Readonly<Record<Danger["kind"], IconName>> = { stated: "siren", announced: "megaphone", doubted: "circle-question-mark" };

export function Dangers({ lines, ...props }: LinesProps & { lines: readonly CaseLine[] }): JSX.Element {
  return (
    <>
      {DANGERS.map((kind) => {
        const some = lines.filter((each) => each.danger?.kind === kind);
        return some.length ? (
          <div key={kind} role="group" aria-labelledby={`danger-${kind}`}>
            <h3 class={`list-head ${kind}`}>
              <b id={`danger-${kind}`}><Icon name={ICONS[kind]} size="small" />{t(`danger_${kind}`)}</b>{" "}
              <span>{t(`danger_${kind}_is`)}</span> <span class={`tally ${kind}`}>{number(some.length)}</span>
            </h3>
            <ul class="duty-lines">{some.map((each) => <DutyLine key={each.id} line={each} {...props} />)}</ul>
          </div>
        ) : null;
      })}
    </>
  );
}
