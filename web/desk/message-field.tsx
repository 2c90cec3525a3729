// A field for words to a reporter: with the templates that the jurisdiction gives, by digits.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { goInto } from "./focus";
import { digitOf } from "./keys";
import { code, t, words } from "./words";

interface Template {
  readonly id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
}

type Kind = "questions" | "messages";
type Templates = Readonly<Record<Kind, readonly Template[]>>;

let fetched: Promise<Templates> | undefined;
/** Once they are there, a field has them from its first moment: a quick digit must not land in it. */
let there: Templates | undefined;

/** The templates of the jurisdiction, fetched once; none where they do not come. */
export function templates(): Promise<Templates> {
  fetched ??= fetch(words.templates, { referrerPolicy: "no-referrer" })
    .then(async (answer) => {
      there = (await answer.json()) as Templates;
      return there;
    })
    .catch(() => {
      fetched = undefined;
      return { questions: [], messages: [] };
    });
  return fetched;
}

interface WordedProps {
  readonly id: string;
  readonly kind: Kind;
  /** The language of the reporter. */
  readonly lang: string;
  readonly most: number;
  readonly value: string;
  readonly keep: (text: string) => void;
}

/** A digit puts the words of that template into the field while it is empty, or as a template left it. */
export function Worded({ id, kind, lang, most, value, keep }: WordedProps): JSX.Element {
  const [those, setThose] = useState<readonly Template[]>(there?.[kind] ?? []);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (field.current) goInto(field.current);
    void templates().then((found) => setThose(found[kind]));
  }, []);
  const textOf = (one: Template | undefined): string | undefined => one?.texts[lang] ?? one?.texts[code];
  const untouched = !value || those.some((each) => textOf(each) === value);
  const choose = (place: number): boolean => {
    const chosen = those[place];
    const text = textOf(chosen);
    if (text) keep(text);
    field.current?.focus();
    return Boolean(text);
  };
  return (
    <>
      {those.length ? (
        <div class="acts templates" role="group" aria-label={t("templates")}>
          {those.map((each, place) => (
            <button type="button" class="button quiet" key={each.id} onClick={() => choose(place)}>
              <kbd>{place + 1}</kbd> {each.names[code] ?? each.id}
            </button>
          ))}
        </div>
      ) : null}
      <textarea
        id={id}
        ref={field}
        dir="auto"
        rows={3}
        maxLength={most}
        autocomplete="off"
        value={value}
        onInput={(event) => keep(event.currentTarget.value)}
        onKeyDown={(event) => {
          const digit = !untouched || event.ctrlKey || event.altKey || event.metaKey ? undefined : digitOf(event);
          if (digit && choose(digit - 1)) event.preventDefault();
        }}
      />
      {those.length ? <small>{t("template_digit")}</small> : null}
    </>
  );
}
