// Where a floating part stands: beside what opened it, and within the window (Floating UI).
import { autoUpdate, computePosition, flip, offset, type Placement, shift, size } from "@floating-ui/dom";
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

const GAP = 4;
const EDGE = 8;

/** Keep `part` beside `anchor` while it is open. `bottom-start` follows the direction of the page. */
export function usePlaced(anchor: RefObject<HTMLElement | null>, part: RefObject<HTMLElement | null>, open: boolean, placement: Placement = "bottom-start"): void {
  useLayoutEffect(() => {
    const [beside, floating] = [anchor.current, part.current];
    if (!open || !beside || !floating) return undefined;
    const middleware = [
      offset(GAP),
      flip({ padding: EDGE }),
      shift({ padding: EDGE }),
      size({
        padding: EDGE,
        apply: ({ availableHeight }) => void Object.assign(floating.style, { maxHeight: `${Math.max(120, availableHeight)}px` }),
      }),
    ];
    const place = (): void =>
      void computePosition(beside, floating, { strategy: "fixed", placement, middleware }).then(({ x, y }) => {
        Object.assign(floating.style, { left: `${x}px`, top: `${y}px` });
      });
    return autoUpdate(beside, floating, place);
  }, [open, placement]);
}
