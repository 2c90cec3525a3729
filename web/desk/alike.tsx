// Pictures of other reports that look like one of this report: advice, with how far the two are apart. Nothing is drawn from it here.
import type { JSX } from "preact";
import type { Schemas } from "./fields";
import { Code } from "./inert";
import { t } from "./words";

type Other = Schemas["AlikeView"];

/** As many others are named beside a picture. */
const MOST_ALIKE = 5;

interface AlikeProps {
  readonly alike: readonly Other[] | undefined;
  /** Which of several hashes it is beside. */
  readonly hash?: number | undefined;
}

export function Alike({ alike, hash }: AlikeProps): JSX.Element | null {
  if (!alike?.length) return null;
  return (
    <>
      <p class="hint"><b>{t("picture_alike")}</b>{hash ? <> · {t("known_hash", { n: String(hash) })}</> : null} · {t("picture_alike_hint")}</p>
      <ul>
        {alike.map((each) => (
          <li key={`${each.report} ${each.n ?? 0}`}>
            <a href={`#${each.case}`}><Code text={each.case} /></a> · {each.n ? t("picture_alike_file", { n: String(each.n) }) : t("picture_alike_hash")} <Code text={each.report} />
            {" · "}{t("picture_alike_far", { n: String(each.distance) })}
          </li>
        ))}
      </ul>
      {alike.length >= MOST_ALIKE ? <p class="hint">{t("picture_alike_full")}</p> : null}
    </>
  );
}
