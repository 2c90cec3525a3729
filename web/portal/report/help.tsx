// Who helps besides the police, where the reporter says they are.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Select } from "../fields";
import { data, type Service } from "../page-data";
import { country, t } from "../texts";
import type { Answers } from "./answers";

const ELSEWHERE = "-";
const NONE = new Map<string, string>();
const services = data.services ?? [];
const home = data.home ?? "";
const places = [...new Set([home, ...services.flatMap((each) => each.countries)])];

/** What was asked and answered here; it stays while the page is open. */
let chosen = home;

function fits(service: Service, answers: Answers): boolean {
  const { category, minor, despair } = answers;
  return (!service.countries.length || service.countries.includes(chosen))
    && (!category || !service.categories.length || service.categories.includes(category) || (despair && service.despair))
    && (service.ages === "any" || (service.ages === "minor") === minor);
}

/** Who listens to despair comes first, then who is of the country. */
function nearness(service: Service, answers: Answers): number {
  return (answers.despair && service.despair ? 2 : 0) + (service.countries.length ? 1 : 0);
}

export function Help({ answers }: { answers: Answers }): JSX.Element | null {
  const [, again] = useState(chosen);
  if (!services.length) return null;
  const found = services
    .filter((each) => fits(each, answers))
    .sort((one, other) => nearness(other, answers) - nearness(one, answers));
  return (
    <div class="inset no-print">
      <h2>{t("help.title")}</h2>
      <Select
        id="where"
        label={t("help.country")}
        wrong={NONE}
        value={chosen}
        options={[
          ...places.map((value) => ({ value, label: country(value) })),
          { value: ELSEWHERE, label: t("report.place_abroad") },
        ]}
        onChange={(code) => {
          chosen = code;
          again(code);
        }}
      />
      <ul class="services">
        {found.map((each) => (
          <li key={each.name}>
            <p>
              <b>{each.name}</b>{" "}
              {each.number ? <a href={`tel:${each.number}`}><b dir="ltr">{each.number}</b></a> : null}{" "}
              {each.address ? <a href={each.address} rel="noreferrer" target="_blank" dir="ltr">{new URL(each.address).hostname}</a> : null}
            </p>
            <p class="hint">{each.facts.filter(Boolean).join(" · ")}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
