// Where a report stands, what is asked, and what its reporter adds.
import { type ComponentChildren, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Addition, address, call, type Progress, Refused, words } from "./api";
import { InSight } from "./codes";
import { askBeforeLosing, losing } from "./quick-exit";
import { Calls, Choice, Heading, LongText, Select, Summary, type Wrong } from "./fields";
import { odd } from "./unsendable-characters";
import { data } from "./page-data";
import { span, t, when } from "./texts";
import { Waiting } from "./notice-box";
import { Typed } from "./user-text";

interface Codes {
  readonly reference: string;
  readonly receipt: string;
}

type Post = NonNullable<Progress["messages"]>[number];
type Kind = NonNullable<Addition["kind"]>;
type Corrected = NonNullable<Addition["corrects"]>;

const KINDS: readonly Kind[] = ["more", "correction", "withdrawal"];
const CORRECTED: readonly Corrected[] = [
  "narrative", "locations", "seen_at", "money_lost", "territory", "category", "role", "addition", "other",
];

/** What is typed and not sent, by report and field: closing a report, or going back, loses none of it. */
const drafts = new Map<string, Draft>();

interface Draft {
  readonly text: string;
  readonly kind: Kind;
  readonly corrects: Corrected | "";
  /** Made once for what is typed: a repeat after a doubt is the same addition. */
  readonly key: string;
}

/** Characters of a text that is added, as many as the service takes. */
const LONGEST = 20_000;
const fresh = (text: string): Draft => ({ text, kind: "more", corrects: "", key: crypto.randomUUID() });

/** The latest of a report, or the page that a cursor leads to. */
export function read(codes: Codes, cursor = ""): Promise<Progress> {
  const path = address("/v1/reports/{reference}", { reference: codes.reference.trim() });
  return call<Progress>({
    method: "GET",
    path: cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path,
    headers: { Authorization: `Receipt ${codes.receipt.trim()}`, "Accept-Language": data.language },
  });
}

export function reason(error: unknown): string {
  const kind = error instanceof Refused ? error.kind : "network";
  if (kind === "receipt-not-recognised" || kind === "receipt-missing") return t("error.unknown_report");
  if (kind === "too-many-additions") return t("error.many_additions");
  if (kind === "key-conflict") return t("error.sent_before");
  if (error instanceof Refused && kind === "wait") return t("error.wait", { wait: span(error.seconds) });
  return kind === "network" ? t("error.network") : t("error.busy");
}

/** The same, with a page of what is older before it. */
function withOlder(told: Progress, older: Progress): Progress {
  const { cursor: _, ...latest } = told;
  return {
    ...latest,
    timeline: [...older.timeline, ...told.timeline],
    messages: [...(older.messages ?? []), ...(told.messages ?? [])],
    additions: [...(older.additions ?? []), ...(told.additions ?? [])],
    ...(older.cursor ? { cursor: older.cursor } : {}),
  };
}

/** Whether the page may be closed: asked while a file is sent, which would end. */
export function mayClose(): boolean {
  return !losing("files") || confirm(t("follow.sending"));
}

/** The status in which people are waited for. */
const WAITING = "in_review";

/** The button may stand at the lower edge of a screen, and what failed below it. */
const intoSight = (text: HTMLElement | null): void => text?.scrollIntoView({ block: "nearest" });

interface Shown extends Codes {
  readonly told?: Progress;
  /** Whether its files were asked for. */
  readonly files?: boolean;
  /** Whether both codes are shown, as on the receipt from which the page was opened. */
  readonly inSight?: boolean;
  readonly close: () => void;
}

export function Following(props: Shown): JSX.Element {
  const [told, setTold] = useState(props.told);
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const ask = (cursor: string, take: (page: Progress) => void): void => {
    setFailure("");
    setBusy(true);
    read(props, cursor)
      .then(take, (error: unknown) => setFailure(reason(error)))
      .finally(() => setBusy(false));
  };
  const look = (): void => ask("", setTold);
  const older = told?.cursor ? (): void => ask(told.cursor ?? "", (page) => setTold(withOlder(told, page))) : undefined;
  useEffect(() => {
    if (!told) look();
  }, []);
  const codes = props.inSight ? <InSight reference={props.reference} receipt={props.receipt} /> : undefined;
  return (
    <>
      <Heading>{t("follow.status")}</Heading>
      {codes && !(told && props.files) ? codes : null}
      {told ? (
        <Standing told={told} codes={{ reference: told.reference, receipt: props.receipt }} look={look} files={props.files ?? false} inSight={codes} />
      ) : null}
      <p class="actions">
        {older ? <button type="button" class="button quiet" onClick={older}>{t("follow.older")}</button> : null}
        <button type="button" class="button quiet" onClick={look}>{t("follow.refresh")}</button>
        <button type="button" class="button quiet" onClick={() => mayClose() && props.close()}>{t("follow.close")}</button>
      </p>
      {failure ? <p class="error" role="alert" ref={intoSight}>{failure}</p> : null}
      <p role="status" class="state">{busy ? <Waiting text={t("report.loading")} /> : ""}</p>
    </>
  );
}

interface StandingProps {
  readonly told: Progress;
  readonly codes: Codes;
  readonly look: () => void;
  readonly files: boolean;
  /** Both codes as they are shown. Where the files are in front, they stand with them. */
  readonly inSight: JSX.Element | undefined;
}

function Standing({ told, codes, look, files, inSight }: StandingProps): JSX.Element {
  const posts = told.messages ?? [];
  const additions = told.additions ?? [];
  const waits = told.status === WAITING ? told.timeline.filter((entry) => entry.status === WAITING).pop()?.at : undefined;
  return (
    <>
      {inSight ? null : <p class="code" dir="ltr">{told.reference}</p>}
      <p class="standing" role="status">
        {told.text}
        {waits ? <small>{t("follow.waiting", { day: when(waits) })}</small> : null}
      </p>
      {(told.notes ?? []).map((each) => <p key={each}>{each}</p>)}
      {told.number_opened?.length ? (
        <div class="inset">
          {told.number_opened.map((at) => <p key={at}>{t("follow.number_opened", { day: when(at) })}</p>)}
          <p>{t("follow.number_opened_help")}</p>
          <Calls calls={data.calls} />
        </div>
      ) : null}
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
          <p class="hint">
            {each.kind === "correction" ? <><b>{t("follow.correction")}</b> · </> : null}
            {each.kind === "withdrawal" ? <><b>{t("follow.withdrawal")}</b> · </> : null}
            {when(each.added_at)}
          </p>
          <p><Typed text={each.text} /></p>
        </div>
      ))}
      <section class="no-print">
        <h2>{t("follow.add")}</h2>
        <Adding id="addition" label={t("follow.addition")} hint={t("follow.add_hint")} codes={codes} look={look} />
      </section>
      <Sending codes={codes} asked={files} inSight={inSight} />
      <Proving codes={codes} />
    </>
  );
}

/** The files of the report, for those who want to send or see some. */
function Sending({ codes, asked, inSight }: { codes: Codes; asked: boolean; inSight: JSX.Element | undefined }): JSX.Element {
  const [part, setPart] = useState<typeof import("./files")>();
  const [failed, setFailed] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const open = (): void => {
    setFailed(false);
    Promise.all([import("./files"), words()]).then(([files]) => setPart(files), () => setFailed(true));
  };
  const whole = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!asked) return;
    open();
    whole.current?.scrollIntoView();
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={whole}>
      {asked ? inSight : null}
      <section class="no-print">
        <h2 ref={heading} tabIndex={-1}>{t("files.title")}</h2>
        {part ? <part.Files codes={codes} reason={reason} /> : (
          <p class="actions">
            <button type="button" class="button quiet" onClick={open}>{t("files.show")}</button>
          </p>
        )}
        {failed ? <p class="error" role="alert">{t("error.network")}</p> : null}
      </section>
    </div>
  );
}

/** The proof of the report, for those who want to keep one. */
function Proving({ codes }: { codes: Codes }): JSX.Element {
  const [part, setPart] = useState<typeof import("./files")>();
  const [failed, setFailed] = useState(false);
  const open = (): void => {
    setFailed(false);
    // With the files: a part of its own would make the first page ask for one script more.
    Promise.all([import("./files"), words()]).then(([both]) => setPart(both), () => setFailed(true));
  };
  if (part) return <part.Proof codes={codes} reason={reason} />;
  return (
    <section class="no-print">
      <p class="actions">
        <button type="button" class="button quiet" onClick={open}>{t("follow.proof_open")}</button>
      </p>
      {failed ? <p class="error" role="alert">{t("error.network")}</p> : null}
    </section>
  );
}

function Message({ post, codes, look }: { post: Post; codes: Codes; look: () => void }): JSX.Element {
  const question = post.question ?? undefined;
  return (
    <div class="post">
      <p class="hint">
        {question === undefined ? null : <><b>{t("follow.question")}</b> · </>}
        {when(post.at)}
      </p>
      <p><Typed text={post.text} /></p>
      {question === undefined ? null : post.answered ? (
        <p>{t("follow.answered")}</p>
      ) : (
        <Adding
          id={`answer-${question}`}
          label={t("follow.answer")}
          hint={post.answer_by ? t("follow.answer_by", { day: when(post.answer_by) }) : undefined}
          codes={codes}
          look={look}
          answers={question}
        />
      )}
    </div>
  );
}

interface AddingProps {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly hint?: string | undefined;
  readonly codes: Codes;
  readonly answers?: number;
  readonly look: () => void;
}

function Adding({ id, label, hint, codes, answers, look }: AddingProps): JSX.Element {
  const place = `${codes.reference} ${id}`;
  const [draft, setDraft] = useState<Draft>(() => drafts.get(place) ?? fresh(""));
  const [wrong, setWrong] = useState<Wrong>(new Map());
  const [state, setState] = useState("");
  const busy = useRef(false);
  const keep = (next: Draft): void => {
    setDraft(next);
    if (next.text.trim()) drafts.set(place, next);
    else drafts.delete(place);
    askBeforeLosing("text", drafts.size > 0);
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.current) return;
    const { kind, corrects, key } = draft;
    // A withdrawal needs no words.
    const text = kind === "withdrawal" && !draft.text.trim() ? t("adding.withdrawal") : draft.text;
    const refused = !text.trim() ? t("error.message")
      : [...text].length > LONGEST ? t("error.narrative_long")
      : odd(text) ? t("error.control")
      : "";
    if (refused) {
      setState("");
      setWrong(new Map([[id, refused]]));
      return;
    }
    busy.current = true;
    setWrong(new Map());
    setState(t("report.sending"));
    try {
      await call<unknown>({
        method: "POST",
        path: `${address("/v1/reports/{reference}", { reference: codes.reference.trim() })}/additions`,
        headers: { Authorization: `Receipt ${codes.receipt.trim()}`, "Idempotency-Key": key },
        body: {
          text,
          ...(kind === "more" ? {} : { kind }),
          ...(kind === "correction" && corrects ? { corrects } : {}),
          ...(answers === undefined ? {} : { answers }),
        },
        tell: () => setState(t("report.retrying")),
      });
      // What was typed meanwhile is for the next one.
      const since = drafts.get(place)?.text ?? "";
      keep(fresh(since === draft.text ? "" : since));
      setState(kind === "withdrawal" ? t("note.withdrawn") : kind === "correction" ? t("note.corrected") : t("note.added"));
      look();
    } catch (error) {
      const kind = error instanceof Refused ? error.kind : "network";
      if (kind === "key-conflict") keep(fresh(drafts.get(place)?.text ?? ""));
      setState("");
      setWrong(new Map([[id, kind === "not-valid" ? t("error.refused") : reason(error)]]));
    } finally {
      busy.current = false;
    }
  };
  return (
    <form onSubmit={(event) => void send(event)} noValidate autocomplete="off">
      <Summary wrong={wrong} />
      {answers === undefined ? <What draft={draft} keep={keep} wrong={wrong} /> : null}
      <LongText id={id} label={label} hint={hint} wrong={wrong} value={draft.text} limit={LONGEST} onChange={(typed) => keep({ ...draft, text: typed })} />
      <p class="actions">
        <button class="button">
          {t(answers !== undefined ? "follow.answer_send" : draft.kind === "withdrawal" ? "adding.withdrawal" : "follow.add_send")}
        </button>
      </p>
      <p role="status" class="state">{state}</p>
    </form>
  );
}

/** What an addition is for its reporter. */
function What({ draft, keep, wrong }: { draft: Draft; keep: (next: Draft) => void; wrong: Wrong }): JSX.Element {
  return (
    <>
      <Choice
        id="kind"
        legend={t("follow.what")}
        options={KINDS.map((value) => ({ value, label: t(`adding.${value}`) }))}
        value={draft.kind}
        wrong={wrong}
        onChange={(kind) => keep({ ...draft, kind })}
      />
      {draft.kind === "withdrawal" ? <p class="hint">{t("follow.withdrawal_hint")}</p> : null}
      {draft.kind === "correction" ? (
        <Select
          id="corrects"
          label={t("follow.corrects")}
          none=""
          options={CORRECTED.map((value) => ({ value, label: t(`corrects.${value}`) }))}
          value={draft.corrects}
          wrong={wrong}
          onChange={(value) => keep({ ...draft, corrects: value as Corrected | "" })}
        />
      ) : null}
    </>
  );
}
