// Who asks for a file that two people open, for those who may answer: which file, why, and how long it
// waits. An answer has a reason, which the one who asked reads.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { call, kindOf, newKey } from "./api";
import { type Asking, ASKINGS } from "./asked-files";
import type { Schemas } from "./fields";
import { Code, Said, Told } from "./untrusted-text";
import { useListed } from "./polled-list";
import { refusal } from "./refusals";
import { secondsUntil, span, useTick, when } from "./times";
import { number, t } from "./words";

type Outcome = Schemas["FileAnswer"]["outcome"];

const EVERY_SECONDS = 15;
const SHORTEST = 10;
const LONGEST = 500;

export function Askings({ open }: { open: (id: string) => void }): JSX.Element | null {
  const { list, read } = useListed<Schemas["Askings"]>(ASKINGS, EVERY_SECONDS);
  useTick(15_000);
  const [gone, setGone] = useState("");
  const wait = (list?.askings ?? []).filter((each) => each.yours);
  const people = list?.people ?? {};
  if (!wait.length && !gone) return null;
  return (
    <section class="openings" aria-labelledby="askings-title">
      <h2 id="askings-title">{t("askings")}</h2>
      <p role="status">{gone}</p>
      {wait.map((each) => (
        <One
          key={`${each.case}-${each.number}`}
          asking={each}
          by={people[each.by] ?? t("by_colleague")}
          open={open}
          answered={(told) => {
            setGone(told);
            read();
          }}
        />
      ))}
    </section>
  );
}

interface OneProps {
  readonly asking: Asking;
  readonly by: string;
  readonly open: (id: string) => void;
  readonly answered: (told: string) => void;
}

function One({ asking, by, open, answered }: OneProps): JSX.Element {
  const [reason, say] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const answer = async (outcome: Outcome): Promise<void> => {
    if (busy) return;
    if (reason.trim().length < SHORTEST) {
      setWrong("why");
      field.current?.focus();
      return;
    }
    setBusy(true);
    setWrong("");
    try {
      const path = `/v1/desk/cases/${encodeURIComponent(asking.case)}/files/asking/${asking.number}/answer`;
      await call({ method: "POST", path, body: { outcome, reason: reason.trim() } satisfies Schemas["FileAnswer"], key: newKey() });
      answered(t(`asking_${outcome}_done`));
    } catch (error) {
      const kind = kindOf(error);
      if (kind === "entry-not-found" || kind === "illegal-move") answered(t("asking_gone"));
      else setWrong(kind);
    }
    setBusy(false);
  };
  const id = `asking-${asking.case}-${asking.number}`;
  return (
    <article class="report">
      <h3>
        <button type="button" class="link" onClick={() => open(asking.case)}><Code text={asking.case_number ?? asking.case} /></button>
        {" · "}{t("audit_file", { n: number(asking.n) })} <Code text={asking.report} />{asking.name ? <> · <Said text={asking.name} /></> : null}
      </h3>
      <p class="hint">
        <Said text={by} /> · <time dateTime={asking.at}>{when(asking.at)}</time> · {t("opening_left", { time: span(secondsUntil(asking.until)) })}
      </p>
      {asking.motive ? <Told text={asking.motive} /> : null}
      <label for={id}>{t("asking_reason")}</label>
      <textarea id={id} ref={field} dir="auto" rows={2} maxLength={LONGEST} value={reason} onInput={(event) => say(event.currentTarget.value)} />
      <p role="alert">{wrong ? (wrong === "why" ? t("custody_no_reason") : refusal(wrong)) : ""}</p>
      <p class="actions">
        <button type="button" class="button" disabled={busy} onClick={() => void answer("admit")}>{t("asking_admit")}</button>{" "}
        <button type="button" class="button quiet" disabled={busy} onClick={() => void answer("refuse")}>{t("asking_refuse")}</button>
      </p>
    </article>
  );
}
