// The lists of the duty desk, each with its count: of dangers, those that were stated, announced and doubted apart.
import type { JSX } from "preact";
import type { CaseLine, DutyDesk } from "./api";
import { DANGERS } from "./danger";
import { Icon, type IconName } from "./ui/icon";
import { number, t } from "./words";

/** The lists, the most pressing first. */
export const KINDS = ["imminent", "money", "undelivered", "stuck", "unreadable", "overdue", "added_after_end", "retention"] as const;
export type Kind = (typeof KINDS)[number];

interface Row {
  readonly kind: Kind;
  readonly icon: IconName;
  readonly look: "money" | "late" | "muted";
  /** Whether it stands there without a case, too, so that a hand finds the others in their places. */
  readonly always: boolean;
}

/** In the order of the tabs. */
const ROWS: readonly Row[] = [
  { kind: "imminent", icon: "siren", look: "muted", always: true },
  { kind: "money", icon: "banknote", look: "money", always: true },
  { kind: "overdue", icon: "timer", look: "late", always: true },
  { kind: "undelivered", icon: "phone-off", look: "late", always: true },
  { kind: "stuck", icon: "cpu", look: "late", always: true },
  { kind: "unreadable", icon: "eye-off", look: "late", always: false },
  { kind: "added_after_end", icon: "message-square-plus", look: "muted", always: false },
  { kind: "retention", icon: "archive", look: "muted", always: false },
];

interface TabsProps {
  readonly list: DutyDesk | undefined;
  readonly tab: Kind;
  readonly lines: (kind: Kind) => readonly CaseLine[];
  /** Whether a list goes on behind what is shown. */
  readonly more: (kind: Kind) => boolean;
  readonly choose: (kind: Kind) => void;
}

export function DutyTabs({ list, tab, lines, more, choose }: TabsProps): JSX.Element {
  return (
    <nav class="duty-tabs" aria-label={t("duty_lists")}>
      {ROWS.filter(({ kind, always }) => always || list?.[kind]?.length).map(({ kind, icon, look }) => (
        <button key={kind} type="button" aria-current={kind === tab ? "true" : undefined} onClick={() => choose(kind)}>
          <Icon name={icon} size="small" />{t(`tab_${kind}`)}
          {kind === "imminent" ? <OfDanger lines={lines(kind)} more={more(kind)} /> : <Tally n={lines(kind).length} look={look} more={more(kind)} />}
        </button>
      ))}
    </nav>
  );
}

function OfDanger({ lines, more }: { lines: readonly CaseLine[]; more: boolean }): JSX.Element {
  const counts = DANGERS.map((kind) => ({ kind, n: lines.filter(({ danger }) => danger?.kind === kind).length })).filter(({ n }) => n);
  if (!counts.length) return <Tally n={0} look="muted" more={false} />;
  return <>{counts.map(({ kind, n }) => <Tally key={kind} n={n} look={kind} more={more} name={t(`danger_${kind}`)} />)}</>;
}

interface TallyProps {
  readonly n: number;
  readonly look: Row["look"] | (typeof DANGERS)[number];
  readonly more: boolean;
  readonly name?: string;
}

function Tally({ n, look, more, name }: TallyProps): JSX.Element {
  return (
    <span class={`tally ${n ? look : "muted"}`} title={name}>
      {name ? <span class="hidden-text">{name} </span> : null}{number(n)}{more ? "+" : ""}
    </span>
  );
}
