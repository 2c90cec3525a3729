// Pictures of other reports that look like one of this report: advice, with how far the two are apart. Nothing is drawn from it here.
// A hash without its picture may be anybody's invention: those of one hour stand in one line, behind what somebody vouches for.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { call, kindOf } from "./api";
import type { Schemas } from "./fields";
import { Code } from "./untrusted-text";
import { refusal } from "./refusals";
import { when } from "./times";
import { number, t } from "./words";

type Other = Schemas["AlikeView"];

interface AlikeProps {
  readonly alike: readonly Other[] | undefined;
  /** Whether there may be more than those. */
  readonly more: boolean | undefined;
  /** Which of several hashes it is beside. */
  readonly hash?: number | undefined;
  /** Where all can be asked for: the case, its report, and the name of the picture; none where reports are shown without their case. */
  readonly of: readonly [string | undefined, string, string];
}

export function Alike({ alike, more, hash, of }: AlikeProps): JSX.Element | null {
  const [all, setAll] = useState<readonly Other[] | undefined>();
  const [cursor, setCursor] = useState<string | undefined>("");
  const [wrong, setWrong] = useState("");
  if (!alike?.length && !more) return null;
  const [caseId, report, picture] = of;
  const read = async (): Promise<void> => {
    try {
      const [found, next] = await further(`/v1/desk/cases/${caseId}/reports/${report}/pictures/${picture}/alike`, cursor);
      setAll((before) => [...(before ?? []), ...found]);
      setCursor(next);
      setWrong("");
    } catch (error) {
      setWrong(kindOf(error));
    }
  };
  return (
    <>
      <p class="hint"><b>{t("picture_alike")}</b>{hash ? <> · {t("known_hash", { n: String(hash) })}</> : null} · {t("picture_alike_hint")}</p>
      <ul>{lines(all ?? alike ?? []).map((line) => <Line key={line.of} line={line} />)}</ul>
      {wrong ? <p role="alert">{refusal(wrong)}</p> : null}
      {more ? (
        <p class="hint" role="status">
          {!all ? t("picture_alike_full") : cursor ? t("picture_alike_so_far", { n: number(all.length) }) : t("picture_alike_end", { n: number(all.length) })}{" "}
          {caseId && (!all || cursor) ? <button type="button" class="link" onClick={() => void read()}>{t(all ? "more" : "picture_alike_all")}</button> : null}
        </p>
      ) : null}
    </>
  );
}

/** The next of all, with where they go on; a page may have none and still not be the last. */
async function further(path: string, cursor: string | undefined): Promise<[readonly Other[], string | undefined]> {
  let next = cursor;
  do {
    const { body } = await call<Schemas["AlikePage"]>({ method: "GET", path: `${path}${next ? `?cursor=${encodeURIComponent(next)}` : ""}` });
    next = body.cursor ?? undefined;
    if (body.alike?.length) return [body.alike, next];
  } while (next);
  return [[], undefined];
}

interface OneLine {
  readonly of: string;
  readonly vouched: boolean;
  readonly others: readonly [Other, ...Other[]];
}

/** Pictures in lines: what is vouched for by case, then bare hashes by the hour in which they came; the nearest of each first. */
function lines(alike: readonly Other[]): OneLine[] {
  const found = new Map<string, OneLine>();
  for (const each of [...alike].sort((one, two) => Number(two.vouched) - Number(one.vouched) || one.distance - two.distance)) {
    const of = each.vouched ? each.case : each.hour;
    const before = found.get(of);
    found.set(of, { of, vouched: each.vouched ?? false, others: before ? [...before.others, each] : [each] });
  }
  return [...found.values()];
}

function Line({ line }: { line: OneLine }): JSX.Element {
  const [nearest, ...others] = line.others;
  if (!others.length) return <li><Picture each={nearest} /></li>;
  return (
    <li>
      <details>
        <summary>
          {t(line.vouched ? "picture_alike_of_case" : "picture_alike_burst", { n: number(line.others.length) })}
          {line.vouched ? <> <Code text={nearest.case} /></> : <> · {when(nearest.hour)}</>}
          {" · "}{t("picture_alike_far", { n: String(nearest.distance) })}
        </summary>
        <ul>{line.others.map((each) => <li key={`${each.report} ${each.n ?? 0}`}><Picture each={each} /></li>)}</ul>
      </details>
    </li>
  );
}

function Picture({ each }: { each: Other }): JSX.Element {
  return (
    <>
      <a href={`#${each.case}`}><Code text={each.case} /></a> · {each.n ? t("picture_alike_file", { n: String(each.n) }) : t("picture_alike_hash")} <Code text={each.report} />
      {" · "}{t("picture_alike_far", { n: String(each.distance) })}
    </>
  );
}
