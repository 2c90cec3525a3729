// An icon of one kept set (lucide). Words stand beside it: to people who do not see it, it says nothing.
//   name    one of ui/icons.txt (the compiler knows them)
//   size    "small" 14 px in chips and meta, "large" 20 px in the rail; 16 px otherwise
//   flips   where it points along the line of reading: mirrored from right to left
import { ICONS, type IconName } from "#types/icons";
import type { JSX } from "preact";

export type { IconName };

interface IconProps {
  readonly name: IconName;
  readonly size?: "small" | "large";
  readonly flips?: boolean;
}

export function Icon({ name, size, flips }: IconProps): JSX.Element {
  return (
    <svg class={`icon ${size === "small" ? "small" : size === "large" ? "large" : ""} ${flips ? "flips" : ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={ICONS[name]} />
    </svg>
  );
}
