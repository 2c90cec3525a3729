// The own settings: each is kept when it is changed.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { kindOf } from "./api";
import { apply, keep, own as kept, type Settings as Own, speaking } from "./own-settings";
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
  const change = async (to: (before: Own) => Own): Promise<void> => {
    setOwn(to(own));
    try {
      const held = await keep(to);
      setOwn(held);
      setTold(t("settings_saved"));
      apply(held);
    } catch (error) {
      setOwn(kept.settings);
      setTold(refusal(kindOf(error)));
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
          const to = event.currentTarget.value;
          void change(({ language: _, ...rest }) => (to ? { ...rest, ...speaking(to) } : rest));
        }}
      >
        <option value="">{t("settings_browser")}</option>
        {offered.map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
      </select>
      {SWITCHES.map(([name, text]) => (
        <label class="switch" key={name}>
          <input type="checkbox" checked={own[name] === true} onChange={({ currentTarget: { checked } }) => void change((before) => ({ ...before, [name]: checked }))} />
          {t(text)}
        </label>
      ))}
      <p role="status">{told}</p>
      <p class="actions"><button type="button" class="button" onClick={() => dialog.current?.close()}>{t("close")}</button></p>
    </dialog>
  );
}
