// The shift, folded at the foot: who is on duty, the word to the next ones, and who holds what.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Person } from "./api";
import { HandOver } from "./handover";
import { Holds } from "./holds";
import { OnDuty, useRoster } from "./roster";
import { when } from "./times";
import { Chip } from "./ui/chip";
import { Icon } from "./ui/icon";
import { Said } from "./untrusted-text";
import { t } from "./words";

export function Shift({ person, open }: { person: Person; open: (id: string) => void }): JSX.Element {
  const roster = useRoster();
  const [held, showHeld] = useState(false);
  const on = roster.list?.on;
  const [first] = on ?? [];
  return (
    <details class="shift">
      <summary>
        <Icon name="handshake" size="small" /><b>{t("shift")}</b>
        {first ? (
          <span>
            <Said text={first.subject === person.subject ? t("on_duty_you") : (roster.list?.people?.[first.subject] ?? t("by_colleague"))} />{" "}
            <time dateTime={first.until}>{t("on_duty_until", { time: when(first.until) })}</time>
          </span>
        ) : on ? <Chip kind="late" icon="user">{t("shift_nobody")}</Chip> : null}
      </summary>
      <OnDuty person={person} listed={roster} />
      <HandOver />
      <details class="held-now" onToggle={(event) => showHeld(event.currentTarget.open)}>
        <summary>{t("held_now")}</summary>
        {held ? <Holds open={open} /> : null}
      </details>
    </details>
  );
}
