// What opens above the keys of a decision: a short list by digits, or a field.
import type { ComponentChildren, JSX } from "preact";
import type { ActId, Asked } from "./acts";
import type { CaseView, Person } from "./api";
import { signOf } from "./keys";
import { t } from "./words";

/** What every bar at the foot of a case is given; `Body` is the decision that it makes. */
export interface BarProps<Body> {
  readonly view: CaseView;
  /** Whether its words are covered still. */
  readonly unread: boolean;
  readonly person: Person;
  readonly decide: (body: Body) => void;
  readonly skip: () => void;
  readonly next: () => void;
  readonly help: () => void;
  /** Show every act. */
  readonly palette: () => void;
  /** What can be done beside the decision. */
  readonly acts: readonly ActId[];
  readonly act: (asked: Asked) => void;
  /** Something is chosen or typed for a decision. */
  readonly begun: () => void;
  /** An act that is open above the keys: no key means a decision meanwhile. */
  readonly open: JSX.Element | undefined;
}

interface ChoicesProps {
  readonly title: string;
  /** Why it is asked, where that is not plain. */
  readonly why?: string | undefined;
  readonly names: readonly string[];
  readonly choose: (place: number) => void;
  readonly leave: () => void;
}

/** A short list by digits. */
export function Choices({ title, why, names, choose, leave }: ChoicesProps): JSX.Element {
  return (
    <Opened title={title} leave={leave}>
      {why ? <p class="note">{why}</p> : null}
      <div class="acts">
        {names.map((each, place) => (
          <button type="button" class="button quiet" key={each} onClick={() => choose(place)}>
            <kbd>{(place + 1) % 10}</kbd> {each}
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
