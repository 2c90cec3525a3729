// The own settings: each is kept when it is changed.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refused } from "./api";
import { apply, keep, own as kept, type Settings as Own, speaking } from "./own";
import { refusal } from "./refusals";
import { offered, t } from "./words";

const SWITCHES = [
  ["cover_more", "settings_cover"],
  ["letters_off", "settings_letters"],
  ["grey", "settings_grey"],
] as const;

export function Settings({ close }: { close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [own, setOwn] = useState(kept.settings);
  const [told, setTold] = useState("");
  useEffect(() => dialog.current?.showModal(), []);
  const change = async (to: Own): Promise<void> => {
    setOwn(to);
    try {
      await keep(to);
      setTold(t("settings_saved"));
      apply(to);
    } catch (error) {
      setOwn(own);
      setTold(refusal(error instanceof Refused ? error.kind : "internal"));
    }
  };
  return (
    <dialog ref={dialog} class="help" aria-labelledby="settings-title" onClose={close}>
      <h2 id="settings-title">{t("settings")}</h2>
      <label for="own-language">{t("settings_language")}</label>
      <select
        id="own-language"
        value={own.language ?? ""}
        onChange={(event) => {
          const { language: _, ...rest } = own;
          const to = event.currentTarget.value;
          void change(to ? { ...rest, ...speaking(to) } : rest);
        }}
      >
        <option value="">{t("settings_browser")}</option>
        {offered.map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
      </select>
      {SWITCHES.map(([name, text]) => (
        <label class="switch" key={name}>
          <input type="checkbox" checked={own[name] === true} onChange={(event) => void change({ ...own, [name]: event.currentTarget.checked })} />
          {t(text)}
        </label>
      ))}
      <p role="status">{told}</p>
      <p class="actions"><button type="button" class="button" onClick={() => dialog.current?.close()}>{t("close")}</button></p>
    </dialog>
  );
}
