// A break is offered after a while, or after hard content. What is counted stays in the open page.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useTick } from "./times";
import { t } from "./words";

const WHILE_MS = 50 * 60_000;
const HARD = 10;

let since = Date.now();
const hard = new Set<string>();

/** Hard content was uncovered. */
export const sawHard = (id: string): void => void hard.add(id);

export function Break(): JSX.Element {
  const [, draw] = useState(0);
  useTick(30_000);
  const due = Date.now() - since >= WHILE_MS || hard.size >= HARD;
  const begin = (): void => {
    since = Date.now();
    hard.clear();
    draw((n) => n + 1);
  };
  return (
    <p role="status" class={due ? "break" : "hidden-text"}>
      {due ? <>{t("break_offered")} <button type="button" class="link" onClick={begin}>{t("break_again")}</button></> : ""}
    </p>
  );
}
