// One field for a list too long to show: a few letters find the entry (the combobox of ARIA's patterns).
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { folded } from "./folded";
import { useKeysOfAForm } from "./keys";

export interface Option {
  readonly id: string;
  readonly name: string;
  /** What kind of thing it is, in a word. */
  readonly kind: string;
}

const MOST = 6;

/** How far a name is from what was typed: it is the name, begins it, begins a word of it, or is in it. */
function fit(name: string, wanted: string): number {
  const whole = folded(name);
  const bare = (word: string): string => word.replace(/^ال/, "");
  if (bare(whole) === bare(wanted)) return 0;
  if (bare(whole).startsWith(bare(wanted))) return 1;
  return whole.split(/[\s'’-]+/).some((word) => bare(word).startsWith(bare(wanted))) ? 2 : 3;
}

interface PickProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly options: readonly Option[];
  readonly choose: (option: Option) => void;
}

export function Pick({ id, label, hint, options, choose }: PickProps): JSX.Element {
  useKeysOfAForm();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const wanted = folded(typed.trim());
  const fitting = wanted ? options.filter((each) => folded(each.name).includes(wanted)) : [];
  const found = fitting.sort((one, other) => fit(one.name, wanted) - fit(other.name, wanted)).slice(0, MOST);
  const pressed = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const chosen = found[at];
    if (step && found.length) setAt((at + step + found.length) % found.length);
    else if (event.key === "Enter" && chosen) choose(chosen);
    else return;
    event.preventDefault();
  };
  return (
    <div class="pick">
      <label for={id} class="hidden-text">{label}</label>
      <input
        id={id}
        ref={field}
        role="combobox"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-describedby={`${id}-hint`}
        aria-activedescendant={found.length ? `${id}-${at}` : undefined}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <p class="hint" id={`${id}-hint`}>{hint}</p>
      <ul id={`${id}-list`} role="listbox" aria-label={label}>
        {found.map((each, place) => (
          <li
            key={each.kind + each.id}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === at}
            onPointerDown={(event) => {
              event.preventDefault();
              choose(each);
            }}
          >
            {each.name} <small>{each.kind}</small>
          </li>
        ))}
      </ul>
    </div>
  );
}
