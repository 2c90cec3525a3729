// Which of thousands of rows are drawn: those in sight and some beside them (TanStack Virtual).
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useState } from "preact/hooks";

/** As many are drawn whole: a reader's own search finds them all, and a screen reader counts them. */
const ALL_UNTIL = 80;
const BESIDE = 12;

export interface DrawnRows {
  /** The places that are drawn, and the height in px that stands in for those before and after. */
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
  readonly show: (place: number) => void;
}

/** `count` rows of `height` px within a part that scrolls. */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, count: number, height: number): DrawnRows {
  const [, draw] = useState(0);
  const rows = useMemo(
    () =>
      new Virtualizer<HTMLElement, HTMLElement>({
        count,
        getScrollElement: () => scroller.current,
        estimateSize: () => height,
        overscan: BESIDE,
        observeElementRect,
        observeElementOffset,
        scrollToFn: elementScroll,
        onChange: () => draw((n) => n + 1),
      }),
    [],
  );
  rows.setOptions({ ...rows.options, count, estimateSize: () => height });
  useLayoutEffect(() => rows._didMount(), []);
  useLayoutEffect(() => rows._willUpdate());
  const show = (place: number): void => rows.scrollToIndex(place, { align: "auto" });
  const items = rows.getVirtualItems();
  const [first, last] = [items[0], items[items.length - 1]];
  if (count <= ALL_UNTIL || !first || !last) return { from: 0, to: Math.min(count, ALL_UNTIL), before: 0, after: 0, show };
  return { from: first.index, to: last.index + 1, before: first.start, after: Math.max(0, rows.getTotalSize() - last.end), show };
}
