// What stands where there is nothing to show yet, or now.
//   Empty      title, children?: what is true, and what to do; icon?
//   Bones      rows of a table that is awaited: they keep its height, so that nothing jumps
//   Band       across the page: kind "offline" (amber; what waits stays in sight), "refused" (red), "note"
//   Refused    what was not sent, why, and one way on
import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icon";

export function Empty({ title, icon = "inbox", children }: { title: string; icon?: IconName; children?: ComponentChildren }): JSX.Element {
  return <div class="empty"><Icon name={icon} size="large" /><b>{title}</b>{children}</div>;
}

const BONES = [72, 54, 88, 61, 79, 47, 66, 83] as const;

export function Bones({ columns, rows = BONES.length }: { columns: number; rows?: number }): JSX.Element {
  return (
    <>
      {BONES.slice(0, rows).map((wide) => (
        <tr key={wide} aria-hidden="true">
          {Array.from({ length: columns }, (_, at) => <td key={at}><span class="bone" style={{ width: `${at ? wide : 40}%` }} /></td>)}
        </tr>
      ))}
    </>
  );
}

interface BandProps {
  readonly kind: "offline" | "refused" | "note";
  readonly children: ComponentChildren;
}

const BAND_ICONS: Readonly<Record<BandProps["kind"], IconName>> = { offline: "wifi-off", refused: "circle-alert", note: "bell" };

export function Band({ kind, children }: BandProps): JSX.Element {
  return <div class={`band ${kind}`} role={kind === "refused" ? "alert" : "status"}><Icon name={BAND_ICONS[kind]} />{children}</div>;
}

interface RefusedProps {
  /** What was not sent, or not read. */
  readonly what: string;
  readonly why: string;
  readonly again: () => void;
  readonly againName: string;
}

export function RefusedCard({ what, why, again, againName }: RefusedProps): JSX.Element {
  return (
    <div class="empty" role="alert">
      <Icon name="circle-alert" size="large" />
      <b>{what}</b>
      <p>{why}</p>
      <button type="button" class="button quiet" onClick={again}><Icon name="rotate-ccw" size="small" />{againName}</button>
    </div>
  );
}
