// The number of a reporter who must be reached now: for the person who has the case. That an opening
// is recorded and judged is said before, and how to speak beside the number. It is kept nowhere.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, type CaseView, kindOf, newKey } from "./api";
import type { Schemas } from "./fields";
import { Code } from "./untrusted-text";
import { refusal } from "./refusals";
import { callsIn, willCall } from "./taken";
import { secondsUntil, useTick, when } from "./times";
import { number, said, t } from "./words";

type Opened = Schemas["OpenedNumber"];
type Report = CaseView["reports"][number];
type Ground = NonNullable<Schemas["NumberWish"]["ground"]>;

const GROUNDS: readonly Ground[] = ["life", "child", "attack"];
const SHORTEST = 10;
const LONGEST = 500;

export function CallReporter({ view }: { view: CaseView }): JSX.Element {
  const reports = view.reports.filter((each) => each.callable);
  const [asked] = useState(() => callsIn(view.id));
  const summary = useRef<HTMLElement>(null);
  useEffect(() => {
    if (asked) summary.current?.focus();
    willCall("");
  }, []);
  return (
    <details class="call-reporter" open={asked || reports.some((each) => each.callable !== "contact")}>
      <summary ref={summary}>{t("number_call")}</summary>
      {reports.length ? null : <p>{t("number_none")}</p>}
      {reports.map((each) => <One key={each.reference} report={each} id={view.id} />)}
    </details>
  );
}

function One({ report, id }: { report: Report; id: string }): JSX.Element {
  const [shown, show] = useState<Opened>();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const contact = report.callable === "contact";
  const [ground, choose] = useState<Ground>();
  const [reason, say] = useState("");
  const name = `number-${report.reference}`;
  const open = async (): Promise<void> => {
    if (busy) return;
    if (contact && (!ground || reason.trim().length < SHORTEST)) {
      setWrong("why");
      return;
    }
    setBusy(true);
    setWrong("");
    try {
      const body: Schemas["NumberWish"] = { report: report.reference, ...(contact && ground ? { ground, reason: reason.trim() } : {}) };
      const path = `/v1/desk/cases/${encodeURIComponent(id)}/number`;
      show((await call<Opened>({ method: "POST", path, body, key: newKey() })).body);
    } catch (error) {
      setWrong(kindOf(error));
    }
    setBusy(false);
  };
  return (
    <div class="opened" role="group" aria-label={t("number_call")}>
      <p><Code text={report.reference} /> · {t(`number_${report.callable ?? "contact"}`)}</p>
      {shown ? <Shown opened={shown} over={() => show(undefined)} /> : (
        <>
          {contact ? (
            <>
              <fieldset>
                <legend>{t("number_why")}</legend>
                {GROUNDS.map((each) => (
                  <label key={each}>
                    <input type="radio" name={name} checked={ground === each} onChange={() => choose(each)} /> {said("danger", each)}
                  </label>
                ))}
              </fieldset>
              <label for={name}>{t("number_reason")}</label>
              <textarea id={name} dir="auto" rows={2} maxLength={LONGEST} value={reason} onInput={(event) => say(event.currentTarget.value)} />
            </>
          ) : null}
          <p class="hint">{t(contact ? "number_judged" : "number_consent")}</p>
          <p role="alert">{wrong ? (wrong === "why" ? t("number_no_reason") : refusal(wrong)) : ""}</p>
          <p class="actions"><button type="button" class="button" disabled={busy} onClick={() => void open()}>{t("number_open")}</button></p>
        </>
      )}
    </div>
  );
}

function Shown({ opened, over }: { opened: Opened; over: () => void }): JSX.Element {
  useTick(10_000);
  const ended = secondsUntil(opened.until) <= 0;
  useEffect(() => {
    if (ended) over();
  }, [ended]);
  return (
    <div role="status">
      <p class="number"><b><Code text={opened.phone} /></b> <small>{t("number_until", { time: when(opened.until) })}</small></p>
      {opened.safe === "write" ? <p><b>{t("number_write")}</b></p> : null}
      <p>{t(opened.safe === "write" ? "number_text" : "number_speak")}</p>
      {opened.alerted ? <p class="late-clock">{t("number_alerted", { n: number(opened.unjudged) })}</p> : null}
    </div>
  );
}
