// A list of cases page by page: what waits for somebody, or what a unit holds.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { call, type CaseLine, type QueuePage } from "./api";
import { useAsking } from "./latest-request";
import type { Names } from "./words";

const AT_ONCE = 100;
const SECONDS = 60;

export interface Queue {
  /** Undefined until the first page is there. */
  readonly lines: readonly CaseLine[] | undefined;
  readonly people: Names;
  readonly pages: number;
  /** Whether there are further pages. */
  readonly goesOn: boolean;
  readonly leftOut: boolean;
  /** Why it could not be read; empty where it could. */
  readonly wrong: string;
  readonly more: () => void;
  readonly again: () => void;
}

/** A list that is read anew after each decision that holds (`taken`); without that, its first page is asked for each
 * minute while it stands alone, since others would shift behind it. */
export function useQueue(of: string, taken?: number, limit = AT_ONCE): Queue {
  const [got, setGot] = useState<{ readonly of: string; readonly pages: readonly QueuePage[] }>({ of, pages: [] });
  const [wrong, setWrong] = useState("");
  const known = useRef("");
  const ask = useAsking();
  const pages = got.of === of ? got.pages : [];
  const last = pages.at(-1);
  const read = (cursor = ""): void => {
    const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const path = `/v1/desk/queue?of=${encodeURIComponent(of)}&limit=${limit}${from}`;
    ask(
      call<QueuePage>({ method: "GET", path, known: cursor ? "" : known.current }),
      ({ status, body, etag }) => {
        setWrong("");
        if (status === 304) return;
        if (!cursor) known.current = etag;
        setGot((before) => ({ of, pages: cursor ? [...before.pages, body] : [body] }));
      },
      setWrong,
    );
  };
  const again = (): void => {
    known.current = "";
    read();
  };
  useEffect(again, [of, taken]);
  const alone = taken === undefined && pages.length < 2;
  useEffect(() => {
    const timer = alone ? setInterval(() => document.hidden || read(), SECONDS * 1000) : undefined;
    return () => clearInterval(timer);
  }, [of, alone]);
  // A case that moved while further pages were read stands in two of them.
  const lines = useMemo(() => (pages.length ? [...new Map(pages.flatMap(({ cases }) => cases).map((each) => [each.id, each])).values()] : undefined), [got, of]);
  const people = Object.assign({}, ...pages.map((each) => each.people)) as Names;
  return { lines, people, pages: pages.length, goesOn: Boolean(last?.cursor), leftOut: last?.left_out === true, wrong, more: () => read(last?.cursor ?? ""), again };
}
