// The auditor's page: whether a chain holds, and what a person did.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { components } from "#types/openapi";
import { asText } from "../portal/hidden-characters";
import { call, kindOf } from "./api";
import { EntryChoices, moveOf } from "./entry-choices";
import { useAsking } from "./latest-request";
import { Code, Said, Told } from "./untrusted-text";
import { Decisions } from "./my-decisions";
import { Listed } from "./openings";
import { refusal } from "./refusals";
import { SeenBy } from "./seen";
import { everybody, type Member } from "./staff";
import { Empty } from "./ui/states";
import { when } from "./times";
import { number, said, t } from "./words";

type Schemas = components["schemas"];
type History = Schemas["History"];
type Searches = Schemas["SearchPage"];
type DecidedOn = Schemas["DecidedOn"];

export function Audit(): JSX.Element {
  const [staff, setStaff] = useState<readonly Member[]>([]);
  const [wrong, setWrong] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    everybody().then(setStaff, (error: unknown) => setWrong(kindOf(error)));
  }, []);
  const names = new Map(staff.map((each) => [each.subject, each.name]));
  return (
    <main class="audit" id="main">
      <h1 class="page-title">{t("audit")}</h1>
      {wrong ? <p role="alert">{refusal(wrong)}</p> : null}
      <Listed />
      <div class="audit-columns">
        <div>
          <ByDay open={setAsked} />
          <ByPerson staff={staff} open={setAsked} />
        </div>
        <ByCase asked={asked} names={names} />
      </div>
    </main>
  );
}

/** A whole history, page by page. */
async function historyOf(id: string): Promise<History> {
  let whole: History | undefined;
  for (;;) {
    const from = whole?.cursor ? `?cursor=${encodeURIComponent(whole.cursor)}` : "";
    const { body } = await call<History>({ method: "GET", path: `/v1/desk/history/${encodeURIComponent(id)}${from}` });
    whole = whole
      ? {
          ...body,
          events: [...whole.events, ...body.events],
          log: [...whole.log, ...body.log],
          marks: [...whole.marks, ...body.marks],
          files: [...(whole.files ?? []), ...(body.files ?? [])],
        }
      : body;
    if (!body.cursor) return whole;
  }
}

function ByCase({ asked, names }: { asked: string; names: ReadonlyMap<string, string> }): JSX.Element {
  const [id, setId] = useState("");
  const [history, setHistory] = useState<History>();
  const [wrong, setWrong] = useState("");
  const verdict = useRef<HTMLParagraphElement>(null);
  const ask = useAsking();
  const read = (which: string): void => {
    setWrong("");
    setHistory(undefined);
    ask(historyOf(which.trim()), setHistory, setWrong);
  };
  useEffect(() => {
    if (!asked) return;
    setId(asked);
    read(asked);
  }, [asked]);
  useEffect(() => verdict.current?.focus(), [history]);
  const by = (subject: string): JSX.Element => <Said text={names.get(subject) ?? (subject === "system" ? t("by_system") : subject)} />;
  return (
    <section>
      <h2>{t("audit_case")}</h2>
      <form
        class="ask-line"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim()) read(id);
        }}
      >
        <label for="audited">{t("audit_case_label")}</label>
        <input id="audited" dir="ltr" value={id} maxLength={40} spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />
        <button type="submit" class="button">{t("audit_read")}</button>
      </form>
      <p role="alert">{wrong ? refusal(wrong) : ""}</p>
      {history || wrong ? null : <Empty title={t("audit_pick")} icon="list"><p>{t("audit_pick_more")}</p></Empty>}
      {history ? (
        <>
          <p tabIndex={-1} ref={verdict} class={`verdict ${verdictOf(history) ? "broken" : "holds"}`}>{verdictOf(history) ?? t("audit_holds")}</p>
          <p class="facts-line"><Code text={history.id} />{history.case_number ? <Code text={history.case_number} /> : null}</p>
          <table class="counts chain">
            <thead>
              <tr><th scope="col">{t("audit_entry")}</th><th scope="col">{t("audit_at")}</th><th scope="col">{t("audit_move")}</th><th scope="col">{t("audit_by")}</th></tr>
            </thead>
            <tbody>
              {history.events.map((each) => (
                <tr key={each.number}>
                  <th scope="row">{number(each.number)}</th>
                  <td><time dateTime={each.at}>{when(each.at)}</time></td>
                  <td>
                    {moveOf(each)}
                    <EntryChoices entry={each} />
                    <OfAFile file={history.files?.find((file) => file.number === each.number)} />
                    {Object.keys(each.data).length ? (
                      <details class="particulars">
                        <summary>{t("audit_data")}</summary>
                        <Code text={JSON.stringify(each.data)} />
                      </details>
                    ) : null}
                  </td>
                  <td>{by(each.by)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <h3>{t("audit_marks")}</h3>
          <ul class="entries">
            {history.marks.map((each) => (
              <li key={[each.kind, each.at, each.by, each.call, each.about, each.report, each.n].join()}>
                <time dateTime={each.at}>{when(each.at)}</time> {said("mark", each.kind)} · {by(each.by)}
                {each.readings ? ` · ${t("audit_readings", { n: number(each.readings) })}` : ""}
                {each.call ? <> · <Code text={each.call} /></> : null}
                {each.about ? ` · ${about(each.about)}` : ""}
                {each.report && each.n ? <FileName report={each.report} n={each.n} name={each.name} /> : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}

type OfFile = NonNullable<History["files"]>[number];

/** Which file an entry tells of, and why somebody wanted it. */
function OfAFile({ file }: { file: OfFile | undefined }): JSX.Element | null {
  if (!file) return null;
  return (
    <>
      <FileName report={file.report} n={file.n} name={file.name} />
      {file.alone ? <b class="particulars">{t("audit_alone")}</b> : null}
      {file.words ? <Told text={file.words} /> : <small class="particulars">{t("audit_words_gone")}</small>}
    </>
  );
}

function FileName({ report, n, name }: { report: string; n: number; name: string | null | undefined }): JSX.Element {
  return (
    <small class="particulars">
      {t("audit_file", { n: number(n) })} <Code text={report} />{name ? <> · <Said text={name} /></> : ` · ${t("audit_file_gone")}`}
    </small>
  );
}

/** Whose motive was read: `identity#2` is the second request, `number#7` the opening of entry 7. */
function about(told: string): string {
  const [kind = "", n = ""] = told.split("#");
  return `${said("about", kind)} ${number(Number(n))}`;
}

/** What is wrong with the chains; undefined where all holds. */
function verdictOf({ broken, log_broken: logBroken, truncated }: History): string | undefined {
  if (broken != null) return t("audit_broken", { n: number(broken) });
  if (logBroken != null) return t("audit_log_broken", { n: number(logBroken) });
  return truncated ? t("audit_truncated") : undefined;
}

/** The day here, as a field of a day writes it. */
const today = (): string => new Date().toLocaleDateString("sv");

/** What was decided on a day of the last month, and by whom. */
function ByDay({ open }: { open: (id: string) => void }): JSX.Element {
  const [day, setDay] = useState(today);
  const [told, setTold] = useState<DecidedOn>();
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const read = (of: string, before?: DecidedOn): void => {
    setWrong("");
    setTold(before);
    const path = `/v1/desk/decisions?day=${encodeURIComponent(of)}${before?.cursor ? `&cursor=${encodeURIComponent(before.cursor)}` : ""}`;
    ask(
      of ? call<DecidedOn>({ method: "GET", path }) : undefined,
      ({ body }) =>
        setTold(
          before
            ? { ...body, decisions: [...before.decisions, ...body.decisions], people: { ...before.people, ...body.people } }
            : body,
        ),
      setWrong,
    );
  };
  useEffect(() => read(day), [day]);
  return (
    <section>
      <h2>{t("audit_day")}</h2>
      <p class="ask-line">
        <label for="day">{t("audit_day_label")}</label>
        <input id="day" type="date" value={day} onInput={(event) => setDay(event.currentTarget.value)} />
      </p>
      <p role="status">{wrong ? refusal(wrong) : told && !told.decisions.length ? t("audit_day_none") : ""}</p>
      {told?.decisions.length ? (
        <ul class="mine" aria-label={t("audit_day")}>
          {told.decisions.map((each) => (
            <li key={each.case + each.event}>
              <time dateTime={each.at}>{when(each.at)}</time>
              <b>{each.move ? said("move", each.move) : `${t("audit_entry")} ${number(each.event)}`}</b>
              <button type="button" class="link" onClick={() => open(each.case)}><Code text={each.case} /></button>
              <span class="hint"><Said text={told.people[each.by] ?? each.by} /></span>
            </li>
          ))}
        </ul>
      ) : null}
      {told?.cursor ? (
        <p><button type="button" class="link" onClick={() => read(told.day, told)}>{t("more")}</button></p>
      ) : null}
    </section>
  );
}

function ByPerson({ staff, open }: { staff: readonly Member[]; open: (id: string) => void }): JSX.Element {
  const [subject, setSubject] = useState("");
  return (
    <section>
      <h2>{t("audit_person")}</h2>
      <label for="person">{t("audit_person_label")}</label>
      <select id="person" value={subject} onChange={(event) => setSubject(event.currentTarget.value)}>
        <option value="">–</option>
        {staff.map((each) => <option key={each.subject} value={each.subject}>{asText(each.name)} ({t(`role_${each.role}`)})</option>)}
      </select>
      {subject ? (
        <>
          <h3>{t("audit_decided")}</h3>
          <Decisions key={subject} of={`staff/${subject}`} open={open} />
          <h3>{t("audit_searched")}</h3>
          <p class="hint">{t("audit_searched_hint")}</p>
          <SearchesOf key={`s${subject}`} subject={subject} />
          <h3>{t("audit_seen")}</h3>
          <p class="hint">{t("audit_seen_hint")}</p>
          <SeenBy key={`l${subject}`} subject={subject} />
        </>
      ) : null}
    </section>
  );
}

function SearchesOf({ subject }: { subject: string }): JSX.Element {
  const [lines, setLines] = useState<Searches["searches"]>();
  const [cursor, setCursor] = useState("");
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const load = (from = ""): void => {
    setWrong("");
    const path = `/v1/desk/staff/${encodeURIComponent(subject)}/searches?limit=20${from ? `&cursor=${encodeURIComponent(from)}` : ""}`;
    ask(
      call<Searches>({ method: "GET", path }),
      ({ body }) => {
        setLines((before) => [...(from ? (before ?? []) : []), ...body.searches]);
        setCursor(body.cursor ?? "");
      },
      setWrong,
    );
  };
  useEffect(() => load(), []);
  if (wrong) return <p role="alert">{refusal(wrong)}</p>;
  if (!lines) return <p role="status" class="late">{t("wait")}</p>;
  if (!lines.length) return <p>{t("audit_searched_none")}</p>;
  return (
    <>
      <ul class="entries">
        {lines.map((each) => (
          <li key={each.at + each.digests.join()}>
            <time dateTime={each.at}>{when(each.at)}</time> {said("ground", each.ground)} · {t("found_n", { n: number(each.found) })}
            <small class="particulars">{each.digests.map((mark) => <span key={mark}><Code text={mark} /> </span>)}</small>
          </li>
        ))}
      </ul>
      {cursor ? <p><button type="button" class="link" onClick={() => load(cursor)}>{t("more")}</button></p> : null}
    </>
  );
}
