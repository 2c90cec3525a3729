// Both codes of a report. They stay in sight until the page is left: they may not have been noted yet.
import type { JSX } from "preact";
import { t } from "./texts";

interface Props {
  readonly reference: string;
  readonly receipt: string;
}

/** Both, as entries of a list of descriptions. */
export function Codes({ reference, receipt }: Props): JSX.Element {
  return (
    <>
      <dt>{t("done.reference")}</dt>
      <dd class="code" dir="ltr" id="reference">{reference}</dd>
      <dt>{t("done.receipt")}</dt>
      <dd class="code" dir="ltr" id="receipt">{receipt}</dd>
    </>
  );
}

/** Both on a page that was opened from the receipt. */
export function InSight(codes: Props): JSX.Element {
  return (
    <>
      <div class="kept"><dl><Codes {...codes} /></dl></div>
      <p>{t("done.keep_text")}</p>
    </>
  );
}
