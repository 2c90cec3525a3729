// A figure that filters what stands below it: pressed, it is the one that counts.
//   figure    as it is written; label; more?: beside it, such as the time of the longest
//   kind?     danger, doubt, money or late; none for a plain one. A figure of nought is quiet by itself
//   on?       chosen
//   press?    left out where it filters nothing
import type { ComponentChildren, JSX } from "preact";

interface TileProps {
  readonly figure: string;
  readonly label: string;
  readonly more?: string;
  readonly kind?: "danger" | "doubt" | "money" | "late" | undefined;
  readonly on?: boolean;
  readonly press?: () => void;
}

/** A row of tiles; `name` says what they filter. */
export function Tiles({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return <div class="tiles" role="group" aria-label={name}>{children}</div>;
}

export function Tile({ figure, label, more, kind, on, press }: TileProps): JSX.Element {
  const look = figure === "0" ? "nought" : (kind ?? "");
  const inside = (
    <>
      <b class="figure">{figure}</b>
      <span class="tile-label">{label}</span>
      {more ? <small>{more}</small> : null}
    </>
  );
  return press ? <button type="button" class={`tile ${look}`} aria-pressed={on === true} onClick={press}>{inside}</button> : <div class={`tile ${look}`}>{inside}</div>;
}
