// The form of an act beside the decision, above the keys.
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { FormId } from "./acts";
import type { ActingProps } from "./form";
import { useKeys, useKeysOfAForm } from "./keys";
import { later } from "./lazy-parts";

export const Form = later("form", () => import("./form").then((part) => part.Form));

export function Acting(props: ActingProps): JSX.Element {
  const { asked, ask } = props;
  // Digits that were pressed before the form was there are its first choices.
  const early = useRef<number[] | undefined>([]);
  const takeEarly = (): readonly number[] => {
    const those = early.current ?? [];
    early.current = undefined;
    return those;
  };
  useKeysOfAForm();
  useKeys((act, digit) => {
    if (act === "leave") ask();
    else if (early.current && digit !== undefined) early.current.push((digit + 9) % 10);
    else return false;
    return true;
  });
  return <Form key={`${asked.act} ${asked.of ?? ""}`} {...props} act={asked.act as FormId} early={takeEarly} />;
}
