// The palette (Ctrl or ⌘ with K): every act, page and case, found by a few letters.
//   acts     id, group, label, icon?, key? (a sign of keys.ts), words? (what else it is found by), reason? (why it is not
//            open now: it stays, says so, and does nothing), run()
//   label    the name of the field; hint: what stands in it
//   none     what is said where nothing is found
//   close    called when it is left
//   more?    asked as somebody writes: what else there is by these letters, such as cases
// Without letters it shows two columns of groups; with letters one list, the nearest first. Arrow keys, Home and End move,
// Enter runs, Escape leaves. `usePaletteKey(open)` opens it, by the place of K on every keyboard.
import fuzzysort from "fuzzysort";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon";
import { Key } from "./key";

export { usePaletteKey } from "./palette-key";

export interface PaletteAct {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly key?: string;
  readonly words?: string;
  readonly reason?: string;
  readonly run: () => void;
}

interface PaletteProps {
  readonly acts: readonly PaletteAct[];
  readonly label: string;
  readonly hint: string;
  readonly none: string;
  readonly close: () => void;
  readonly more?: (letters: string) => Promise<readonly PaletteAct[]>;
}

const MOST = 12;
const NEAR = 0.3;
const MARKS = /\p{M}/gu;
const SAME: Readonly<Record<string, string>> = { أ: "ا", إ: "ا", آ: "ا", ى: "ي", ة: "ه", ؤ: "و", ئ: "ي" };

/** The letters without accents and hamzas, one for one, so that a place in one is a place in the other. */
const plain = (text: string): string => [...text].map((each) => SAME[each] ?? (each.normalize("NFD").replace(MARKS, "") || each)).join("");

/** Those that letters find, the nearest first, each with the places of the letters in its label. */
export function nearest(acts: readonly PaletteAct[], letters: string): { readonly act: PaletteAct; readonly places: readonly number[] }[] {
  const prepared = acts.map((act) => ({ act, label: plain(act.label), words: plain(act.words ?? "") }));
  return fuzzysort.go(plain(letters.trim()), prepared, { keys: ["label", "words"], limit: MOST, threshold: NEAR }).map((found) => ({ act: found.obj.act, places: found[0]?.indexes ?? [] }));
}

export function Palette({ acts, label, hint, none, close, more }: PaletteProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [letters, write] = useState("");
  const [others, setOthers] = useState<readonly PaletteAct[]>([]);
  const [at, setAt] = useState(0);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    setOthers([]);
    if (!more || !letters.trim()) return undefined;
    let asked = true;
    void more(letters.trim()).then((found) => asked && setOthers(found), () => undefined);
    return () => {
      asked = false;
    };
  }, [letters]);
  const found = useMemo(() => (letters.trim() ? nearest(acts, letters) : acts.map((act) => ({ act, places: [] as readonly number[] }))), [acts, letters]);
  const shown = [...found, ...others.map((act) => ({ act, places: [] as readonly number[] }))];
  const titles = letters.trim() ? [] : [...new Set(acts.map(({ group }) => group))];
  const move = (to: number): void => {
    const place = shown.length ? (to + shown.length) % shown.length : 0;
    setAt(place);
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: "nearest" });
  };
  const run = ({ reason, run: act }: PaletteAct): void => {
    if (reason) return;
    dialog.current?.close();
    act();
  };
  const heard = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(at + 1), ArrowUp: () => move(at - 1), Home: () => move(0), End: () => move(shown.length - 1),
      Enter: () => shown[at] && run(shown[at].act),
    };
    if (event.isComposing || !steps[event.key]) return;
    event.preventDefault();
    steps[event.key]?.();
  };
  const option = ({ act, places }: (typeof shown)[number]): JSX.Element => {
    const place = shown.findIndex((each) => each.act === act);
    return (
      <li key={act.id} role="option" id={`${id}-${place}`} aria-selected={place === at} aria-disabled={act.reason ? true : undefined} onMouseMove={() => setAt(place)} onClick={() => run(act)}>
        {act.icon ? <Icon name={act.icon} /> : null}
        <span class="label">{lettersIn(act.label, places)}{act.reason ? <small>{act.reason}</small> : null}</span>
        {act.key ? <Key sign={act.key} /> : null}
      </li>
    );
  };
  return (
    <dialog ref={dialog} class="palette" aria-label={label} onClose={close} onClick={(event) => (event.target === event.currentTarget ? event.currentTarget.close() : undefined)}>
      <div class="palette-field">
        <Icon name="search" />
        <input
          type="text" role="combobox" aria-label={label} aria-expanded="true" aria-controls={id} aria-autocomplete="list" autoFocus autocomplete="off" spellcheck={false}
          aria-activedescendant={shown.length ? `${id}-${at}` : undefined} placeholder={hint} value={letters} dir="auto"
          onInput={(event) => {
            write(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={heard}
        />
        <Key sign="Esc" />
      </div>
      <div class={titles.length ? "palette-list columns-of-groups" : "palette-list"} role="listbox" id={id} aria-label={label}>
        {titles.length
          ? titles.map((title) => (
              <ul key={title} role="group" aria-label={title}>
                <li role="presentation" class="palette-title" aria-hidden="true">{title}</li>
                {shown.filter(({ act }) => act.group === title).map(option)}
              </ul>
            ))
          : shown.length ? <ul role="presentation">{shown.map(option)}</ul> : null}
      </div>
      {shown.length ? null : <p class="palette-none" role="status">{none}</p>}
    </dialog>
  );
}

function lettersIn(label: string, places: readonly number[]): ComponentChildren {
  const chosen = new Set(places);
  return chosen.size ? [...label].map((each, at) => (chosen.has(at) ? <b key={at}>{each}</b> : each)) : label;
}
