// Where a report stands, what is asked, and what its reporter adds.
import { type ComponentChildren, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { address, call, type Progress, Refused } from "./api";
import { Heading, LongText, Summary, type Wrong } from "./fields";
import { data } from "./page-data";
import { t, when } from "./texts";

interface Codes {
  readonly reference: string;
  readonly receipt: string;
}

type Post = NonNullable<Progress["messages"]>[number];

export function read(codes: Codes): Promise<Progress> {
  return call<Progress>({
    method: "GET",
    path: address("/v1/reports/{reference}", { reference: codes.reference.trim() }),
    headers: { Authorization: `Receipt ${codes.receipt.trim()}`, "Accept-Language": data.language },
  });
}

export function reason(error: unknown): string {
  const kind = error instanceof Refused ? error.kind : "network";
  if (kind === "receipt-not-recognised" || kind === "receipt-missing") return t("error.unknown_report");
  if (kind === "too-many-additions") return t("error.many_additions");
  if (kind === "key-conflict") return t("error.sent_before");
  return kind === "network" ? t("error.network") : t("error.busy");
}

export function Following(props: Codes & { told?: Progress; close: () => void }): JSX.Element {
  const [told, setTold] = useState(props.told);
  const [failure, setFailure] = useState("");
  const look = (): void => {
    setFailure("");
    read(props).then(setTold, (error: unknown) => setFailure(reason(error)));
  };
  useEffect(() => {
    if (!told) look();
  }, []);
  return (
    <>
      <Heading>{t("follow.status")}</Heading>
      {failure ? <p class="error" role="alert">{failure}</p> : null}
      {told ? <Standing told={told} codes={props} look={look} /> : failure ? null : <p role="status">{t("report.loading")}</p>}
      <p class="actions">
        <button type="button" class="button quiet" onClick={look}>{t("follow.refresh")}</button>
        <button type="button" class="button quiet" onClick={props.close}>{t("follow.close")}</button>
      </p>
    </>
  );
}

function Standing({ told, codes, look }: { told: Progress; codes: Codes; look: () => void }): JSX.Element {
  const posts = told.messages ?? [];
  const additions = told.additions ?? [];
  return (
    <>
      <p class="code" dir="ltr">{told.reference}</p>
      <p class="standing" role="status">{told.text}</p>
      {(told.notes ?? []).map((each) => <p key={each}>{each}</p>)}
      <h2>{t("follow.timeline")}</h2>
      <ol class="timeline">
        {told.timeline.map((entry) => (
          <li key={`${entry.status} ${entry.at ?? ""}`}>
            {entry.text}
            {entry.at ? <time dateTime={entry.at}>{when(entry.at)}</time> : <small>{t("follow.undated")}</small>}
          </li>
        ))}
      </ol>
      {posts.length ? <h2>{t("follow.messages")}</h2> : null}
      {posts.map((post) => (
        <Message key={post.at + post.text} post={post} codes={codes} look={look} />
      ))}
      {additions.length ? <h2>{t("follow.additions")}</h2> : null}
      {additions.map((each) => (
        <div class="post" key={each.id}>
          <p class="hint">{when(each.added_at)}</p>
          <p><bdi class="typed">{each.text}</bdi></p>
        </div>
      ))}
      <section>
        <h2>{t("follow.add")}</h2>
        <Adding id="addition" label={t("follow.addition")} hint={t("follow.add_hint")} codes={codes} look={look} />
      </section>
    </>
  );
}

function Message({ post, codes, look }: { post: Post; codes: Codes; look: () => void }): JSX.Element {
  const question = post.question ?? undefined;
  return (
    <div class="post">
      <p class="hint">
        {question === undefined ? null : <b>{t("follow.questions")} · </b>}
        {when(post.at)}
      </p>
      <p><bdi class="typed">{post.text}</bdi></p>
      {question === undefined ? null : post.answered ? (
        <p>{t("follow.answered")}</p>
      ) : (
        <Adding id={`answer-${question}`} label={t("follow.answer")} codes={codes} look={look} answers={question} />
      )}
    </div>
  );
}

interface AddingProps {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly hint?: string;
  readonly codes: Codes;
  readonly answers?: number;
  readonly look: () => void;
}

function Adding({ id, label, hint, codes, answers, look }: AddingProps): JSX.Element {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<Wrong>(new Map());
  const [state, setState] = useState("");
  // Made once for what is typed: a repeat after a doubt is the same addition.
  const key = useRef(crypto.randomUUID());
  const busy = useRef(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.current) return;
    if (!text.trim()) {
      setWrong(new Map([[id, t("error.message")]]));
      return;
    }
    busy.current = true;
    setWrong(new Map());
    setState(t("report.sending"));
    try {
      await call<unknown>({
        method: "POST",
        path: `${address("/v1/reports/{reference}", { reference: codes.reference.trim() })}/additions`,
        headers: { Authorization: `Receipt ${codes.receipt.trim()}`, "Idempotency-Key": key.current },
        body: { text, ...(answers === undefined ? {} : { answers }) },
        tell: () => setState(t("report.retrying")),
      });
      setText("");
      key.current = crypto.randomUUID();
      setState(t("follow.added"));
      look();
    } catch (error) {
      const kind = error instanceof Refused ? error.kind : "network";
      if (kind === "key-conflict") key.current = crypto.randomUUID();
      setState("");
      setWrong(new Map([[id, kind === "not-valid" ? t("error.refused") : reason(error)]]));
    } finally {
      busy.current = false;
    }
  };
  return (
    <form onSubmit={(event) => void send(event)} noValidate autocomplete="off">
      <Summary wrong={wrong} />
      <LongText id={id} label={label} hint={hint} wrong={wrong} value={text} limit={20_000} onChange={setText} />
      <p class="actions">
        <button class="button">{t("follow.add_send")}</button>
      </p>
      <p role="status" class="state">{state}</p>
    </form>
  );
}
