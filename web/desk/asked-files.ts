// Askings for files that two people open, as the page of a case reads them: one call for all files of
// the page, and again and again only while the reader waits for an answer.
import { useEffect, useState } from "preact/hooks";
import { call, newKey } from "./api";
import type { Schemas } from "./fields";

type Askings = Schemas["Askings"];
export type Asking = Askings["askings"][number];

export const ASKINGS = "/v1/desk/files/askings";
const EVERY_SECONDS = 5;
/** So long one answer is good for all files of a page. */
const GOOD_FOR_MS = 1_000;

let last: { readonly at: number; readonly answer: Promise<Askings> } | undefined;

function readAll(fresh: boolean): Promise<Askings> {
  if (fresh || !last || Date.now() - last.at > GOOD_FOR_MS) {
    last = { at: Date.now(), answer: call<Askings>({ method: "GET", path: ASKINGS }).then(({ body }) => body) };
  }
  return last.answer;
}

export async function askFor(caseId: string, wish: Schemas["FileWish"]): Promise<void> {
  const path = `/v1/desk/cases/${encodeURIComponent(caseId)}/files/asking`;
  await call<Schemas["AskedFile"]>({ method: "POST", path, body: wish, key: newKey() });
}

interface Mine {
  /** The reader's last asking for a file, while its time is not over. */
  readonly mine: Asking | undefined;
  readonly people: Readonly<Record<string, string>>;
  readonly read: () => void;
}

export function useMyAsking(caseId: string, report: string, n: number): Mine {
  const [found, setFound] = useState<Askings>();
  const own = (found?.askings ?? []).filter((each) => !each.yours && each.case === caseId && each.report === report && each.n === n);
  const mine = own[own.length - 1];
  const read = (fresh: boolean): void => {
    // What cannot be read now is read at the next time; asking again tells why it is refused.
    readAll(fresh).then(setFound, () => undefined);
  };
  useEffect(() => read(false), []);
  const waits = mine?.standing === "waits";
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => !document.hidden && read(false), EVERY_SECONDS * 1000);
    return () => clearInterval(timer);
  }, [waits]);
  return { mine, people: found?.people ?? {}, read: () => read(true) };
}
