// Openings of reporters' numbers that nobody has judged: the time that is left, and the judgement of
// those that wait for the reader. It asks again every few seconds, so that all hear of one at once.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { call, kindOf, newKey, type Person } from "./api";
import type { Schemas } from "./fields";
import { Code, Said, Told } from "./untrusted-text";
import { useListed } from "./polled-list";
import { refusal } from "./refusals";
import { secondsUntil, span, useTick, when } from "./times";
import { number, said, t } from "./words";

type Opening = Schemas["OpeningView"];
type Verdict = Schemas["OpeningReview"]["verdict"];

const EVERY_SECONDS = 5;
const SHORTEST = 10;
const LONGEST = 500;
const SEES: readonly Person["role"][] = ["custodian", "auditor", "supervisor", "prosecutor"];

export function Openings({ person }: { person: Person }): JSX.Element | null {
  return SEES.includes(person.role) ? <Listed /> : null;
}

/** The list of who is known to see it: the service refuses all others. */
export function Listed(): JSX.Element | null {
  const { list, wrong, read } = useListed<Schemas["Openings"]>("/v1/desk/openings", EVERY_SECONDS);
  useTick(15_000);
  const people = list?.people ?? {};
  const many = list?.many ?? [];
  if (!wrong && !list?.openings.length && !many.length) return null;
  return (
    <section class="openings" aria-labelledby="openings-title">
      <h2 id="openings-title">{t("openings")}</h2>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      {many.map((each) => (
        <p key={each.by} role="alert" class="late-clock">
          <b><Said text={people[each.by] ?? t("by_colleague")} /></b> · {t("openings_many", { n: number(each.openings) })}
        </p>
      ))}
      {(list?.openings ?? []).map((each) => (
        <One key={`${each.case}-${each.number}`} opening={each} by={people[each.by] ?? t("by_colleague")} read={read} />
      ))}
    </section>
  );
}

function One({ opening, by, read }: { opening: Opening; by: string; read: () => void }): JSX.Element {
  const left = secondsUntil(opening.due);
  return (
    <article class="report">
      <h3>
        <Code text={opening.case_number ?? opening.case} /> · {said("danger", opening.ground)} ·{" "}
        <span class={left < 0 ? "late-clock" : undefined}>
          {left < 0 ? t("opening_late", { time: span(-left) }) : t("opening_left", { time: span(left) })}
        </span>
      </h3>
      <p class="hint"><Said text={by} /> · <time dateTime={opening.at}>{when(opening.at)}</time>{opening.unclear ? ` · ${t("opening_unclear")}` : ""}</p>
      {opening.reason ? <Told text={opening.reason} /> : null}
      {opening.yours ? <Judge opening={opening} read={read} /> : null}
    </article>
  );
}

function Judge({ opening, read }: { opening: Opening; read: () => void }): JSX.Element {
  const [reason, say] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const verdicts: readonly Verdict[] = opening.unclear ? ["justified", "not_justified"] : ["justified", "not_justified", "unclear"];
  const judge = async (verdict: Verdict): Promise<void> => {
    if (busy) return;
    if (reason.trim().length < SHORTEST) {
      setWrong("why");
      field.current?.focus();
      return;
    }
    setBusy(true);
    setWrong("");
    try {
      const path = `/v1/desk/cases/${encodeURIComponent(opening.case)}/openings/${opening.number}/review`;
      await call({ method: "POST", path, body: { verdict, reason: reason.trim() } satisfies Schemas["OpeningReview"], key: newKey() });
      read();
    } catch (error) {
      setWrong(kindOf(error));
      if (kindOf(error) === "opening-not-found") read();
    }
    setBusy(false);
  };
  const id = `opening-${opening.case}-${opening.number}`;
  return (
    <>
      <label for={id}>{t("opening_reason")}</label>
      <textarea id={id} ref={field} dir="auto" rows={2} maxLength={LONGEST} value={reason} onInput={(event) => say(event.currentTarget.value)} />
      <p role="alert">{wrong ? (wrong === "why" ? t("custody_no_reason") : refusal(wrong)) : ""}</p>
      <p class="actions">
        {verdicts.map((each) => (
          <button type="button" key={each} class={each === "justified" ? "button" : "button quiet"} disabled={busy} onClick={() => void judge(each)}>
            {said("verdict", each)}
          </button>
        ))}
      </p>
    </>
  );
}
