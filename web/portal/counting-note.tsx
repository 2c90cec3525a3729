// How a table is counted: the sentence that the downloaded files say, too.
import type { JSX } from "preact";
import type { Key } from "#types/messages";
import { t } from "./texts";

export function Counted({ of }: { of: string }): JSX.Element {
  return <p class="hint">{t(`counted.${of}` as Key)}</p>;
}
