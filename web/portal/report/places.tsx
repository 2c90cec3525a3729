// The place: picked from the region inwards, described, or another country.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, type Place } from "../api";
import { Choice, Select, TextField, type Wrong } from "../fields";
import { countries, data } from "../page-data";
import { country, t } from "../texts";
import { Waiting } from "../notice-box";
import type { Answers, PlaceKind } from "./answers";

/** The places as tools/site/places.py writes them. */
interface Folded {
  readonly kinds: readonly (readonly [depth: number, level: string])[];
  readonly codes: string;
  readonly names: string;
}

function unfolded({ kinds, codes, names }: Folded): Place[] {
  const called = names.split("\n");
  const inside: Place[][] = [[]];
  let code = "";
  for (const [at, word] of codes.split(" ").entries()) {
    const [depth, level] = kinds[Number(word[0])] ?? [0, ""];
    code = code.slice(0, Number.parseInt(word[1] ?? "", 36)) + word.slice(2);
    const territories: Place[] = [];
    inside[depth]?.push({ code, level, name: called[at] ?? "", territories });
    inside[depth + 1] = territories;
  }
  return inside[0] ?? [];
}

let list: Promise<readonly Place[]> | undefined;

/** The territories, asked for once; a failure is forgotten so that it can be tried again. */
export function territories(): Promise<readonly Place[]> {
  list ??= call<Folded>({ method: "GET", path: data.places ?? "" }).then(unfolded);
  list.catch(() => {
    list = undefined;
  });
  return list;
}

function levelName(level: string): string {
  if (level === "region") return t("report.region");
  if (level === "province") return t("report.province");
  return level === "commune" ? t("report.commune") : t("report.arrondissement");
}

interface Props {
  readonly answers: Answers;
  readonly wrong: Wrong;
  readonly set: (change: Partial<Answers>) => void;
}

export function PlacePage({ answers, wrong, set, legend }: Props & { legend: JSX.Element }): JSX.Element {
  return (
    <Choice<PlaceKind>
      id="place"
      legend={legend}
      hint={t("report.place_hint")}
      wrong={wrong}
      value={answers.place}
      onChange={(place) => set({ place })}
      options={[
        { value: "list", label: t("report.place_list") },
        { value: "text", label: t("report.place_text") },
        { value: "abroad", label: t("report.place_abroad") },
        { value: "none", label: t("report.place_none") },
      ]}
      within={{
        list: <Picker id="code" wrong={wrong} codes={answers.codes} onChange={(codes) => set({ codes })} />,
        text: (
          <TextField
            id="placeText"
            label={t("report.place_text")}
            hint={t("report.place_text_hint")}
            wrong={wrong}
            value={answers.placeText}
            onChange={(placeText) => set({ placeText })}
          />
        ),
        abroad: (
          <>
            <Country answers={answers} wrong={wrong} set={set} />
            <Residence answers={answers} wrong={wrong} set={set} />
          </>
        ),
      }}
    />
  );
}

interface PickerProps {
  /** The fields are called by it and their depth. */
  readonly id: string;
  readonly wrong: Wrong;
  readonly codes: readonly string[];
  readonly onChange: (codes: readonly string[]) => void;
}

function Picker({ id, wrong, codes, onChange }: PickerProps): JSX.Element {
  const [tree, setTree] = useState<readonly Place[] | "failed" | undefined>();
  const look = (): void => {
    setTree(undefined);
    territories().then(setTree, () => setTree("failed"));
  };
  useEffect(look, []);
  if (!tree) return <p role="status"><Waiting text={t("report.loading")} /></p>;
  if (tree === "failed") {
    // Where the first list would be: what is said of that list leads here.
    return (
      <div class="field" id={`${id}-0`} tabIndex={-1} role="status">
        <p class="error">{t("report.places_failed")}</p>
        <button type="button" class="button quiet" onClick={look}>{t("report.again")}</button>
      </div>
    );
  }
  const rows: JSX.Element[] = [];
  let offered: readonly Place[] = tree;
  for (let depth = 0; offered.length; depth += 1) {
    const chosen = codes[depth] ?? "";
    rows.push(
      <Select
        key={depth}
        id={`${id}-${depth}`}
        label={levelName(offered[0]?.level ?? "")}
        wrong={wrong}
        value={chosen}
        none={depth ? t("report.any") : ""}
        options={offered.map((each) => ({ value: each.code, label: each.name }))}
        onChange={(code) => onChange(code ? [...codes.slice(0, depth), code] : codes.slice(0, depth))}
      />,
    );
    offered = offered.find((each) => each.code === chosen)?.territories ?? [];
  }
  return <>{rows}</>;
}

function Country({ answers, wrong, set }: Props): JSX.Element {
  const names = countries
    .map((code) => ({ value: code, label: country(code) }))
    .sort((one, other) => one.label.localeCompare(other.label, data.language));
  return (
    <Select
      id="country"
      label={t("report.country")}
      wrong={wrong}
      value={answers.country}
      none=""
      options={names}
      onChange={(chosen) => set({ country: chosen })}
    />
  );
}

function Residence({ answers, wrong, set }: Props): JSX.Element {
  return (
    <fieldset aria-describedby="lives-hint">
      <legend>{t("report.lives", { country: country(data.home ?? "") })}</legend>
      <p class="hint" id="lives-hint">{t("report.lives_hint")}</p>
      <Picker id="lives" wrong={wrong} codes={answers.lives} onChange={(lives) => set({ lives })} />
      <TextField
        id="livesText"
        label={t("report.lives_text")}
        hint={t("report.place_text_hint")}
        wrong={wrong}
        value={answers.livesText}
        onChange={(livesText) => set({ livesText })}
      />
    </fieldset>
  );
}

/** The names of the places picked, from the region inwards. */
export function namesOf(tree: readonly Place[], codes: readonly string[]): string {
  const names: string[] = [];
  let offered = tree;
  for (const code of codes) {
    const found = offered.find((each) => each.code === code);
    if (!found) break;
    names.push(found.name);
    offered = found.territories ?? [];
  }
  return names.join(" — ");
}
