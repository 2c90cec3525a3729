// The end: both codes as text, as a QR and on paper, and what happens next.
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Accepted } from "../api";
import { askBeforeLosing } from "../exit";
import { Calls, Heading } from "../fields";
import { draw } from "../qr";
import { t, when } from "../texts";
import type { Answers } from "./answers";
import { Help } from "./help";

interface Props {
  readonly accepted: Accepted;
  readonly answers: Answers;
  readonly follow: () => void;
}

export function Done({ accepted, answers, follow }: Props): JSX.Element {
  const qr = useMemo(() => draw(`${accepted.reference}\n${accepted.receipt}`), []);
  const [copied, setCopied] = useState<"done.copied" | "done.not_copied">();
  const both = [
    t("site.name"),
    t("site.named", { name: t("done.reference"), what: accepted.reference }),
    t("site.named", { name: t("done.receipt"), what: accepted.receipt }),
  ].join("\n");
  const copy = (): void => {
    // A browser may refuse, or have no clipboard at all.
    Promise.resolve()
      .then(() => navigator.clipboard.writeText(both))
      .then(
        () => {
          askBeforeLosing("receipt", false);
          setCopied("done.copied");
        },
        () => setCopied("done.not_copied"),
      );
  };
  const print = (): void => {
    askBeforeLosing("receipt", false);
    window.print();
  };
  return (
    <>
      <Heading>{t("done.title")}</Heading>
      <div class="kept">
        <dl>
          <dt>{t("done.reference")}</dt>
          <dd class="code" dir="ltr" id="reference">{accepted.reference}</dd>
          <dt>{t("done.receipt")}</dt>
          <dd class="code" dir="ltr" id="receipt">{accepted.receipt}</dd>
          <dt>{t("done.received_at")}</dt>
          <dd>{when(accepted.accepted_at)}</dd>
        </dl>
        <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={t("done.qr")}>
          <path d={qr.path} fill="#000" />
        </svg>
      </div>
      <h2>{t("done.keep")}</h2>
      <p>{t("done.keep_text")}</p>
      <p class="no-print">{t("done.keep_how")}</p>
      <p class="actions">
        <button type="button" class="button" onClick={print}>{t("done.print")}</button>
        <button type="button" class="button quiet" onClick={copy}>{t("done.copy")}</button>
        <button type="button" class="button quiet" onClick={follow}>{t("done.follow")}</button>
      </p>
      <p role="status" class="hint">{copied ? t(copied) : ""}</p>
      {accepted.advice.length ? (
        <div class="inset">
          <h2>{t("done.now")}</h2>
          <ul>
            {accepted.advice.map((each) => <li key={each}>{each}</li>)}
          </ul>
          <Calls calls={accepted.call} />
        </div>
      ) : null}
      <Help answers={answers} />
      <h2>{t("done.next")}</h2>
      <ol class="steps">
        {accepted.next_steps.map((each) => <li key={each}>{each}</li>)}
      </ol>
    </>
  );
}
