// The follow-up: two codes open it. They stay in this tab's memory.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Progress } from "./api";
import "./quick-exit";
import { Heading, Summary, TextField, type Wrong } from "./fields";
import { Following, mayClose, read, reason } from "./report-status";
import { t } from "./texts";
import { Waiting } from "./notice-box";

/** What the browser's history holds: whether a report was open, and not which. */
const [CLOSED, OPENED] = ["closed", "opened"];

/** The reference in the QR code of a receipt, which the browser sends to no server. */
const named = (): string => /^#([0-9A-Z-]{17,21})$/i.exec(location.hash)?.[1] ?? "";

export function Opening(): JSX.Element {
  const [reference, setReference] = useState(named);
  const [receipt, setReceipt] = useState("");
  const [told, setTold] = useState<Progress>();
  const [wrong, setWrong] = useState<Wrong>(new Map());
  const [busy, setBusy] = useState(false);
  const came = useRef(true);
  const close = (): void => {
    setTold(undefined);
    setReference("");
    setReceipt("");
    came.current = false;
  };
  useEffect(() => {
    history.replaceState(CLOSED, "", location.pathname);
    const back = (event: PopStateEvent): void => {
      if (event.state !== CLOSED) return;
      if (mayClose()) close();
      else history.forward();
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  if (told) {
    const closed = (): void => {
      history.replaceState(CLOSED, "");
      close();
    };
    return <Following reference={reference} receipt={receipt} told={told} close={closed} />;
  }
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const letters = (text: string): number => text.replace(/[\s-]/g, "").length;
    const found = new Map<string, string>();
    if (letters(reference) !== 17) found.set("reference", t("error.reference"));
    if (letters(receipt) !== 26) found.set("receipt", t("error.receipt"));
    setWrong(found);
    if (found.size) return;
    setBusy(true);
    try {
      setTold(await read({ reference, receipt }));
      history.pushState(OPENED, "");
    } catch (error) {
      setWrong(new Map([["reference", reason(error)]]));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void open(event)} noValidate autocomplete="off">
      <Summary wrong={wrong} />
      <Heading quiet={came.current}>{t("follow.title")}</Heading>
      <p class="lead">{t("follow.lead")}</p>
      <TextField id="reference" code label={t("follow.reference")} wrong={wrong} value={reference} onChange={setReference} />
      <TextField id="receipt" code label={t("follow.receipt")} wrong={wrong} value={receipt} onChange={setReceipt} />
      <p class="actions">
        <button class="button" aria-disabled={busy}>{t("follow.show")}</button>
      </p>
      <p role="status" class="state">{busy ? <Waiting text={t("report.loading")} /> : ""}</p>
    </form>
  );
}
