// What a picture looks like, computed here and sent instead of it. Loaded when somebody asks for it.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Key } from "#types/messages";
import { words } from "../api";
import { askBeforeLosing } from "../quick-exit";
import { number, t } from "../texts";
import { Waiting } from "../notice-box";
import { pdq } from "./pdq";

interface Props {
  readonly pictures: readonly string[];
  readonly set: (pictures: readonly string[]) => void;
}

const MOST = 5;

export function Print({ pictures, set }: Props): JSX.Element {
  const [ready, prepare] = useState<boolean>();
  const [said, say] = useState<Key | "">("");
  useEffect(() => {
    words().then(() => prepare(true), () => prepare(false));
  }, []);
  if (!ready) return <p role="status" class="state">{ready === false ? t("error.network") : <Waiting text={t("report.loading")} />}</p>;

  const choose = async (event: Event): Promise<void> => {
    const input = event.currentTarget as HTMLInputElement;
    const chosen = [...(input.files ?? [])];
    input.value = "";
    const found = [...pictures];
    let told: Key | "" = "";
    say("report.loading");
    askBeforeLosing("pictures", true);
    for (const file of chosen) {
      const print = await pdq(file).catch(() => null);
      if (print === null) told = "print.unread";
      else if (print === undefined) told = "print.bare";
      else if (!found.includes(print) && found.length < MOST) found.push(print);
    }
    set(found);
    askBeforeLosing("pictures", false);
    say(told);
  };
  return (
    <div class="field">
      <h2>{t("report.picture")}</h2>
      <p>{t("print.lead")}</p>
      <p class="hint">{t("print.limits")}</p>
      <ul class="files">
        {pictures.map((each, at) => (
          <li key={each}>
            {t("print.one", { n: number(at + 1) })}{" "}
            <button type="button" class="button quiet" onClick={() => set(pictures.filter((other) => other !== each))}>{t("print.remove")}</button>
          </li>
        ))}
      </ul>
      {pictures.length < MOST ? (
        <>
          <label for="print">{t("print.choose")}</label>
          <input id="print" type="file" accept="image/*" multiple onChange={(event) => void choose(event)} />
        </>
      ) : null}
      <p role="status" class={said && said !== "report.loading" ? "error" : "state"}>{said ? t(said) : ""}</p>
    </div>
  );
}
