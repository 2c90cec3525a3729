// The follow-up: two codes open it. They stay in this tab's memory.
import { type JSX, render } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Progress } from "./api";
import "./exit";
import { Heading, Summary, TextField, type Wrong } from "./fields";
import { Following, read, reason } from "./following";
import { t } from "./texts";

function Opening(): JSX.Element {
  const [reference, setReference] = useState("");
  const [receipt, setReceipt] = useState("");
  const [told, setTold] = useState<Progress>();
  const [wrong, setWrong] = useState<Wrong>(new Map());
  const [busy, setBusy] = useState(false);
  const came = useRef(true);
  if (told) {
    const close = (): void => {
      setTold(undefined);
      setReference("");
      setReceipt("");
      came.current = false;
    };
    return <Following reference={reference} receipt={receipt} told={told} close={close} />;
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
      <p role="status" class="state">{busy ? t("report.loading") : ""}</p>
    </form>
  );
}

const app = document.getElementById("app");
if (app) {
  app.replaceChildren();
  render(<Opening />, app);
}
