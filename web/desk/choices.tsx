// What opens above the keys of a decision: a short list by digits, or a field.
import type { ComponentChildren, JSX } from "preact";
import { signOf } from "./keys";
import { t } from "./words";

interface ChoicesProps {
  readonly title: string;
  readonly names: readonly string[];
  readonly choose: (place: number) => void;
  readonly leave: () => void;
}

/** A short list by digits. */
export function Choices({ title, names, choose, leave }: ChoicesProps): JSX.Element {
  return (
    <Opened title={title} leave={leave}>
      <div class="acts">
        {names.map((each, place) => (
          <button type="button" class="button quiet" key={each} onClick={() => choose(place)}>
            <kbd>{place + 1}</kbd> {each}
          </button>
        ))}
      </div>
    </Opened>
  );
}

export function Opened({ title, leave, children }: { title: string; leave: () => void; children: ComponentChildren }): JSX.Element {
  return (
    <div class="opened" role="group" aria-label={title}>
      <p><b>{title}</b> <button type="button" class="link" onClick={leave}>{t("cancel")} <kbd>{signOf("leave")}</kbd></button></p>
      {children}
    </div>
  );
}
