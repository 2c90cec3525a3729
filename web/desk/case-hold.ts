// A case that its reader holds: while they are at it, the hold is prolonged before it ends.
import { useEffect, useRef } from "preact/hooks";
import { hold, type Opened, type Person } from "./api";
import { secondsUntil } from "./times";

const LEFT_TO_PROLONG = 180;
const ACTIVE_SECONDS = 120;

/** Whether the reader holds the case. */
export function useHold(view: Opened["view"], person: Person, prolonged: (to: { until: string }) => void): boolean {
  const active = useRef(Date.now());
  const asking = useRef(false);
  const mine = view.hold?.by === person.subject;
  useEffect(() => {
    const acted = (): void => void (active.current = Date.now());
    for (const each of ["keydown", "pointermove", "scroll"]) document.addEventListener(each, acted, { passive: true, capture: true });
    return () => {
      for (const each of ["keydown", "pointermove", "scroll"]) document.removeEventListener(each, acted, { capture: true });
    };
  }, []);
  useEffect(() => {
    const left = view.hold ? secondsUntil(view.hold.until) : 0;
    const here = Date.now() - active.current < ACTIVE_SECONDS * 1000 && !document.hidden;
    if (!mine || !here || left <= 0 || left > LEFT_TO_PROLONG || asking.current) return;
    asking.current = true;
    hold(view.id).then((until) => {
      asking.current = false;
      if (until) prolonged({ until });
    }, () => undefined); // it was held as long as one may: the hold ends by itself
  });
  return mine;
}
