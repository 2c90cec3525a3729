// An act beside the decision: the list of all, and the form of the one that was chosen.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ActId, Asked, FormId } from "./acts";
import type { CaseView, Person } from "./api";
import { Choices } from "./choices";
import { useKeys } from "./keys";
import { later } from "./later";
import { t } from "./words";

export const Form = later(() => import("./form").then((part) => part.Form));

export interface ActingProps {
  readonly view: CaseView;
  readonly etag: string;
  readonly person: Person;
  readonly asked: Asked;
  readonly acts: readonly ActId[];
  readonly ask: (asked?: Asked) => void;
  /** The act holds: what it was, in words. */
  readonly done: (told: string) => void;
  /** The case changed meanwhile, and has to be read again before the act is. */
  readonly changed: (kind: string) => void;
}

/** How many acts have a digit of their own where there are more: 0 leads to the others. */
const DIRECT = 9;

export function Acting(props: ActingProps): JSX.Element {
  const { asked, acts, ask } = props;
  // Digits that were pressed before the form was there are its first choices.
  const early = useRef<number[] | undefined>([]);
  const takeEarly = (): readonly number[] => {
    const those = early.current ?? [];
    early.current = undefined;
    return those;
  };
  const [first, setFirst] = useState(0);
  const listed = asked.act === "list";
  const further = acts.length > first + DIRECT + 1;
  const shown = acts.slice(first, further ? first + DIRECT : undefined);
  const choose = (place: number): void => {
    const act = shown[place];
    if (act) ask({ act });
    else if (further && place === DIRECT) setFirst(first + DIRECT);
  };
  useKeys((act, digit) => {
    if (act === "leave") ask();
    else if (listed && digit !== undefined) choose((digit + 9) % 10);
    else if (early.current && digit !== undefined) early.current.push((digit + 9) % 10);
    else return false;
    return true;
  });
  if (!listed) return <Form key={`${asked.act} ${asked.of ?? ""}`} {...props} act={asked.act as FormId} early={takeEarly} />;
  const names = [...shown.map((each) => t(`act_${each}`)), ...(further ? [t("more_acts")] : [])];
  return <Choices title={t("acts")} names={names} choose={choose} leave={() => ask()} />;
}
