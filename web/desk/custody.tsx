// The custodian's page: who asks for an identity and why, and what was decided.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { components } from "#types/openapi";
import { call, kindOf, newKey } from "./api";
import { useAsking } from "./latest-request";
import { Code, Told } from "./untrusted-text";
import { Decisions } from "./my-decisions";
import { Listed } from "./openings";
import { refusal } from "./refusals";
import { when } from "./times";
import { named, number, said, t, words } from "./words";

type Wish = components["schemas"]["IdentityRequestView"];
type Wishes = components["schemas"]["IdentityRequests"];
type Outcome = components["schemas"]["CustodyDecision"]["outcome"];

/** `home` leads back to the work page of those who have one. */
export function Custody({ home }: { home?: () => void }): JSX.Element {
  const [wishes, setWishes] = useState<readonly Wish[]>();
  const [wrong, setWrong] = useState("");
  const [made, setMade] = useState(0);
  const ask = useAsking();
  const load = (): void => {
    setWrong("");
    ask(call<Wishes>({ method: "GET", path: "/v1/desk/identity-requests" }), ({ body }) => setWishes(body.requests), setWrong);
  };
  useEffect(load, []);
  const decided = (): void => {
    setMade(made + 1);
    load();
  };
  return (
    <main class="work" id="main" aria-busy={!wishes && !wrong}>
      {home ? <p class="trail"><button type="button" class="link" onClick={home}>{t("work")}</button></p> : null}
      <h1>{t("custody")}</h1>
      <p class="hint">{t("custody_hint")}</p>
      <Listed />
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={load}>{t("retry")}</button></p> : null}
      {!wishes && !wrong ? <p role="status" class="late">{t("wait")}</p> : null}
      {wishes ? (
        <section>
          <h2>{t("custody_waits", { n: number(wishes.length) })}</h2>
          {wishes.length ? null : <p>{t("nothing_waits")}</p>}
          {wishes.map((each) => <Asked key={each.case + each.number + each.etag} wish={each} decided={decided} />)}
        </section>
      ) : null}
      <section>
        <h2>{t("custody_made")}</h2>
        <Decisions key={made} of="me" />
      </section>
    </main>
  );
}

function Asked({ wish, decided }: { wish: Wish; decided: () => void }): JSX.Element {
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  /** One key for each decision in its words: a repeat after a doubt decides once. */
  const keys = useRef<Record<string, string>>({});
  const id = `reason-${wish.case}-${wish.number}`;
  const send = async (outcome: Outcome): Promise<void> => {
    if (busy) return;
    if (!reason.trim()) {
      setWrong("reason");
      document.getElementById(id)?.focus();
      return;
    }
    setBusy(true);
    setWrong("");
    try {
      const path = `/v1/desk/cases/${encodeURIComponent(wish.case)}/identity-requests/${wish.number}/decision`;
      const body = { outcome, reason: reason.trim() };
      const key = (keys.current[outcome + body.reason] ??= newKey());
      await call({ method: "POST", path, body, etag: wish.etag, key });
      decided();
    } catch (error) {
      setBusy(false);
      const kind = kindOf(error);
      setWrong(kind);
      if (kind === "case-changed") decided();
    }
  };
  return (
    <article class="report">
      <h3>
        <Code text={wish.case} /> · {named(words.units, wish.unit)} · <time dateTime={wish.asked_at}>{when(wish.asked_at)}</time>
      </h3>
      <p class="hint">{said("disclosure", wish.disclosure)} · {t(`rule_${wish.rule}`)}</p>
      <p class="hint">{t("custody_motive")}</p>
      <Told text={wish.motive} />
      <label for={id}>{t("custody_reason")}</label>
      <textarea id={id} dir="auto" maxLength={2000} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      <p role="alert">{wrong ? (wrong === "reason" ? t("custody_no_reason") : refusal(wrong)) : ""}</p>
      <p class="actions">
        <button type="button" class="button" disabled={busy} onClick={() => void send("release")}>{t("custody_release")}</button>{" "}
        <button type="button" class="button quiet" disabled={busy} onClick={() => void send("refuse")}>{t("custody_refuse")}</button>
      </p>
    </article>
  );
}
