// What was done about a case, one digit each: a digit means the same wherever they stand.
import type { JSX } from "preact";
import type { CaseLine, Result, ToCall } from "./api";
import { signOf } from "./keys";
import { when } from "./times";
import { Icon, type IconName } from "./ui/icon";
import { Key } from "./ui/key";
import { Said } from "./untrusted-text";
import { type Names, t } from "./words";

export type DoneId = "unit" | "services" | "reporter" | "institution" | "office" | "again" | "no_danger" | "read" | "nothing_needed";

interface Row {
  readonly id: DoneId;
  readonly icon: IconName;
  /** Whom it says to have been reached, where it says that. */
  readonly whom?: ToCall["whom"];
}

/** In the order of their digits. */
const ROWS: readonly Row[] = [
  { id: "unit", icon: "phone-call", whom: "unit" },
  { id: "services", icon: "siren", whom: "control_room" },
  { id: "reporter", icon: "user", whom: "reporter" },
  { id: "institution", icon: "landmark", whom: "institution" },
  { id: "office", icon: "scale", whom: "office" },
  { id: "again", icon: "timer" },
  { id: "no_danger", icon: "ban" },
  { id: "read", icon: "eye" },
  { id: "nothing_needed", icon: "check" },
];

/** Those of danger; the others stand side by side below them. */
const SEVEN = 7;

/** Of these there is somebody to call only where danger is imminent, or a unit could not be told. */
const OF_CALLS: readonly DoneId[] = ["unit", "services", "reporter", "office"];

const isOffered = (id: DoneId, line: CaseLine, callable: boolean): boolean =>
  id === "no_danger" ? line.imminent : callable || !OF_CALLS.includes(id);

/** What a digit means for a line; undefined where that is not to be said of it. */
export function doneBy(digit: number, line: CaseLine, callable: boolean): DoneId | undefined {
  const id = ROWS[digit - 1]?.id;
  return id && isOffered(id, line, callable) ? id : undefined;
}

export const REACHED: Result = "reached";

interface DoneProps {
  readonly line: CaseLine;
  readonly people: Names;
  /** Whether somebody can be called about it. */
  readonly callable: boolean;
  readonly did: (id: DoneId) => void;
}

export function DoneActs({ line, people, callable, did }: DoneProps): JSX.Element {
  return (
    <section class="done-acts" aria-labelledby="done-acts">
      <h3 id="done-acts"><Icon name="clipboard-list" size="small" />{t("take_care")} <Key sign={signOf("note")} /></h3>
      <ul>
        {ROWS.map(({ id, icon, whom }, place) => {
          const last = whom && [...(line.tries ?? [])].reverse().find((each) => each.whom === whom && each.result === REACHED);
          return isOffered(id, line, callable) ? (
            <li key={id} class={place < SEVEN ? "" : "half"}>
              <button type="button" class="done-act" onClick={() => did(id)}>
                <Icon name={icon} size="small" /><span>{t(`done_${id}`)}</span>
                {last ? <small><Said text={people[last.by] ?? t("by_colleague")} /> {when(last.at)}</small> : null}
                <Key sign={String(place + 1)} />
              </button>
            </li>
          ) : null;
        })}
      </ul>
    </section>
  );
}
