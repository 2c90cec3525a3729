// Pictures of other reports that look like one of this report: advice, with how far the two are apart. Nothing is drawn from it here.
import type { JSX } from "preact";
import type { Schemas } from "./fields";
import { Code } from "./inert";
import { t } from "./words";

type Other = Schemas["AlikeView"];

interface AlikeProps {
  readonly alike: readonly Other[] | undefined;
}

export function Alike({ alike }: AlikeProps): JSX.Element | null {
  if (!alike?.length) return null;
  return (
    <>
      <p class="hint"><b>{t("picture_alike")}</b> · {t("picture_alike_hint")}</p>
      <ul>
        {alike.map((each) => (
          <li key={`${each.report} ${each.n ?? 0}`}>
            <a href={`#${each.case}`}><Code text={each.case} /></a> · {each.n ? t("picture_alike_file", { n: String(each.n) }) : t("picture_alike_hash")} <Code text={each.report} />
            {" · "}{t("picture_alike_far", { n: String(each.distance) })}
          </li>
        ))}
      </ul>
    </>
  );
}
