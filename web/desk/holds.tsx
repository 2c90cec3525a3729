// Who works on what alone now, the oldest hold first, page by page.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, type CaseLine, type QueuePage } from "./api";
import { useAsking } from "./latest-request";
import { Said } from "./untrusted-text";
import { Lines } from "./lines";
import { refusal } from "./refusals";
import { secondsUntil, span, when } from "./times";
import { type Names, t } from "./words";

interface HoldsProps {
  /** A first page that was read with something else. */
  readonly first?: QueuePage;
  readonly open: (id: string) => void;
  /** What stands below a line instead of its holder. */
  readonly more?: (line: CaseLine, people: Names) => ComponentChildren;
}

export function Holds({ first, open, more }: HoldsProps): JSX.Element {
  const [pages, setPages] = useState<readonly QueuePage[]>([]);
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const all = first ? [first, ...pages] : pages;
  const cursor = all.at(-1)?.cursor ?? "";
  const read = (): void => {
    const from = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    ask(
      call<QueuePage>({ method: "GET", path: `/v1/desk/holds?of=all${from}` }),
      ({ body }) => {
        setWrong("");
        setPages((before) => [...before, body]);
      },
      setWrong,
    );
  };
  useEffect(() => {
    setPages([]);
    if (first) ask();
    else read();
  }, [first]);
  const people = Object.assign({}, ...all.map((each) => each.people)) as Names;
  return (
    <>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      {all.length ? (
        <Lines
          cases={all.flatMap((each) => each.cases)}
          people={people}
          open={open}
          none={t("held_now_none")}
          more={(each) => (more ? more(each, people) : <Holder line={each} people={people} />)}
        />
      ) : wrong ? null : <p role="status" class="late">{t("wait")}</p>}
      {cursor ? <p><button type="button" class="link" onClick={read}>{t("more")}</button></p> : null}
    </>
  );
}

/** Who works on a case alone, since when, and for how much longer. */
export function Holder({ line: { hold }, people }: { line: CaseLine; people: Names }): JSX.Element | null {
  if (!hold) return null;
  return (
    <p class="hint">
      {t("held_by_for", { time: span(Math.max(0, secondsUntil(hold.until))) })} <Said text={people[hold.by] ?? t("by_colleague")} /> ·{" "}
      {t("held_since")} <time dateTime={hold.since}>{when(hold.since)}</time>
    </p>
  );
}
