// What was done last, in the bar: one at a time, for as long as it can be taken back.
//   children   what was done, and where it went
//   left       seconds left to take it back, and `of` how many; left out where it was sent at once
//   count      how many wait in all, where more than one does
//   undo       takes it back; undoName: the word for it (the key is U)
//   kind       "refused" where it was not taken
import type { ComponentChildren, JSX } from "preact";
import { number } from "../words";
import { Key } from "./key";

interface ToastProps {
  readonly children: ComponentChildren;
  readonly left?: number;
  readonly of?: number;
  readonly count?: number;
  readonly undo?: () => void;
  readonly undoName?: string;
  readonly kind?: "refused";
}

/** Round a circle of radius 7 px. */
const ROUND = 44;

export function Toast({ children, left, of = 5, count = 1, undo, undoName, kind }: ToastProps): JSX.Element {
  return (
    <div class={`toast ${kind ?? ""}`}>
      {left === undefined ? null : (
        <svg class="ring" viewBox="0 0 18 18" aria-hidden="true">
          <circle class="ground" cx="9" cy="9" r="7" />
          <circle cx="9" cy="9" r="7" stroke-dasharray={`${(ROUND * left) / of} ${ROUND}`} />
        </svg>
      )}
      <span>{children}</span>
      {count > 1 ? <b class="toast-count">{number(count)}</b> : null}
      {undo ? <button type="button" onClick={undo}>{undoName} <Key sign="U" /></button> : null}
    </div>
  );
}
