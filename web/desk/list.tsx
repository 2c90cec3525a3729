// The lists of cases that a person has, with filters and saved views. What is chosen stands in no address, and is here
// still when somebody comes back from a case. A page is one query of the index and the hundred cases it names, whatever
// the filters; an unchanged first page is read again each minute, and not sent again.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type CaseLine, kindOf, type Person, type Priority } from "./api";
import { Holder } from "./holds";
import { Said } from "./untrusted-text";
import { signOf, useKeys } from "./keys";
import { Lines } from "./lines";
import { useQueue } from "./queue";
import { refusal } from "./refusals";
import { languageName } from "./reports";
import type { RoomProps } from "./room-props";
import { RESTING_WITH_UNIT } from "./statuses";
import { useTick } from "./times";
import { fits, isNarrowed, isSame, LONGEST_NAME, MOST_VIEWS, remove, save, type SavedView, saved, type View } from "./views";
import { category, type Names, number, t, words } from "./words";

const MOST_READ = 1_000;
const PRIORITIES: readonly Priority[] = ["immediate", "urgent", "standard", "information"];

let last: View | undefined;

type Choice = readonly [id: string, name: string];

const sorted = (choices: readonly Choice[]): Choice[] =>
  [...choices].sort(([, one], [, other]) => one.localeCompare(other, words.locale));

/** The lists that a person can ask for, the usual one first. */
function listsOf({ role }: Person): readonly [Choice, ...Choice[]] {
  const waiting: Choice = ["waiting", t("waiting")];
  if (role === "prosecutor") return [["office", t("office_cases")]];
  if (role === "officer") return [waiting, ["held", t("unit_holds")], ["added", t("unit_added")]];
  if (role !== "supervisor") return [waiting];
  return [waiting, ...sorted(Object.entries(words.units).map(([id, name]) => [`unit:${id}`, name]))];
}

export function List({ person, open, home }: RoomProps): JSX.Element {
  const lists = listsOf(person);
  const [usual] = lists[0];
  const [view, setView] = useState<View>(last ?? { of: usual });
  const [naming, setNaming] = useState(false);
  const [gone, setGone] = useState<SavedView>();
  const { lines: read, people, pages, goesOn, leftOut, wrong, more, again } = useQueue(view.of);
  const lines = read ?? [];
  useTick(30_000);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const narrow = (to: View): void => {
    last = to;
    setView(to);
    setNaming(false);
    setGone(undefined);
  };
  // The list of a view that was kept before the role changed, or the pack, may be this person's no more.
  const choose = ({ name: called, ...to }: SavedView): void => {
    if (lists.some(([id]) => id === to.of)) narrow(to);
    else setGone({ name: called, ...to });
  };
  useKeys((act, digit) => {
    const kept = digit === undefined ? undefined : saved()[(digit + 9) % 10];
    if (act === "leave" && naming) setNaming(false);
    else if (act === "leave") isNarrowed(view) ? narrow({ of: view.of }) : home();
    else if (kept) choose(kept);
    else return false;
    return true;
  });
  const left = lines.filter((each) => fits(each, view, person));
  return (
    <main class="board list" id="main" aria-busy={!read && !wrong}>
      <header>
        <p class="trail"><button type="button" class="link" onClick={home}>{t("work")}</button></p>
        <h1 tabIndex={-1} ref={heading}>{t("room_list")}</h1>
      </header>
      <Views view={view} naming={naming} name={setNaming} choose={choose} gone={gone} />
      <Filters lists={lists} lines={lines} view={view} narrow={narrow} />
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      {read ? (
        <>
          <p role="status" class="hint">
            {t("list_fit", { n: number(left.length), all: number(lines.length) + (goesOn ? "+" : "") })}{" "}
            {isNarrowed(view) ? <button type="button" class="link" onClick={() => narrow({ of: view.of })}>{t("list_clear")} <kbd>{signOf("leave")}</kbd></button> : null}
          </p>
          <Lines
            cases={left}
            people={people}
            open={open}
            none={t(lines.length ? "list_none_fits" : view.of === "office" ? "office_cases_none" : "nothing_waits")}
            end={(line) => <End line={line} people={people} person={person} />}
            more={(line) => <Holder line={line} people={people} />}
          />
          {leftOut ? <p class="hint">{t("office_left_out")}</p> : null}
        </>
      ) : wrong ? null : <p role="status" class="late">{t("wait")}</p>}
      <p>
        {goesOn && lines.length < MOST_READ ? <button type="button" class="link" onClick={more}>{t("more")}</button> : null}
        {pages > 1 ? <button type="button" class="link" onClick={again}>{t("list_anew")}</button> : null}
      </p>
    </main>
  );
}

/** The language of the reporter of a case, and who works on it in the unit. */
function End({ line, people, person }: { line: CaseLine; people: Names; person: Person }): JSX.Element {
  const { owner } = line;
  return (
    <>
      <span class="hint">{languageName(line.language)}</span>
      {owner ? <b><Said text={owner === person.subject ? t("owner_me") : (people[owner] ?? t("by_colleague"))} /></b> : null}
    </>
  );
}

interface FiltersProps {
  readonly lists: readonly Choice[];
  readonly lines: readonly CaseLine[];
  readonly view: View;
  readonly narrow: (view: View) => void;
}

function Filters({ lists, lines, view, narrow }: FiltersProps): JSX.Element {
  const spoken = [...new Set([...lines.map((each) => each.language), view.language ?? ""])].filter(Boolean);
  const ofUnit = view.of === "held" || view.of === "office" || view.of.startsWith("unit:");
  const fields = [
    ["priority", t("priority"), PRIORITIES.map((each): Choice => [each, t(`priority_${each}`)])],
    ["category", t("category"), sorted(Object.keys(words.categories).map((each): Choice => [each, category(each)]))],
    // In the other lists all stand alike.
    ...(ofUnit ? [["status", t("list_status"), RESTING_WITH_UNIT.map((each): Choice => [each, t(`status_${each}`)])] as const] : []),
    ["language", t("languages"), sorted(spoken.map((each): Choice => [each, languageName(each)]))],
  ] as const;
  const { status: _, ...alike } = view;
  return (
    <div class="filters" role="group" aria-label={t("list_filters")}>
      {lists.length > 1 ? (
        <div>
          <label for="list-of">{t("list_of")}</label>
          <select id="list-of" value={view.of} onChange={(event) => narrow({ ...alike, of: event.currentTarget.value })}>
            {lists.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </select>
        </div>
      ) : null}
      {fields.map(([field, label, choices]) => (
        <div key={field}>
          <label for={`list-${field}`}>{label}</label>
          <select id={`list-${field}`} value={view[field] ?? ""} onChange={(event) => narrow({ ...view, [field]: event.currentTarget.value || null })}>
            <option value="">{t("list_any")}</option>
            {choices.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
          </select>
        </div>
      ))}
      {/* A prosecutor takes no case from anybody: whom one waits for is no question there. */}
      {(view.of === "office" ? (["late"] as const) : (["late", "free"] as const)).map((each) => (
        <label class="switch" key={each}>
          <input type="checkbox" checked={view[each] === true} onChange={(event) => narrow({ ...view, [each]: event.currentTarget.checked })} />
          {t(`list_${each}`)}
        </label>
      ))}
    </div>
  );
}

interface ViewsProps {
  readonly view: View;
  readonly naming: boolean;
  readonly name: (on: boolean) => void;
  readonly choose: (view: SavedView) => void;
  /** The view that was chosen, and whose list is this person's no more. */
  readonly gone: SavedView | undefined;
}

/** The views that were kept, each with its digit, and the way to keep the one in front. */
function Views({ view, naming, name, choose, gone }: ViewsProps): JSX.Element {
  const [, draw] = useState(0);
  const [typed, setTyped] = useState("");
  const [told, setTold] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const views = saved();
  const inFront = views.find((each) => isSame(each, view));
  useEffect(() => (naming ? field.current?.focus() : undefined), [naming]);
  const change = async (sent: Promise<unknown>, done: string): Promise<void> => {
    try {
      await sent;
      setTold(done);
      setTyped("");
      name(false);
    } catch (error) {
      setTold(refusal(kindOf(error)));
    }
    draw((n) => n + 1);
  };
  return (
    <section class="views" aria-label={t("views")}>
      <p class="acts">
        {views.map((each, at) => (
          <button type="button" class="button quiet" key={each.name} aria-pressed={each === inFront} onClick={() => choose(each)}>
            <kbd>{(at + 1) % 10}</kbd> <Said text={each.name} />
          </button>
        ))}
        {inFront ? (
          <button type="button" class="link" onClick={() => void change(remove(inFront.name), t("view_gone"))}>{t("view_delete")}</button>
        ) : naming || views.length >= MOST_VIEWS ? null : (
          <button type="button" class="link" onClick={() => name(true)}>{t("view_save")}</button>
        )}
        {!inFront && views.length >= MOST_VIEWS ? <span class="hint">{t("views_full", { n: number(MOST_VIEWS) })}</span> : null}
      </p>
      {gone && views.some((each) => each.name === gone.name) ? (
        <p role="alert">
          {t("view_unknown")} <Said text={gone.name} />{" "}
          <button type="button" class="link" onClick={() => void change(remove(gone.name), t("view_gone"))}>{t("view_delete")}</button>
        </p>
      ) : null}
      {naming ? (
        <form
          class="acts"
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim()) void change(save(view, typed.trim()), t("settings_saved"));
          }}
        >
          <label for="view-name">{t("view_name")}</label>
          <input id="view-name" ref={field} dir="auto" value={typed} maxLength={LONGEST_NAME} aria-describedby="view-hint" onInput={(event) => setTyped(event.currentTarget.value)} />
          <button type="submit" class="button quiet">{t("view_keep")}</button>
          <button type="button" class="link" onClick={() => name(false)}>{t("cancel")}</button>
          <p class="hint" id="view-hint">{t("view_hint")}</p>
        </form>
      ) : null}
      <p role="status" class={told ? "hint" : "hidden-text"}>{told}</p>
    </section>
  );
}
