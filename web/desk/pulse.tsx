// What waits now, asked for once for the whole page: the rail, the bar and the pages that show it hear the same answer.
import { type ComponentChildren, createContext, type JSX } from "preact";
import { useCallback, useContext, useEffect, useMemo, useState } from "preact/hooks";
import type { Person, Pulse } from "./api";
import { type Listed, useListed } from "./polled-list";

const EVERY_SECONDS = 30;
/** Who has no queue has no pulse. */
const WITHOUT: readonly Person["role"][] = ["custodian", "auditor", "admin"];

interface Beat {
  readonly listed: Listed<Pulse>;
  /** Ask at least every so many seconds, until the answer is called. */
  readonly often: (seconds: number) => () => void;
}

const NONE: Beat = { listed: { list: undefined, wrong: "", read: () => undefined }, often: () => () => undefined };
const Heard = createContext<Beat>(NONE);

export function Pulsing({ person, children }: { person: Person; children: ComponentChildren }): JSX.Element {
  return WITHOUT.includes(person.role) ? <>{children}</> : <Asking>{children}</Asking>;
}

function Asking({ children }: { children: ComponentChildren }): JSX.Element {
  const [wishes, wish] = useState<readonly number[]>([]);
  const listed = useListed<Pulse>("/v1/desk/pulse", Math.min(EVERY_SECONDS, ...wishes));
  const often = useCallback((seconds: number) => {
    wish((those) => [...those, seconds]);
    return () => wish((those) => those.filter((_, at) => at !== those.indexOf(seconds)));
  }, []);
  const beat = useMemo(() => ({ listed, often }), [listed.list, listed.wrong, listed.read, often]);
  return <Heard.Provider value={beat}>{children}</Heard.Provider>;
}

/** What waits now, asked for at least every so many seconds while the caller is shown. */
export function usePulse(seconds = EVERY_SECONDS): Listed<Pulse> {
  const { listed, often } = useContext(Heard);
  useEffect(() => (seconds < EVERY_SECONDS ? often(seconds) : undefined), [seconds, often]);
  return listed;
}
