// The form of an act: what is chosen by digits first, one after the other, then what is typed.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ActId, type Asked, draftOf, drafts, type FormId } from "./acts";
import { call, type CaseView, kindOf, newKey, type Person, Refused } from "./api";
import { Choices, Opened } from "./choices";
import { sha256Of } from "./bytes";
import { goInto } from "./focus";
import type { Field, Values } from "./fields";
import { FORMS } from "./forms";
import { useKeys } from "./keys";
import { titleOf } from "./legal-holds";
import { refusal, wrongIn } from "./refusals";
import { type Act, sendWaiting } from "./pending-decisions";
import { number, said, t } from "./words";
import { MentionField } from "./mention-field";
import { Worded } from "./message-field";

export interface ActingProps {
  readonly view: CaseView;
  readonly etag: string;
  readonly person: Person;
  readonly asked: Asked;
  readonly acts: readonly ActId[];
  readonly ask: (asked?: Asked) => void;
  /** The act is on its way, and can be taken back until it is sent; what it is, in words. */
  readonly soon: (sent: Act, told: string) => void;
  /** The act holds: what it was, in words. */
  readonly done: (told: string) => void;
  /** The case changed meanwhile, and has to be read again before the act is. */
  readonly changed: (kind: string) => void;
}

interface FormProps extends ActingProps {
  readonly act: FormId;
  /** The digits that were pressed before the form was there. */
  readonly early: () => readonly number[];
}

/** Refusals after which the case has to be read again; what was typed stays. */
const CHANGED: readonly string[] = ["case-changed", "news-unseen", "reports-unseen"];
/** The calls of supervisors stand elsewhere. */
const ON_DUTY: readonly FormId[] = ["retry", "reassign"];
const MOST_BY_DIGITS = 10;

export function Form({ view, etag, person, asked, act, ask, soon, done, changed, early }: FormProps): JSX.Element {
  const form = FORMS[act];
  const title = titleOf(view, act, asked.of);
  const place = draftOf(view.id, { ...asked, act });
  const [draft, setDraft] = useState(() => {
    const kept = drafts.get(place) ?? { values: about(asked.of), key: newKey() };
    const pressed = early();
    // What is not read yet has no digits.
    const values = (form.ready ? [] : pressed).reduce((before, at) => chosenAt(form.fields(view, before, person), before, at), kept.values);
    return { values, key: values === kept.values ? kept.key : newKey() };
  });
  const [wrong, setWrong] = useState("");
  const [sending, setSending] = useState(false);
  const [ready, setReady] = useState(!form.ready);
  useEffect(() => {
    form.ready?.(view).then(
      () => setReady(true),
      (error: unknown) => setWrong(refusal(kindOf(error))),
    );
  }, []);
  const { values } = draft;
  const fields = form.fields(view, values, person);
  const open = unchosen(fields, values);
  const typed: Values = { ...Object.fromEntries(fields.map((each) => [each.name, each.usual ?? ""])), ...values };
  const keep = (name: string, value: string): void => {
    const now = { values: { ...draft.values, [name]: value }, key: newKey() };
    drafts.set(place, now);
    setDraft(now);
    setWrong("");
  };
  const choose = (at: number): void => {
    const chosen = open?.options?.[at];
    if (open && chosen) keep(open.name, chosen.id);
  };
  useKeys((_, digit) => {
    if (!ready || !open || digit === undefined) return false;
    choose((digit + 9) % 10);
    return true;
  });
  const send = async (): Promise<void> => {
    const lacking = fields.find((each) => isLacking(each, typed[each.name] ?? ""));
    if (lacking) {
      setWrong(t((lacking.least ?? 0) > 1 ? "field_short" : "field_lacking", { field: labelOf(lacking), n: number(lacking.least ?? 0) }));
      document.getElementById(`act-${lacking.name}`)?.focus();
      return;
    }
    if (sending) return;
    const path = `/v1/desk/${ON_DUTY.includes(act) ? "duty" : "cases"}/${view.id}/${form.call(typed, person)}`;
    const request = { method: form.method ?? "POST", path, body: form.body(typed, view, person), etag } as const;
    if (form.soon) {
      drafts.delete(place);
      soon({ id: view.id, outcome: form.soon, about: form.about?.(view, typed), asked: (key) => ({ ...request, key }), back: () => void drafts.set(place, draft) }, title);
      return;
    }
    setSending(true);
    try {
      // What can be undone still was before it.
      await sendWaiting();
      await call({ ...request, key: draft.key });
      drafts.delete(place);
      done(title);
    } catch (error) {
      setSending(false);
      const { kind, findings } = error instanceof Refused ? error : new Refused("internal");
      if (CHANGED.includes(kind)) changed(kind);
      else setWrong([refusal(kind), ...new Set(findings.map(wrongIn))].join(" "));
    }
  };
  const first = form.first?.(view, typed);
  const warning = form.warns?.(view, typed);
  if (!ready) return <Opened title={title} leave={() => ask()}><p role="status">{wrong || t("wait")}</p></Opened>;
  if (open) {
    const names = (open.options ?? []).map((each) => each.name);
    return <Choices title={`${title}: ${labelOf(open)}`} why={asked.before && t("ask_admit_first")} names={names} choose={choose} leave={() => ask()} />;
  }
  return (
    <Opened title={title} leave={() => ask()}>
      <form
        class="act"
        tabIndex={-1}
        aria-label={title}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
        onKeyDown={(event) => {
          // The form itself has the focus where digits answered all of its questions.
          if (event.key === "Enter" && (event.ctrlKey || event.target === event.currentTarget)) {
            event.preventDefault();
            event.currentTarget.requestSubmit();
          }
        }}
      >
        {HINTS.includes(act) ? <p class="hint">{t(`hint_${act}` as "hint_look")}</p> : null}
        {first ? (
          <p class="note">
            {first.why} {first.act ? <First to={first.act} go={(to) => ask({ act: to, from: act })} /> : null}
          </p>
        ) : null}
        {warning ? <p class="inset warn" role="alert">{warning}</p> : null}
        {form.sure ? <p class="note">{form.sure(view, typed)}</p> : null}
        <Fields fields={fields} values={typed} keep={keep} />
        {wrong ? <p role="alert" class="wrong">{wrong}</p> : null}
        <p><button type="submit" class="button" disabled={sending}>{form.sure ? title : t("act_send")} <kbd>Ctrl</kbd> <kbd>Enter</kbd></button></p>
      </form>
    </Opened>
  );
}

const First = ({ to, go }: { to: ActId; go: (to: ActId) => void }): JSX.Element => (
  <button type="button" class="link" onClick={() => go(to)}>{t(`act_${to}`)}</button>
);

/** Acts whose effect is said before they are sent. */
const HINTS: readonly FormId[] = ["look", "split", "retry", "erase", "message", "pass", "admit", "take_out", "note", "identity_ask", "court_hold", "court_lift"];

/** The first question that is answered by a digit and is not answered. */
const unchosen = (fields: readonly Field[], values: Values): Field | undefined =>
  fields.find((each) => each.is === "choice" && (each.options?.length ?? 0) <= MOST_BY_DIGITS && !values[each.name]);

function chosenAt(fields: readonly Field[], values: Values, at: number): Values {
  const open = unchosen(fields, values);
  const chosen = open?.options?.[at];
  return open && chosen ? { ...values, [open.name]: chosen.id } : values;
}

const about = (of: string | undefined): Values => (of ? { report: of, reports: of, suspect: of, request: of, settles: of, hold: of } : {});
const labelOf = (field: Field): string => said("field", field.name);
const isLacking = ({ optional, least }: Field, value: string): boolean => {
  const length = [...value.trim()].length;
  return length ? length < (least ?? 0) : !optional;
};

interface FieldsProps {
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly keep: (name: string, value: string) => void;
}

function Fields({ fields, values, keep }: FieldsProps): JSX.Element {
  const group = useRef<HTMLDivElement>(null);
  // The first field that lacks something, else the words that were kept. What sends them never has the
  // focus: the next space that its writer types would.
  useEffect(() => {
    const inputOf = ({ name }: Field): HTMLElement | null => document.getElementById(`act-${name}`);
    const first =
      fields.find((each) => isLacking(each, values[each.name] ?? "")) ??
      fields.find((each) => (each.is === "words" || each.is === "line") && values[each.name]);
    const place = first ? inputOf(first) : group.current?.closest("form");
    if (place) goInto(place);
  }, []);
  return (
    <div class="fields" ref={group}>
      {fields.map((field) => (
        <p key={field.name} class={field.is}>
          <label for={`act-${field.name}`}>{labelOf(field)}{field.optional ? <small> ({t("optional")})</small> : null}</label>
          <Input field={field} value={values[field.name] ?? ""} keep={(value) => keep(field.name, value)} />
        </p>
      ))}
    </div>
  );
}

function Input({ field, value, keep }: { field: Field; value: string; keep: (value: string) => void }): JSX.Element {
  const id = `act-${field.name}`;
  const { most } = field;
  if (field.options) {
    return (
      <select id={id} value={value} onChange={(event) => keep(event.currentTarget.value)}>
        {value && !field.optional ? null : <option value="" />}
        {field.options.map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
      </select>
    );
  }
  if (field.lang) return <Worded id={id} kind="messages" lang={field.lang} most={most ?? 4000} value={value} keep={keep} />;
  if (field.of) return <MentionField id={id} of={field.of} most={most ?? 2000} value={value} keep={keep} />;
  if (field.is === "words") {
    return <textarea id={id} dir="auto" rows={2} maxLength={most ?? 500} autocomplete="off" value={value} onInput={(event) => keep(event.currentTarget.value)} />;
  }
  if (field.is === "file") {
    // The file stays where it is.
    const read = async (file: File | undefined): Promise<void> => keep(file ? `${await sha256Of(await file.arrayBuffer())} ${file.name}` : "");
    return <input id={id} type="file" onChange={(event) => void read(event.currentTarget.files?.[0])} />;
  }
  const typed = { id, value, autocomplete: "off", onInput: (event: { currentTarget: HTMLInputElement }) => keep(event.currentTarget.value) };
  if (field.is === "day") return <input type="date" {...typed} />;
  return (
    <>
      <input type="text" dir="auto" maxLength={most ?? 200} list={field.offered ? `${id}-offered` : undefined} {...typed} />
      {field.offered ? <datalist id={`${id}-offered`}>{field.offered.map((each) => <option key={each} value={each} />)}</datalist> : null}
    </>
  );
}
