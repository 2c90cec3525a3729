// A box that says what there is instead of what was looked for.
import type { JSX } from "preact";
import { t } from "./texts";

/** Words for a wait, and some more for a long one. */
export function Waiting({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text} <span class="late">{t("site.slow")}</span>
    </>
  );
}

interface ToldProps {
  readonly title: string;
  readonly text: string;
  readonly again?: () => void;
}

export function Told({ title, text, again }: ToldProps): JSX.Element {
  return (
    <div class="inset" role="status">
      <h2>{title}</h2>
      <p>{text}</p>
      {again ? (
        <p>
          <button type="button" class="button quiet" onClick={again}>{t("report.again")}</button>
        </p>
      ) : null}
    </div>
  );
}
