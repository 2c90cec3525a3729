// The custodian's page: who asks for an identity and why, what presses, and what was decided.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { call, kindOf, newKey } from "./api";
import type { Schemas } from "./fields";
import { signOf, useKeys } from "./keys";
import { Decisions } from "./my-decisions";
import { Listed } from "./openings";
import { useListed } from "./polled-list";
import { refusal } from "./refusals";
import { secondsUntil, span, useTick } from "./times";
import { Icon } from "./ui/icon";
import { Key } from "./ui/key";
import { Code, Told } from "./untrusted-text";
import { named, number, said, t, words } from "./words";

type Wish = Schemas["WaitingIdentityRequest"];
type Outcome = Schemas["CustodyDecision"]["outcome"];

const EVERY_SECONDS = 10;
const idOf = ({ case: of, number: which }: Wish): string => `${of}-${which}`;

export function Custody(): JSX.Element {
  const { list, wrong, read } = useListed<Schemas["WaitingIdentityRequests"]>("/v1/desk/identity-requests", EVERY_SECONDS);
  const [made, setMade] = useState(0);
  const [asked, setAsked] = useState("");
  // What was written stays while another request is looked at.
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const heading = useRef<HTMLHeadingElement>(null);
  useTick(10_000);
  const wishes = list?.requests ?? [];
  const chosen = wishes.find((each) => idOf(each) === asked) ?? wishes[0];
  const move = (by: 1 | -1): void => {
    const next = wishes[wishes.findIndex((each) => each === chosen) + by];
    if (!next) return;
    setAsked(idOf(next));
    document.getElementById(idOf(next))?.scrollIntoView({ block: "nearest" });
  };
  useKeys((act) => {
    if (act === "down") move(1);
    else if (act === "up") move(-1);
    else return false;
    return true;
  });
  const decided = (): void => {
    setMade(made + 1);
    read();
    heading.current?.focus({ preventScroll: true });
  };
  return (
    <main class="work custody" id="main" aria-busy={!list && !wrong}>
      <h1 class="page-title">{t("custody")}</h1>
      <Listed />
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p> : null}
      {!list && !wrong ? <p role="status" class="late">{t("wait")}</p> : null}
      {list ? (
        <section aria-labelledby="custody-waits">
          <h2 id="custody-waits" tabIndex={-1} ref={heading}>{t("custody_waits", { n: number(wishes.length) })} {wishes.length > 1 ? <Key sign={[signOf("up"), signOf("down")]} /> : null}</h2>
          <p class="hint">{t("custody_hint")}</p>
          {wishes.length ? null : <p>{t("nothing_waits")}</p>}
          <ul class="wishes">
            {wishes.map((each) => (
              <Asked key={idOf(each)} wish={each} chosen={each === chosen} choose={() => setAsked(idOf(each))}>
                <Decide
                  key={each.etag}
                  wish={each}
                  reason={reasons[idOf(each)] ?? ""}
                  write={(reason) => setReasons((before) => ({ ...before, [idOf(each)]: reason }))}
                  decided={decided}
                />
              </Asked>
            ))}
          </ul>
        </section>
      ) : null}
      <section>
        <h2>{t("custody_made")}</h2>
        <Decisions key={made} of="me" />
      </section>
    </main>
  );
}

interface AskedProps {
  readonly wish: Wish;
  readonly chosen: boolean;
  readonly choose: () => void;
  readonly children: JSX.Element;
}

/** The motive first, beside the time that is left; below the one that is chosen, what decides on it. */
function Asked({ wish, chosen, choose, children }: AskedProps): JSX.Element {
  const left = wish.due ? secondsUntil(wish.due) : undefined;
  const late = left !== undefined && left <= 0;
  return (
    <li id={idOf(wish)} class={`wish ${wish.danger ?? "calm"} ${chosen ? "chosen" : ""}`} aria-current={chosen ? "true" : undefined} onClick={choose} onFocusIn={choose}>
      <p class="until">
        <b class={late ? "late-clock" : ""}>{span(Math.abs(left ?? secondsUntil(wish.asked_at)))}</b>
        <small>{t(left === undefined ? "custody_since" : late ? "custody_late" : "custody_left")}</small>
      </p>
      <div>
        <h3 class="hidden-text">{t("custody_motive")}</h3>
        <Told text={wish.motive} />
        <p class="facts-line">
          {wish.danger ? <span class={`chip ${wish.danger}`}><Icon name="siren" size="small" />{t(`danger_${wish.danger}`)}</span> : null}
          <b>{named(words.units, wish.unit)}</b>
          <span>{said("disclosure", wish.disclosure)}</span>
          <span>{t(`rule_${wish.rule}`)}</span>
          <button type="button" class="link" aria-expanded={chosen} onClick={choose}><Code text={wish.case} /></button>
        </p>
        {chosen ? children : null}
      </div>
    </li>
  );
}

interface DecideProps {
  readonly wish: Wish;
  readonly reason: string;
  readonly write: (reason: string) => void;
  readonly decided: () => void;
}

function Decide({ wish, reason, write, decided }: DecideProps): JSX.Element {
  const [wanted, want] = useState<Outcome>();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  /** One key for each decision in its words: a repeat after a doubt decides once. */
  const keys = useRef<Record<string, string>>({});
  const id = `reason-${idOf(wish)}`;
  const send = async (outcome: Outcome): Promise<void> => {
    if (busy) return;
    want(outcome);
    if (!reason.trim()) {
      setWrong("reason");
      field.current?.focus();
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
  useKeys((act) => {
    if (act === "confirm") void send("release");
    else if (act === "reject") void send("refuse");
    else if (act === "note") field.current?.focus();
    else if (act === "leave" && document.activeElement === field.current) field.current?.blur();
    else return false;
    return true;
  });
  // Once it is known what is decided, the reason is sent from within it.
  const keyOf = (outcome: Outcome): readonly string[] =>
    wanted === outcome ? ["Ctrl", "Enter"] : [signOf(outcome === "release" ? "confirm" : "reject")];
  return (
    <div class="deciding-on">
      <label for={id}>{t("custody_reason")} <Key sign={signOf("note")} /></label>
      <textarea
        id={id}
        ref={field}
        dir="auto"
        rows={2}
        maxLength={2000}
        value={reason}
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && wanted) void send(wanted);
        }}
      />
      <p role="alert">{wrong ? (wrong === "reason" ? t("custody_no_reason") : refusal(wrong)) : ""}</p>
      <p class="actions">
        <button type="button" class="button" disabled={busy} onClick={() => void send("release")}>{t("custody_release")} <Key sign={keyOf("release")} /></button>{" "}
        <button type="button" class="button quiet" disabled={busy} onClick={() => void send("refuse")}>{t("custody_refuse")} <Key sign={keyOf("refuse")} /></button>
      </p>
    </div>
  );
}
