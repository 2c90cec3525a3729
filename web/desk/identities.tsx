// The requests for identities of a case: what was asked and decided, and a released identity, which
// is opened here and kept nowhere. Each opening is an entry of the history: that is said before.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Asked } from "./acts";
import { call, type CaseView, kindOf, newKey, type Person } from "./api";
import { useAsking } from "./latest-request";
import { nameOf } from "./entries";
import type { Schemas } from "./fields";
import { Code, Said, Told } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { refusal } from "./refusals";
import { secondsUntil, span, useTick, when } from "./times";
import { said, t } from "./words";

type Request = Schemas["IdentityRequestView"];

interface IdentitiesProps {
  readonly view: CaseView;
  readonly person: Person;
  readonly act: (asked: Asked) => void;
  readonly leave: () => void;
}

export function Identities({ view, person, act, leave }: IdentitiesProps): JSX.Element {
  const [requests, setRequests] = useState<readonly Request[]>();
  const [wrong, setWrong] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  useTick(10_000);
  const under = `/v1/desk/cases/${view.id}/identity-requests`;
  const failed = (error: unknown): void => setWrong(kindOf(error));
  const ask = useAsking();
  const read = (): void =>
    ask(
      call<Schemas["IdentityRequests"]>({ method: "GET", path: under }),
      ({ body }) => {
        setWrong("");
        setRequests(body.requests);
      },
      setWrong,
    );
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    read();
  }, []);
  useKeys((key) => {
    if (key !== "leave") return false;
    leave();
    return true;
  });
  return (
    <>
      <div class="dossier" role="region" aria-label={t("act_identities")} tabIndex={0}>
        <h2 tabIndex={-1} ref={heading}>{t("act_identities")}</h2>
        {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
        {requests && !requests.length ? <p>{t("identities_none")}</p> : null}
        {(requests ?? []).map((each) => (
          <One key={each.number} request={each} view={view} person={person} under={under} act={act} failed={failed} read={read} />
        ))}
      </div>
      <section class="deciding" aria-label={t("decision")}>
        <div class="acts">
          <button type="button" class="button quiet" onClick={leave}>{t("back_to_case")} <kbd>{signOf("leave")}</kbd></button>
        </div>
      </section>
    </>
  );
}

interface OneProps extends Omit<IdentitiesProps, "leave"> {
  readonly request: Request;
  readonly under: string;
  readonly failed: (error: unknown) => void;
  readonly read: () => void;
}

function One({ request, view, person, under, act, failed, read }: OneProps): JSX.Element {
  const [shown, setShown] = useState<Schemas["IdentifiedPerson"]>();
  const left = request.until ? secondsUntil(request.until) : 0;
  const mine = request.by === person.subject;
  const open = (): void => {
    call<Schemas["IdentifiedPerson"]>({
      method: "POST",
      path: `${under}/${request.number}/opening`,
      body: {},
      etag: request.etag,
      key: newKey(),
    }).then(({ body }) => setShown(body), failed);
  };
  const verdict = request.standing === "released" && (request.openings ?? 0) + Number(Boolean(shown)) > 0;
  return (
    <article class="report">
      <h3><Code text={request.report} /> · {said("request", request.standing)}</h3>
      <p class="hint"><Said text={nameOf(view, request.by)} /> · {when(request.asked_at)}</p>
      <Told text={request.motive} />
      {request.decided_by ? <p class="hint">{t("decision")}: <Said text={nameOf(view, request.decided_by)} /></p> : null}
      {request.reason ? <Told text={request.reason} /> : null}
      {request.standing === "released" && mine && left > 0 && !shown ? (
        <p>
          <button type="button" class="button" onClick={open}>{t("identity_open")}</button> <small>{t("identity_open_said", { time: span(left) })}</small>
        </p>
      ) : null}
      {shown ? <Who person={shown} /> : null}
      {verdict ? (
        <p class="acts">
          {view.may.includes("identity_accepted") ? (
            <button type="button" class="button quiet" onClick={() => act({ act: "identity_accept", of: String(request.number) })}>{t("act_identity_accept")}</button>
          ) : null}
          {view.may.includes("identity_doubted") ? (
            <button type="button" class="button quiet" onClick={() => act({ act: "identity_doubt", of: String(request.number) })}>{t("act_identity_doubt")}</button>
          ) : null}
        </p>
      ) : null}
      {request.standing === "asked" && request.rule === "colleague" && !mine ? <Decide request={request} under={under} failed={failed} read={read} /> : null}
    </article>
  );
}

function Who({ person }: { person: Schemas["IdentifiedPerson"] }): JSX.Element {
  const rows = Object.entries({ ...person.identity, ...person.contact });
  return (
    <dl class="rows">
      {rows.map(([key, value]) => <div key={key}><dt>{said("identified", key)}</dt><dd><Said text={value} /></dd></div>)}
    </dl>
  );
}

/** A colleague of the unit releases an identity, or refuses it, with a reason. */
function Decide({ request, under, failed, read }: Pick<OneProps, "request" | "under" | "failed" | "read">): JSX.Element {
  const [reason, setReason] = useState("");
  const decide = (outcome: "release" | "refuse"): void => {
    call({
      method: "POST",
      path: `${under}/${request.number}/decision`,
      body: { outcome, reason: reason.trim() } satisfies Schemas["CustodyDecision"],
      etag: request.etag,
      key: newKey(),
    }).then(read, failed);
  };
  const id = `reason-${request.number}`;
  return (
    <div>
      <label for={id}>{t("field_reason")}</label>
      <textarea id={id} dir="auto" rows={2} maxLength={2000} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      <p class="acts">
        <button type="button" class="button quiet" onClick={() => decide("release")}>{t("identity_release")}</button>
        <button type="button" class="button quiet" onClick={() => decide("refuse")}>{t("identity_refuse")}</button>
      </p>
    </div>
  );
}
