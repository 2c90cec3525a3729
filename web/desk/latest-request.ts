// What a page asks for and shows. An answer that comes after another question belongs to nothing in sight.
import { useEffect, useRef } from "preact/hooks";
import { kindOf } from "./api";

/** Shows the answer, or why there is none; without a promise, what is on its way is only dropped. */
type Asks = <T>(asked?: Promise<T>, shows?: (answer: T) => void, refused?: (kind: string) => void) => void;

/** Ask for one thing after the other: only the answer to the last question is shown, while its page is there. */
export function useAsking(): Asks {
  const turn = useRef(0);
  useEffect(() => () => void (turn.current += 1), []);
  return (asked, shows, refused) => {
    const own = (turn.current += 1);
    asked?.then(
      (answer) => own === turn.current && shows?.(answer),
      (error: unknown) => own === turn.current && refused?.(kindOf(error)),
    );
  };
}
