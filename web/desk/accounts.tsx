// The administrator's page: who has an account, and what it may do.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAsking } from "./latest-request";
import { Said } from "./untrusted-text";
import { refusal } from "./refusals";
import { everybody, type Member } from "./staff";
import { named, number, t, words } from "./words";

export function Accounts(): JSX.Element {
  const [people, setPeople] = useState<readonly Member[]>();
  const [wrong, setWrong] = useState("");
  const ask = useAsking();
  const load = (): void => {
    setWrong("");
    ask(everybody(), setPeople, setWrong);
  };
  useEffect(load, []);
  return (
    <main class="work wide" id="main" aria-busy={!people && !wrong}>
      <h1>{t("accounts")}</h1>
      <p class="hint">{t("accounts_hint")}</p>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={load}>{t("retry")}</button></p> : null}
      {!people && !wrong ? <p role="status" class="late">{t("wait")}</p> : null}
      {people ? (
        <table class="counts">
          <caption>{t("accounts_n", { n: number(people.length), off: number(people.filter((each) => !each.active).length) })}</caption>
          <thead>
            <tr>
              <th scope="col">{t("name")}</th>
              <th scope="col">{t("role")}</th>
              <th scope="col">{t("unit")}</th>
              <th scope="col">{t("account")}</th>
            </tr>
          </thead>
          <tbody>
            {people.map((each) => (
              <tr key={each.subject}>
                <th scope="row"><Said text={each.name} /></th>
                <td>{t(`role_${each.role}`)}</td>
                <td>{each.unit ? named(words.units, each.unit) : each.office ? `${named(words.prosecutors, each.office)}, ${named(words.courts, each.court ?? "")}` : "–"}</td>
                <td>{each.active ? t("account_on") : <b>{t("account_off")}</b>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </main>
  );
}
