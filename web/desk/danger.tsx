// Cases in which somebody may be in danger now, as the duty desk lists them: stated, announced and
// doubted danger apart, each line with what was said, where, by whom and since when.
import type { ComponentChildren, JSX } from "preact";
import type { CaseLine, Danger } from "./api";
import { By, Gist, nature, Where } from "./danger-said";
import { Code } from "./untrusted-text";
import { Attended } from "./lines";
import { secondsUntil, span } from "./times";
import { type Names, number, t } from "./words";

/** How danger is known, the gravest first. */
const KINDS = ["stated", "announced", "doubted"] as const;

export interface ListedProps {
  readonly lines: readonly CaseLine[];
  readonly people: Names;
  readonly open: (id: string) => void;
  /** Whether it came since the page was opened. */
  readonly fresh: (line: CaseLine) => boolean;
  /** What stands under a line: whom to call, what can be done. */
  readonly below: (line: CaseLine) => ComponentChildren;
}

export function Dangers({ lines, ...props }: ListedProps): JSX.Element {
  return (
    <>
      {KINDS.map((kind) => {
        const some = lines.filter((each) => each.danger?.kind === kind);
        return some.length ? (
          <div key={kind} class={`dangers ${kind}`} role="group" aria-labelledby={`danger-${kind}`}>
            <h3 id={`danger-${kind}`}><span class={`chip ${kind}`}>{t(`danger_${kind}`)}</span> {number(some.length)} <small>{t(`danger_${kind}_is`)}</small></h3>
            <ul class="lines">
              {some.map((each) => each.danger ? <DangerLine key={each.id} line={each} danger={each.danger} {...props} /> : null)}
            </ul>
          </div>
        ) : null;
      })}
    </>
  );
}

interface LineProps extends Omit<ListedProps, "lines"> {
  readonly line: CaseLine;
  readonly danger: Danger;
}

function DangerLine({ line, danger, people, open, fresh, below }: LineProps): JSX.Element {
  const { attended } = line;
  const ago = span(-secondsUntil(danger.at ?? line.opened_at));
  return (
    <li class={fresh(line) ? "fresh" : ""} data-case={line.id}>
      <p class="since"><b>{ago}</b>{attended || line.taken ? null : <small>{t("danger_nobody")}</small>}</p>
      <div>
        <Gist danger={danger} />
        <p class="facts-line">
          <Where line={line} />
          <By danger={danger} people={people} />
          <span>{nature(line)}</span>
          <span>{t(`status_${line.status}`)}</span>
          <button type="button" class="link" onClick={() => open(line.id)}><Code text={line.id} /></button>
          {line.number ? <Code text={line.number} /> : null}
          {fresh(line) ? <b>{t("new")}</b> : null}
        </p>
        {attended ? <Attended attended={attended} people={people} /> : null}
        {below(line)}
      </div>
    </li>
  );
}
