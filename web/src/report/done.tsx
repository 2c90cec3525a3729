// The end: both codes as text, as a QR and on paper, and what happens next.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Accepted } from "../api";
import { Calls, Heading } from "../fields";
import { data } from "../page-data";
import { t, when } from "../texts";

interface Drawing {
  readonly size: number;
  readonly path: string;
}

export function Done({ accepted, follow }: { accepted: Accepted; follow: () => void }): JSX.Element {
  const [qr, setQr] = useState<Drawing>();
  const [copied, setCopied] = useState(false);
  const both = `${t("site.name")}\n${t("done.reference")}: ${accepted.reference}\n${t("done.receipt")}: ${accepted.receipt}`;
  useEffect(() => {
    // The codes are on the page whether or not the drawing arrives.
    import("../qr").then(({ draw }) => setQr(draw(`${accepted.reference}\n${accepted.receipt}`)), () => undefined);
  }, []);
  const copy = (): void => {
    navigator.clipboard.writeText(both).then(() => setCopied(true), () => undefined);
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
        {qr ? (
          <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={t("done.qr")}>
            <path d={qr.path} fill="#000" />
          </svg>
        ) : null}
      </div>
      <h2>{t("done.keep")}</h2>
      <p>{t("done.keep_text")}</p>
      <p class="no-print">{t("done.qr")}</p>
      <p class="actions">
        <button type="button" class="button" onClick={() => window.print()}>{t("done.print")}</button>
        <button type="button" class="button quiet" onClick={copy}>{t("done.copy")}</button>
        <button type="button" class="button quiet" onClick={follow}>{t("done.follow")}</button>
      </p>
      <p role="status" class="hint">{copied ? t("done.copied") : ""}</p>
      {accepted.advice.length ? (
        <div class="inset">
          <h2>{t("done.now")}</h2>
          <ul>
            {accepted.advice.map((each) => <li key={each}>{each}</li>)}
          </ul>
          <Calls calls={accepted.call} />
        </div>
      ) : null}
      <h2>{t("done.next")}</h2>
      <ol class="steps">
        {(data.steps ?? accepted.next_steps).map((each) => <li key={each}>{each}</li>)}
      </ol>
    </>
  );
}
