// What narrows a list: a word of what its lines show, and a choice for each fact. What is chosen is marked, and its own
// button takes it away.
import type { JSX, Ref } from "preact";
import type { CaseLine, Person } from "./api";
import { signOf } from "./keys";
import { PRIORITIES } from "./line-facts";
import { languageName } from "./reports";
import { RESTING_WITH_UNIT } from "./statuses";
import { Icon } from "./ui/icon";
import type { View } from "./views";
import { category, t, words } from "./words";

export type Choice = readonly [id: string, name: string];

const sorted = (choices: readonly Choice[]): Choice[] =>
  [...choices].sort(([, one], [, other]) => one.localeCompare(other, words.locale));

/** The lists that a person can ask for, the usual one first. */
export function listsOf({ role }: Person): readonly [Choice, ...Choice[]] {
  const waiting: Choice = ["waiting", t("waiting")];
  if (role === "prosecutor") return [["office", t("office_cases")]];
  if (role === "officer") return [waiting, ["held", t("unit_holds")], ["added", t("unit_added")]];
  if (role !== "supervisor") return [waiting];
  return [waiting, ...sorted(Object.entries(words.units).map(([id, name]) => [`unit:${id}`, name]))];
}

export const isOfUnits = (of: string): boolean => of === "held" || of === "office" || of.startsWith("unit:");

interface WordsFilterProps {
  /** The words that were typed, and what to do with others. */
  readonly typed: string;
  readonly type: (typed: string) => void;
  readonly field: Ref<HTMLInputElement>;
}

export function WordsFilter({ typed, type, field }: WordsFilterProps): JSX.Element {
  return (
    <span class={`filter typed ${typed ? "on" : ""}`}>
      <Icon name="list-filter" />
      <label for="list-words" class="hidden-text">{t("list_words")}</label>
      <input
        id="list-words"
        ref={field}
        type="search"
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        placeholder={t("list_words")}
        value={typed}
        onInput={(event) => type(event.currentTarget.value)}
      />
      {typed ? null : <kbd>{signOf("filter")}</kbd>}
    </span>
  );
}

interface FiltersProps extends WordsFilterProps {
  readonly lists: readonly Choice[];
  readonly lines: readonly CaseLine[];
  readonly places: ReadonlyMap<string, string>;
  readonly view: View;
  readonly narrow: (view: View) => void;
}

export function Filters({ lists, lines, places, view, narrow, typed, type, field }: FiltersProps): JSX.Element {
  const among = (of: (line: CaseLine) => string | null | undefined, chosen: string | null | undefined): string[] =>
    [...new Set([...lines.map(of), chosen])].flatMap((each) => each || []);
  const choices = [
    ["priority", t("priority"), PRIORITIES.map((each): Choice => [each, t(`priority_${each}`)])],
    ["category", t("category"), sorted(Object.keys(words.categories).map((each): Choice => [each, category(each)]))],
    // In the other lists all stand alike.
    ...(isOfUnits(view.of) ? [["status", t("list_status"), RESTING_WITH_UNIT.map((each): Choice => [each, t(`status_${each}`)])] as const] : []),
    ["territory", t("place"), sorted(among(({ territory }) => territory, view.territory).map((each): Choice => [each, places.get(each) ?? each]))],
    ["language", t("languages"), sorted(among(({ language }) => language, view.language).map((each): Choice => [each, languageName(each)]))],
  ] as const;
  const { status: _, ...alike } = view;
  return (
    <div class="filters" role="group" aria-label={t("list_filters")}>
      <WordsFilter typed={typed} type={type} field={field} />
      {lists.length > 1 ? (
        <span class="filter">
          <label for="list-of" class="hidden-text">{t("list_of")}</label>
          <select id="list-of" value={view.of} onChange={(event) => narrow({ ...alike, of: event.currentTarget.value })}>
            {lists.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </select>
        </span>
      ) : null}
      {choices.map(([field, label, names]) => (
        <span class={`filter ${view[field] ? "on" : ""}`} key={field}>
          <label for={`list-${field}`} class="hidden-text">{label}</label>
          <select id={`list-${field}`} value={view[field] ?? ""} onChange={(event) => narrow({ ...view, [field]: event.currentTarget.value || null })}>
            <option value="">{label}</option>
            {names.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </select>
          {view[field] ? <button type="button" class="gone" aria-label={t("list_without", { filter: label })} onClick={() => narrow({ ...view, [field]: null })}><Icon name="x" size="small" /></button> : null}
        </span>
      ))}
      {/* A prosecutor takes no case from anybody: whom one waits for is no question there. */}
      {(view.of === "office" ? (["late"] as const) : (["late", "free"] as const)).map((each) => (
        <label class={`filter ${view[each] ? "on" : ""}`} key={each}>
          <input type="checkbox" checked={view[each] === true} onChange={(event) => narrow({ ...view, [each]: event.currentTarget.checked })} />
          {t(`list_${each}`)}
        </label>
      ))}
    </div>
  );
}
