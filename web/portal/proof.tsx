// A file that proves the report, for who wants to keep it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { address, call, type ReportProof } from "./api";
import { data } from "./page-data";
import { t, when } from "./texts";
import { Waiting } from "./notice-box";

interface Codes {
  readonly reference: string;
  readonly receipt: string;
}

/** Reads the proof, with the reporter's own words or without; hands it over as a file, or returns the time from which
 * there is one. */
async function handOver(codes: Codes, words: boolean): Promise<string | undefined> {
  const told = await call<ReportProof>({
    method: "GET",
    path: address("/v1/reports/{reference}/proof", { reference: codes.reference.trim() }) + (words ? "?words=shown" : ""),
    headers: { Authorization: `Receipt ${codes.receipt.trim()}` },
  });
  if (!told.proof) return told.ready_from;
  const file = new Blob([JSON.stringify(told, null, 1)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${told.reference}${words ? ".words" : ""}.proof.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return undefined;
}

/** The buttons. `reason` says in words why there is no answer. */
export function Proof({ codes, reason }: { codes: Codes; reason: (error: unknown) => string }): JSX.Element {
  const [said, setSaid] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = (words: boolean): void => {
    setBusy(true);
    setSaid("");
    setWrong("");
    handOver(codes, words)
      .then(
        (from) => setSaid(from ? t("follow.proof_wait", { day: when(from) }) : ""),
        (error: unknown) => setWrong(reason(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section class="no-print" id="proof">
      <p class="hint">{t("follow.proof_hint")}</p>
      <p class="actions">
        <button type="button" class="button quiet" onClick={() => ask(false)} disabled={busy}>{t("follow.proof")}</button>
      </p>
      <p class="hint">{t("follow.proof_words_hint")}</p>
      <p class="actions">
        <button type="button" class="button quiet" onClick={() => ask(true)} disabled={busy}>{t("follow.proof_words")}</button>
      </p>
      <p><a href={`/${data.language}/verify/`}>{t("follow.proof_check")}</a></p>
      {wrong ? <p class="error" role="alert">{wrong}</p> : null}
      <p role="status" class="state">{busy ? <Waiting text={t("report.loading")} /> : said}</p>
    </section>
  );
}
