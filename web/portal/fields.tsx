// The parts that questions are made of.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Call } from "./page-data";
import { joined, parts, type Typed } from "./report/day";
import { months, plural, t } from "./texts";

/** Field → what is wrong with it, in the words that the summary and the field both show. */
export type Wrong = ReadonlyMap<string, string>;

/** Of the page as it came: several forms of it may be wrong at once. */
const TITLE = document.title;

export function Summary({ wrong }: { wrong: Wrong }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  // Before anything is painted: whoever listens hears the title of what is there now.
  useLayoutEffect(() => {
    if (!wrong.size) return;
    box.current?.focus();
    // Read out first where a title is, and taken back with what was wrong.
    document.title = t("site.named", { name: t("error.title"), what: TITLE });
    return () => {
      document.title = TITLE;
    };
  }, [wrong]);
  if (!wrong.size) return null;
  const go = (event: Event, id: string): void => {
    event.preventDefault();
    const found = document.getElementById(id);
    found?.scrollIntoView({ block: "center" });
    found?.focus();
  };
  return (
    <div class="summary" role="alert" tabIndex={-1} ref={box} aria-labelledby="summary-title">
      <h2 id="summary-title">{plural("problems", wrong.size)}</h2>
      <ul>
        {[...wrong].map(([id, text]) => (
          <li key={id}>
            <a href={`#${id}`} onClick={(event) => go(event, id)}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function ErrorText({ id, wrong }: { id: string; wrong: Wrong }): JSX.Element | null {
  const text = wrong.get(id);
  return text ? (
    <p class="error" id={`${id}-error`}>
      {text}
    </p>
  ) : null;
}

function described(id: string, wrong: Wrong, hint: unknown): string | undefined {
  const ids = [hint ? `${id}-hint` : "", wrong.has(id) ? `${id}-error` : ""].filter(Boolean);
  return ids.join(" ") || undefined;
}

interface FieldProps {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly hint?: string | undefined;
  readonly wrong: Wrong;
}

function Framed({ id, label, hint, wrong, children }: FieldProps & { children: ComponentChildren }): JSX.Element {
  return (
    <div class={wrong.has(id) ? "field wrong" : "field"}>
      <label for={id}>{label}</label>
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      <ErrorText id={id} wrong={wrong} />
      {children}
    </div>
  );
}

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: "text" | "email" | "tel" | "url";
  readonly code?: boolean;
  readonly inputMode?: "decimal" | "email" | "tel" | "url" | undefined;
}

export function TextField(props: TextProps): JSX.Element {
  const { id, wrong, value, hint } = props;
  return (
    <Framed id={id} label={props.label} hint={hint} wrong={wrong}>
      <input
        id={id}
        // Typed as the plainest: the library has one set of attributes for each kind of input.
        type={(props.type ?? "text") as "text"}
        class={props.code ? "code" : undefined}
        value={value}
        dir={props.code ? "ltr" : "auto"}
        inputMode={props.inputMode}
        // A telephone would write an account or an address with a capital, or as another word.
        autocapitalize={props.code ? "none" : undefined}
        autocorrect={props.code ? "off" : undefined}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={wrong.has(id) || undefined}
        aria-describedby={described(id, wrong, hint)}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </Framed>
  );
}

/** How long somebody pauses before the count is read out: not at each letter. */
const QUIET = 1000;

export function LongText(props: FieldProps & { value: string; limit: number; onChange: (value: string) => void }): JSX.Element {
  const { id, wrong, value, limit, hint } = props;
  // Characters as the service counts them: a letter outside the basic plane is one.
  const left = limit - [...value].length;
  const told = left < 0 ? plural("over", -left) : left < 1000 ? plural("left", left) : "";
  const [said, say] = useState("");
  useEffect(() => {
    const later = setTimeout(() => say(told), QUIET);
    return () => clearTimeout(later);
  }, [told]);
  return (
    <Framed id={id} label={props.label} hint={hint} wrong={wrong}>
      <textarea
        id={id}
        value={value}
        dir="auto"
        rows={10}
        autocomplete="off"
        aria-invalid={wrong.has(id) || undefined}
        aria-describedby={described(id, wrong, hint)}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      {told ? <p class={left < 0 ? "error" : "hint"} aria-hidden="true">{told}</p> : null}
      <p class="hidden-text" role="status">{said}</p>
    </Framed>
  );
}

export interface Option<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly hint?: string;
}

interface ChoiceProps<V extends string> {
  readonly id: string;
  readonly legend: ComponentChildren;
  readonly hint?: string | undefined;
  readonly wrong: Wrong;
  readonly options: readonly Option<V>[];
  readonly value: V | undefined;
  readonly onChange: (value: V) => void;
  /** What is asked further once an answer is chosen. */
  readonly within?: Partial<Record<V, ComponentChildren>>;
}

export function Choice<V extends string>(props: ChoiceProps<V>): JSX.Element {
  const { id, wrong, options, value, within } = props;
  return (
    <fieldset class={wrong.has(id) ? "wrong" : undefined} aria-describedby={described(id, wrong, props.hint)}>
      <legend>{props.legend}</legend>
      {props.hint ? (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      ) : null}
      <ErrorText id={id} wrong={wrong} />
      {options.map((option, place) => {
        const own = place === 0 ? id : `${id}-${option.value}`;
        return (
          <div key={option.value}>
            <div class="option">
              <input
                type="radio"
                id={own}
                name={id}
                checked={value === option.value}
                aria-labelledby={`${own}-name`}
                aria-describedby={option.hint ? `${own}-hint` : undefined}
                onChange={() => props.onChange(option.value)}
              />
              <label for={own} id={`${own}-name`}>{option.hint ? <b>{option.label}</b> : option.label}</label>
              {option.hint ? (
                <label for={own} class="hint" id={`${own}-hint`}>
                  {option.hint}
                </label>
              ) : null}
            </div>
            {value === option.value && within?.[option.value] ? (
              <div class="within">{within[option.value]}</div>
            ) : null}
          </div>
        );
      })}
    </fieldset>
  );
}

/** Day, month and year, in the order and the words of the language; `value` is what day.ts joins. */
export function DayField({ id, label, hint, wrong, value, onChange }: FieldProps & {
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  const typed = parts(value);
  const change = (place: number, text: string): void =>
    onChange(joined(typed.map((part, at) => (at === place ? text : part)) as unknown as Typed));
  const shared = {
    autocomplete: "off",
    "aria-invalid": wrong.has(id) || undefined,
    "aria-describedby": described(id, wrong, hint),
  } as const;
  const digits = (own: string, place: number, most: number): JSX.Element => (
    <input
      id={own}
      inputMode="numeric"
      dir="ltr"
      maxLength={most}
      value={typed[place]}
      {...shared}
      onInput={(event) => change(place, event.currentTarget.value)}
    />
  );
  return (
    <fieldset class={wrong.has(id) ? "field wrong" : "field"}>
      <legend>{label}</legend>
      {hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null}
      <ErrorText id={id} wrong={wrong} />
      <div class="date">
        <label for={id}>{t("date.day")}{digits(id, 0, 2)}</label>
        <label for={`${id}-month`}>
          {t("date.month")}
          <select id={`${id}-month`} value={typed[1]} {...shared} onChange={(event) => change(1, event.currentTarget.value)}>
            <option value="" />
            {months().map((name, at) => <option key={name} value={String(at + 1)}>{name}</option>)}
          </select>
        </label>
        <label for={`${id}-year`}>{t("date.year")}{digits(`${id}-year`, 2, 4)}</label>
      </div>
    </fieldset>
  );
}

interface SelectProps extends FieldProps {
  readonly value: string;
  readonly options: readonly Option<string>[];
  readonly none?: string;
  readonly onChange: (value: string) => void;
}

export function Select(props: SelectProps): JSX.Element {
  const { id, wrong, hint } = props;
  return (
    <Framed id={id} label={props.label} hint={hint} wrong={wrong}>
      <select
        id={id}
        value={props.value}
        autocomplete="off"
        aria-invalid={wrong.has(id) || undefined}
        aria-describedby={described(id, wrong, hint)}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.none === undefined ? null : <option value="">{props.none}</option>}
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Framed>
  );
}

interface RowsProps<R extends { readonly id: number }> {
  readonly rows: readonly R[];
  readonly most: number;
  /** What the row of this number is called. */
  readonly name: (number: string) => string;
  /** What the button that adds one says. */
  readonly more: string;
  /** The field of a new row that takes the focus. */
  readonly first: string;
  readonly empty: (id: number) => R;
  readonly onChange: (rows: readonly R[]) => void;
  readonly view: (row: R, change: (part: Partial<R>) => void) => ComponentChildren;
}

/** The same few fields, once or several times. */
export function Rows<R extends { readonly id: number }>(props: RowsProps<R>): JSX.Element {
  const { rows, onChange } = props;
  const focus = (id: number): void => {
    requestAnimationFrame(() => document.getElementById(`${props.first}-${id}`)?.focus());
  };
  const add = (): void => {
    const id = Math.max(...rows.map((row) => row.id)) + 1;
    onChange([...rows, props.empty(id)]);
    focus(id);
  };
  const remove = (row: R): void => {
    const left = rows.filter((each) => each.id !== row.id);
    onChange(left);
    focus(left[Math.max(0, rows.indexOf(row) - 1)]?.id ?? 1);
  };
  return (
    <>
      {rows.map((row, place) => {
        const name = props.name(String(place + 1));
        return (
          <fieldset class="row" key={row.id}>
            <legend class="hidden-text">{name}</legend>
            <div class="row-head">
              <b aria-hidden="true">{name}</b>
              {rows.length > 1 ? (
                <button type="button" class="link" aria-label={t("site.named", { name: t("report.remove"), what: name })} onClick={() => remove(row)}>
                  {t("report.remove")}
                </button>
              ) : null}
            </div>
            {props.view(row, (part) =>
              onChange(rows.map((each) => (each.id === row.id ? { ...each, ...part } : each))),
            )}
          </fieldset>
        );
      })}
      {rows.length < props.most ? (
        <p>
          <button type="button" class="button quiet" onClick={add}>
            {props.more}
          </button>
        </p>
      ) : null}
    </>
  );
}

export function Tick(props: { id: string; label: string; hint?: string; value: boolean; onChange: (value: boolean) => void }): JSX.Element {
  return (
    <div class="option">
      <input
        type="checkbox"
        id={props.id}
        checked={props.value}
        aria-describedby={props.hint ? `${props.id}-hint` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <label for={props.id}>{props.label}</label>
      {props.hint ? <p class="hint" id={`${props.id}-hint`}>{props.hint}</p> : null}
    </div>
  );
}

export function Calls({ calls }: { calls: readonly Call[] }): JSX.Element {
  return (
    <ul class="calls">
      {calls.map((each) => (
        <li key={each.number}>
          <a href={`tel:${each.number}`}>
            <b dir="ltr">{each.number}</b>
          </a>{" "}
          {each.name}
        </li>
      ))}
    </ul>
  );
}

/** A heading that takes the focus when its page appears, so that readers begin there. */
export function Heading({ children, quiet }: { children: ComponentChildren; quiet?: boolean }): JSX.Element {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!quiet) title.current?.focus();
  }, []);
  return (
    <h1 tabIndex={-1} ref={title}>
      {children}
    </h1>
  );
}

export function optional(key: Parameters<typeof t>[0]): string {
  return `${t(key)} ${t("report.optional")}`;
}
