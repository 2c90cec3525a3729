// Whether the window is as a page asks: for what is drawn in another place there, not only in another way.
import { useEffect, useState } from "preact/hooks";

/** A telephone, or a window as narrow as one: the same width as in the style sheets. */
export const NARROW = "(max-width: 56.24rem)";

export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const asked = matchMedia(query);
    const changed = (): void => setHolds(asked.matches);
    changed();
    asked.addEventListener("change", changed);
    return () => asked.removeEventListener("change", changed);
  }, [query]);
  return holds;
}
