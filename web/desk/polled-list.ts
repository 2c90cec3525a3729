// A list that is asked for again and again: the service sends it only where something in it changed.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call, kindOf } from "./api";

export interface Listed<T> {
  readonly list: T | undefined;
  /** Why it could not be read; empty where it could. */
  readonly wrong: string;
  readonly read: () => void;
}

/** Ask every so many seconds for as long as the page is in sight, and at once when it comes back. */
export function useListed<T>(path: string, seconds: number): Listed<T> {
  const [list, setList] = useState<T>();
  const [wrong, setWrong] = useState("");
  const known = useRef("");
  const asking = useRef(false);
  const again = useRef(false);
  const there = useRef(true);
  const read = useCallback((): void => {
    // What is asked for while an answer is on its way may be newer than it.
    again.current = asking.current;
    if (asking.current) return;
    asking.current = true;
    call<T>({ method: "GET", path, known: known.current, patient: true })
      .then(
        ({ status, body, etag }) => {
          if (!there.current) return;
          setWrong("");
          if (status === 304) return;
          known.current = etag;
          setList(body);
        },
        (error: unknown) => there.current && setWrong(kindOf(error)),
      )
      .finally(() => {
        asking.current = false;
        if (again.current && there.current) read();
      });
  }, [path]);
  useEffect(() => {
    there.current = true;
    known.current = "";
    const inSight = (): void => {
      if (!document.hidden) read();
    };
    read();
    const timer = setInterval(inSight, seconds * 1000);
    document.addEventListener("visibilitychange", inSight);
    return () => {
      there.current = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", inSight);
    };
  }, [read, seconds]);
  return { list, wrong, read };
}
