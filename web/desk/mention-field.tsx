// The field of a note: behind an @ a few letters find a colleague who reads the case (a text box with a list, as ARIA has it).
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { mentionedIn, type Reader, readersOf, readReaders } from "./mentions";
import { Said } from "./untrusted-text";
import { t } from "./words";

const MOST = 6;
/** An @ at the beginning of a word, and what was typed behind it until the caret. */
const BEGUN = /(?:^|\s)@([^@\n]{0,40})$/u;

interface MentionFieldProps {
  readonly id: string;
  /** Of the case. */
  readonly of: string;
  readonly most: number;
  readonly value: string;
  readonly keep: (text: string) => void;
}

export function MentionField({ id, of, most, value, keep }: MentionFieldProps): JSX.Element {
  const [readers, setReaders] = useState(readersOf(of));
  const [wanted, setWanted] = useState<string>();
  const [at, setAt] = useState(0);
  const field = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  // Where what is typed next goes, once a name is in the field: before the next key.
  const caretAt = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (caretAt.current === undefined) return;
    field.current?.focus();
    field.current?.setSelectionRange(caretAt.current, caretAt.current);
    caretAt.current = undefined;
  }, [value]);
  useEffect(() => {
    // Without them a note is written all the same, and names nobody.
    readReaders(of).then(setReaders, () => undefined);
  }, []);
  const begins = wanted?.toLocaleLowerCase() ?? "";
  const found = wanted === undefined ? [] : readers.filter((each) => each.name.toLocaleLowerCase().includes(begins)).slice(0, MOST);
  const chosen = mentionedIn(value, readers);
  const read = ({ value: text, selectionStart }: HTMLTextAreaElement): void => {
    setWanted(BEGUN.exec(text.slice(0, selectionStart))?.[1]);
    setAt(0);
  };
  const put = (reader: Reader): void => {
    const { current } = field;
    if (!current) return;
    const caret = current.selectionStart;
    const before = value.slice(0, caret).replace(/@[^@]*$/u, `@${reader.name} `);
    caretAt.current = before.length;
    keep(before + value.slice(caret));
    setWanted(undefined);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (!found.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const one = found[at];
    if (step) setAt((at + step + found.length) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && one) put(one);
    else if (event.key === "Escape") setWanted(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <textarea
        id={id}
        ref={field}
        dir="auto"
        rows={2}
        maxLength={most}
        autocomplete="off"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={list}
        aria-activedescendant={found.length ? `${list}-${at}` : undefined}
        aria-describedby={`${list}-hint`}
        value={value}
        onInput={(event) => {
          keep(event.currentTarget.value);
          read(event.currentTarget);
        }}
        onBlur={() => setWanted(undefined)}
        onKeyDown={pressed}
      />
      <ul id={list} role="listbox" aria-label={t("mention_whom")} class="mentionable" hidden={!found.length}>
        {found.map((each, place) => (
          <li
            key={each.subject}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === at}
            onPointerDown={(event) => {
              event.preventDefault();
              put(each);
            }}
          >
            <Said text={each.name} /> <small>{each.role}</small>
          </li>
        ))}
      </ul>
      <small id={`${list}-hint`}>
        {chosen.length ? <>{t("note_names")} <Said text={chosen.map(({ name }) => name).join(" · ")} /></> : t("mention_how")}
      </small>
    </>
  );
}
