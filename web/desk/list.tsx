// The lists of cases that a person has, as a table with filters and saved views. What is chosen stands in no address, and is
// here still when somebody comes back from a case. A page is one query of the index and the hundred cases it names, whatever
// the filters; an unchanged first page is read again each minute, and not sent again.
import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CaseLine } from "./api";
import { useBulk } from "./bulk";
import { folded } from "./folded";
import { signOf, useKeys } from "./keys";
import { moneyOf, shownWords } from "./line-facts";
import { Filters, isOfUnits, listsOf } from "./line-filters";
import { LineTable, UNIT_COLUMNS, WAITING_COLUMNS } from "./line-table";
import { usePlaceNames } from "./place-names";
import { useQueue } from "./queue";
import { refusal } from "./refusals";
import type { RoomProps } from "./room-props";
import { Views } from "./saved-views";
import { useTick } from "./times";
import { useDensity } from "./ui/density";
import { Icon } from "./ui/icon";
import type { Sort } from "./ui/sorted-rows";
import { Empty } from "./ui/states";
import { fits, isNarrowed, type SavedView, saved, type View } from "./views";
import { number, t } from "./words";

const MOST_READ = 1_000;
const NONE: readonly CaseLine[] = [];

/** What was chosen last: for as long as the page is there, and nowhere else. */
let last: { readonly view?: View; readonly typed: string; readonly sort?: Sort } = { typed: "" };

export function List({ person, open, home }: RoomProps): JSX.Element {
  const lists = listsOf(person);
  const [usual] = lists[0];
  const [view, setView] = useState<View>(last.view ?? { of: usual });
  const [typed, setTyped] = useState(last.typed);
  const [sort, setSort] = useState<Sort | undefined>(last.sort);
  const [dense, setDense] = useDensity();
  const [naming, setNaming] = useState(false);
  const [gone, setGone] = useState<SavedView>();
  const { lines: read, people, pages, goesOn, leftOut, wrong, more, again } = useQueue(view.of);
  const bulk = useBulk({ person, of: view.of, lines: read ?? NONE, open, again: pages > 1 ? undefined : again });
  const { lines } = bulk;
  const places = usePlaceNames();
  useTick(30_000);
  const heading = useRef<HTMLHeadingElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => void (last = { view, typed, ...(sort ? { sort } : {}) }), [view, typed, sort]);
  const type = (to: string): void => {
    bulk.none();
    setTyped(to);
  };
  const narrow = (to: View): void => {
    bulk.none();
    setView(to);
    setNaming(false);
    setGone(undefined);
  };
  const clear = (): void => {
    setTyped("");
    narrow({ of: view.of });
  };
  // The list of a view that was kept before the role changed, or the pack, may be this person's no more.
  const choose = ({ name: called, ...to }: SavedView): void => {
    if (lists.some(([id]) => id === to.of)) narrow(to);
    else setGone({ name: called, ...to });
  };
  useKeys((act, digit) => {
    const kept = digit === undefined ? undefined : saved()[(digit + 9) % 10];
    if (bulk.heard(act, digit)) return true;
    if (act === "leave" && naming) setNaming(false);
    else if (act === "leave") isNarrowed(view) || typed ? clear() : home();
    else if (act === "filter") field.current?.focus();
    else if (kept) choose(kept);
    else return false;
    return true;
  });
  const wanted = folded(typed.trim());
  const left = useMemo(
    () => lines.filter((each) => fits(each, view, person) && (!wanted || shownWords(each, places, people).includes(wanted))),
    [lines, view, person, wanted, places],
  );
  const count = (of: View): string | undefined =>
    read && of.of === view.of ? number(lines.filter((each) => fits(each, of, person)).length) + (goesOn ? "+" : "") : undefined;
  // Arrows lead from the title and from the field into the table.
  const intoTable = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" || !(event.target as Element).matches("h1, #list-words")) return;
    document.querySelector<HTMLElement>("main.list tbody tr[tabindex='0']")?.focus();
    event.preventDefault();
  };
  const [, whole] = lists.find(([id]) => id === view.of) ?? lists[0];
  return (
    <main class="list" id="main" aria-busy={!read && !wrong} onKeyDown={intoTable}>
      <h1 class="page-title" tabIndex={-1} ref={heading}>{t("room_list")}</h1>
      <Views view={view} whole={whole} count={count} clear={clear} naming={naming} name={setNaming} choose={choose} gone={gone} />
      <div class="tools">
        <Filters lists={lists} lines={lines} places={places} view={view} narrow={narrow} typed={typed} type={type} field={field} />
        {read ? <Sum left={left} all={lines.length} goesOn={goesOn} /> : null}
        <Density dense={dense} choose={setDense} />
      </div>
      {wrong ? <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={again}>{t("retry")}</button></p> : null}
      <LineTable
        caption={whole}
        lines={left}
        columns={isOfUnits(view.of) ? UNIT_COLUMNS : WAITING_COLUMNS}
        people={people}
        places={places}
        person={person}
        open={open}
        sort={sort}
        sorted={setSort}
        dense={dense}
        {...bulk.table}
        waiting={!read && !wrong}
        empty={read ? <Empty title={t(lines.length ? "list_none_fits" : view.of === "office" ? "office_cases_none" : "nothing_waits")} /> : null}
        foot={
          <>
            {isNarrowed(view) || typed ? <button type="button" class="link" onClick={clear}>{t("list_clear")} <kbd>{signOf("leave")}</kbd></button> : null}
            {goesOn && lines.length < MOST_READ ? <button type="button" class="link" onClick={more}>{t("more")}</button> : null}
            {pages > 1 ? <button type="button" class="link" onClick={again}>{t("list_anew")}</button> : null}
            {leftOut ? <span class="hint">{t("office_left_out")}</span> : null}
            <span class="foot-keys" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> {t("list_move")} <kbd>{signOf("next")}</kbd> {t("list_open")}{bulk.table.ticks ? <> <kbd>{signOf("soon")}</kbd> {t("list_tick")}</> : null}</span>
          </>
        }
      />
    </main>
  );
}

/** How many cases are left of how many, and what money they tell of. */
function Sum({ left, all, goesOn }: { left: readonly CaseLine[]; all: number; goesOn: boolean }): JSX.Element {
  const money = moneyOf(left);
  return (
    <span role="status" class="fit">
      {t("list_fit", { n: number(left.length), all: number(all) + (goesOn ? "+" : "") })}{money.length ? <b class="sum"> · {money.join(" · ")}</b> : null}
    </span>
  );
}

function Density({ dense, choose }: { dense: boolean; choose: (dense: boolean) => void }): JSX.Element {
  return (
    <span class="segments" role="group" aria-label={t("list_rows")}>
      <button type="button" aria-pressed={dense} title={t("list_rows_low")} onClick={() => choose(true)}><Icon name="rows-4" /><span class="hidden-text">{t("list_rows_low")}</span></button>
      <button type="button" aria-pressed={!dense} title={t("list_rows_high")} onClick={() => choose(false)}><Icon name="rows-3" /><span class="hidden-text">{t("list_rows_high")}</span></button>
    </span>
  );
}
