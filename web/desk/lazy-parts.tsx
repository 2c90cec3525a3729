// Parts of the desk that few people open, or seldom: each is loaded when somebody first does.
import type { Part } from "#types/desk";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchWordsOf, t } from "./words";

type Later<Props> = ComponentType<Props> & {
  /** Load it before it is shown, where somebody is likely to open it. */
  readonly ahead: () => void;
};

/** A component that is loaded when it is first shown, with the words of its part. */
export function later<Props extends object>(name: Part, script: () => Promise<ComponentType<Props>>): Later<Props> {
  let loaded: ComponentType<Props> | undefined;
  const load = (): Promise<ComponentType<Props>> => Promise.all([script(), fetchWordsOf(name)]).then(([part]) => part);
  const ahead = (): void => void load().then((part) => (loaded = part), () => undefined);
  return Object.assign(Later, { ahead });
  function Later(props: Props): JSX.Element {
    const [, draw] = useState(0);
    const [failed, fail] = useState(false);
    const fetchPart = (): void => {
      fail(false);
      load().then(
        (part) => {
          loaded = part;
          draw((n) => n + 1);
        },
        () => fail(true),
      );
    };
    useEffect(() => {
      if (!loaded) fetchPart();
    }, []);
    if (loaded) {
      const Part = loaded;
      return <Part {...props} />;
    }
    if (!failed) return <p role="status" class="late">{t("wait")}</p>;
    return <p role="alert">{t("failed")} <button type="button" class="link" onClick={fetchPart}>{t("retry")}</button></p>;
  }
}
