// An act beside the decision: the list of all, and the form of the one that was chosen.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ActId, FormId } from "./acts";
import { Choices } from "./choices";
import type { ActingProps } from "./form";
import { digitsFor, useKeys, useKeysOfAForm } from "./keys";
import { titleOf } from "./legal-holds";
import { later } from "./lazy-parts";
import { t } from "./words";

export const Form = later("form", () => import("./form").then((part) => part.Form));

/** The place of 0, which leads to the next page. */
const MORE = 9;

export function Acting(props: ActingProps): JSX.Element {
  const { asked, acts, ask, person, view } = props;
  // Digits that were pressed before the form was there are its first choices.
  const early = useRef<number[] | undefined>([]);
  const takeEarly = (): readonly number[] => {
    const those = early.current ?? [];
    early.current = undefined;
    return those;
  };
  const [at, setAt] = useState(0);
  const listed = asked.act === "list";
  const pages = digitsFor(person).map((page) =>
    page
      .flatMap((act): { act: ActId; of?: string }[] => (act === "court_lift" ? (view.court_holds ?? []).map(({ entry }) => ({ act, of: `${entry}` })) : [{ act }]))
      .map((to, place) => ({ ...to, place }))
      .filter(({ act }) => acts.includes(act)),
  );
  const further = pages.slice(at + 1).some((page) => page.length);
  const shown = pages[at] ?? [];
  const choose = (place: number): void => {
    const found = shown.find((each) => each.place === place);
    if (found) ask(found);
    else if (further && place === MORE) setAt(at + 1);
  };
  useKeysOfAForm();
  useKeys((act, digit) => {
    if (act === "leave") ask();
    else if (listed && digit !== undefined) choose((digit + 9) % 10);
    else if (early.current && digit !== undefined) early.current.push((digit + 9) % 10);
    else return false;
    return true;
  });
  if (!listed) return <Form key={`${asked.act} ${asked.of ?? ""}`} {...props} act={asked.act as FormId} early={takeEarly} />;
  const places = [...shown.map((each) => each.place), ...(further ? [MORE] : [])];
  const names = [...shown.map(({ act, of }) => titleOf(view, act, of)), ...(further ? [t("more_acts")] : [])];
  return <Choices title={t("acts")} names={names} places={places} choose={choose} leave={() => ask()} />;
}
