// A chip: a fact in two or three words, with its icon.
//   kind   danger   filled red: a person stated it. Never for a guess.
//          doubt    dashed violet: the machine guesses it, or doubts
//          money    still stoppable
//          late     a deadline is near; past: it is over (filled amber)
//          on       chosen, such as a filter; left out: a plain fact
//   icon   left out where the kind has one of its own
//   gone   makes a filter one that can be taken away: its button, with `goneName` as its name
import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon";

export type ChipKind = "danger" | "doubt" | "money" | "late" | "past" | "on";

const ICONS: Readonly<Partial<Record<ChipKind, IconName>>> = {
  danger: "siren", doubt: "circle-question-mark", money: "banknote", late: "timer", past: "timer",
};

interface ChipProps {
  readonly kind?: ChipKind | undefined;
  readonly icon?: IconName | undefined;
  readonly gone?: (() => void) | undefined;
  readonly goneName?: string;
  readonly children: ComponentChildren;
}

export function Chip({ kind, icon, gone, goneName, children }: ChipProps): JSX.Element {
  const shown = icon ?? (kind && ICONS[kind]);
  return (
    <span class={`chip ${kind ?? ""}`}>
      {shown ? <Icon name={shown} size="small" /> : null}
      {children}
      {gone ? <button type="button" class="gone" aria-label={goneName} onClick={gone}><Icon name="x" size="small" /></button> : null}
    </span>
  );
}
