// The help: the table of keys, and the switch that turns the letters off.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Person } from "./api";
import { type Act, KEYS, letters } from "./keys";
import { keep } from "./own-settings";
import { t } from "./words";

/** Keys that a review has, and the work of a unit has not, and the other way round. */
const AT_REVIEW: readonly Act[] = ["ask", "priority", "place", "together", "soon", "up", "down"];
const OF_A_UNIT: readonly Act[] = ["instruct"];

export function Help({ person, close }: { person: Person; close: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useState(letters.on);
  const unit = person.role === "officer";
  const ofUnits = new Map<Act, string>([["confirm", t("key_take")], ["reject", t("key_decline")], ["danger", t("key_has")], ["unsure", t("key_called")], ["glance", t("act_inform")], ["samples", t("act_freeze")], ["calm", t("key_admit")]]);
  const meaning = (act: Act): string => (unit ? ofUnits.get(act) : undefined) ?? t(`key_${act}`);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // The dialog would begin at the switch, which stands at its end.
    heading.current?.focus();
  }, []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title" tabIndex={-1} ref={heading}>{t("keys")}</h2>
      <table>
        <tbody>
          {KEYS.filter(({ act }) => !(unit ? AT_REVIEW : OF_A_UNIT).includes(act)).map(({ act, sign }) => (
            <tr key={act}>
              <th scope="row"><kbd>{sign}</kbd></th>
              <td>{meaning(act)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row"><kbd>1</kbd>…<kbd>9</kbd> <kbd>0</kbd></th>
            <td>{t(unit ? "key_line" : "key_digits")}</td>
          </tr>
          <tr>
            <th scope="row"><kbd>Ctrl</kbd> <kbd>K</kbd></th>
            <td>{t("key_acts")}</td>
          </tr>
          {unit ? null : (
            <tr>
              <th scope="row"><kbd>Ctrl</kbd> <kbd>Enter</kbd></th>
              <td>{t("key_send")}</td>
            </tr>
          )}
        </tbody>
      </table>
      <label class="switch">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            const { checked } = event.currentTarget;
            letters.on = checked;
            setOn(checked);
            // It holds here in any case; the settings say so where it could not be kept.
            keep((before) => ({ ...before, letters_off: !checked })).catch(() => undefined);
          }}
        />
        {t("keys_on")}
      </label>
      <p class="actions"><button type="button" class="button" onClick={() => dialog.current?.close()}>{t("close")}</button></p>
    </dialog>
  );
}
