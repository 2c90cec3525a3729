// Every key of the desk: the one table that keys are read by, and that the help is drawn from.
import { useLayoutEffect } from "preact/hooks";

export type Act =
  | "confirm" | "reject" | "ask" | "priority" | "place" | "skip" | "undo" | "uncover" | "together" | "apart" | "note" | "instruct" | "acts"
  | "samples" | "filter" | "glance" | "calm" | "soon" | "unsure" | "danger" | "next" | "list" | "find" | "up" | "down" | "help" | "leave";

interface Row {
  readonly act: Act;
  /** As it is written on the key, and what `event.key` says in Latin layouts. */
  readonly sign: string;
  /** Where it lies, for layouts that write other letters there. */
  readonly code: string;
}

// The letters lie in the same place on QWERTY and AZERTY, so that one place means one act.
export const KEYS: readonly Row[] = [
  { act: "next", sign: "Enter", code: "Enter" },
  { act: "confirm", sign: "C", code: "KeyC" },
  { act: "reject", sign: "X", code: "KeyX" },
  { act: "ask", sign: "E", code: "KeyE" },
  { act: "priority", sign: "P", code: "KeyP" },
  { act: "place", sign: "T", code: "KeyT" },
  { act: "skip", sign: "S", code: "KeyS" },
  { act: "undo", sign: "U", code: "KeyU" },
  { act: "uncover", sign: "V", code: "KeyV" },
  { act: "together", sign: "G", code: "KeyG" },
  { act: "apart", sign: "H", code: "KeyH" },
  { act: "note", sign: "N", code: "KeyN" },
  { act: "instruct", sign: "I", code: "KeyI" },
  { act: "acts", sign: "O", code: "KeyO" },
  { act: "list", sign: "Y", code: "KeyY" },
  { act: "find", sign: "F", code: "KeyF" },
  { act: "samples", sign: "B", code: "KeyB" },
  { act: "glance", sign: "R", code: "KeyR" },
  { act: "calm", sign: "J", code: "KeyJ" },
  { act: "soon", sign: "K", code: "KeyK" },
  { act: "unsure", sign: "L", code: "KeyL" },
  { act: "danger", sign: "D", code: "KeyD" },
  { act: "up", sign: "↑", code: "ArrowUp" },
  { act: "down", sign: "↓", code: "ArrowDown" },
  { act: "filter", sign: "/", code: "Slash" },
  { act: "help", sign: "?", code: "" },
  { act: "leave", sign: "Esc", code: "Escape" },
];

export const signOf = (act: Act): string => KEYS.find((row) => row.act === act)?.sign ?? "";

export interface Pressed {
  readonly key: string;
  readonly code: string;
}

/** The act of a key: by its Latin letter, or by its place where the layout writes other letters. */
export function actOf({ key, code }: Pressed): Act | undefined {
  if (/^[a-z]$/i.test(key)) return KEYS.find((row) => row.sign === key.toUpperCase())?.act;
  if (key === "?" || key === "؟") return "help";
  if (key === "/") return "filter";
  return KEYS.find((row) => row.code && row.code === code)?.act;
}

/** The digit of a key: by its place, because AZERTY writes digits with Shift only. */
export function digitOf({ key, code }: Pressed): number | undefined {
  const found = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1] ?? /^\d$/.exec(key)?.[0];
  return found === undefined ? undefined : Number(found);
}

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
/** Enter belongs to what has the focus. */
const PRESSED_BY_ENTER = "a, button, summary";

/** Whether this press is for the keys of the desk. */
export function isOurs(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return false;
  if (document.querySelector("dialog[open], [aria-modal]")) return false;
  const on = event.target instanceof Element ? event.target : null;
  if (event.code === "Escape") return true;
  if (on?.closest(FIELDS)) return false;
  return !(event.code === "Enter" && on?.closest(PRESSED_BY_ENTER));
}

/** Whether letters and digits do anything: people who dictate or have a tremor switch them off. */
export const letters = { on: true };

/** A key that bounces, or a finger that does, must not confirm the next case, which its reader has not seen yet. */
const BOUNCE_MS = 600;
let confirmedAt = Number.NEGATIVE_INFINITY;
// Several parts of a page hear the same press.
const bounces = ({ timeStamp }: KeyboardEvent): boolean => timeStamp !== confirmedAt && timeStamp - confirmedAt < BOUNCE_MS;

/** How many forms are open. Letters are words that missed their field then, and never acts. */
let forms = 0;

/** While a part of the page with a form is there, its digits and the key that leaves it are the only keys. */
export function useKeysOfAForm(): void {
  useLayoutEffect(() => {
    forms += 1;
    return () => void (forms -= 1);
  }, []);
}

/** Hear keys for as long as a part of the page is there; the handler says whether it took one. */
export function useKeys(heard: (act: Act | undefined, digit: number | undefined) => boolean): void {
  // Before the page is painted: a key that is pressed as soon as a case is seen must not be lost.
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !isOurs(event)) return;
      const act = actOf(event);
      if (!letters.on && act !== "leave") return;
      if (forms && act && act !== "leave") return;
      if (act === "confirm" && bounces(event)) return event.preventDefault();
      const digit = act ? undefined : digitOf(event);
      if (!(act || digit !== undefined) || !heard(act, digit)) return;
      event.preventDefault();
      confirmedAt = act === "confirm" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
