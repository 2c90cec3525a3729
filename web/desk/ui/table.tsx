// A table of cases, people or files: a real <table>, whose head stays in sight, with rows for thousands.
//   caption    what it is, for those who hear it
//   columns    id, head (its words), cell(row), and
//                sortBy?     makes its head a button that sorts; `desc`: first downwards
//                width?      CSS; one column without takes the rest
//                end?        figures: aligned at the end
//                title?      names its row: opened by a press, and its scope
//   rows, idOf the rows and the id of each
//   open?      Enter, a double press or a press on the title
//   preview?   Space, and a press on the row; `at` tells each move of the focus
//   current?   the row that is open or previewed beside the table
//   groups?    { of(row), titles }: rows stand under the titles, in their order; a title without rows is left out
//   sort?, sorted?  the order, where the page keeps it; the table keeps it itself otherwise
//   ticks?     { ids, change(ids), name(row), not?(row) }: boxes; `not` says why a row has none. K ticks, Shift with an
//              arrow ticks on the way
//   foot?      stands below; while rows are ticked, `bulk(ids)` takes its place
//   dense?     rows of 30 px; `tall`: of two lines
//   empty?     what stands there without rows; `waiting`: bones of rows while they are awaited
// Arrow keys, Home, End, Page up and down move along the rows: one of them can be reached by Tab.
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { letters } from "../keys";
import { words } from "../words";
import { Icon } from "./icon";
import { type Sort, type SortValue, useSortedRows } from "./sorted-rows";
import { Bones } from "./states";
import { useVirtualRows } from "./virtual-rows";

export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly sortBy?: (row: Row) => SortValue;
  readonly desc?: boolean;
  readonly width?: string;
  readonly end?: boolean;
  readonly title?: boolean;
}

export interface Ticks<Row> {
  readonly ids: ReadonlySet<string>;
  readonly change: (ids: ReadonlySet<string>) => void;
  /** The name of a row's box. */
  readonly name: (row: Row) => string;
  readonly all: string;
  /** Why a row cannot be ticked. */
  readonly not?: (row: Row) => string | undefined;
}

export interface TableProps<Row extends object> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly open?: (row: Row) => void;
  readonly preview?: (row: Row) => void;
  readonly at?: (row: Row) => void;
  readonly current?: string | undefined;
  readonly groups?: { readonly of: (row: Row) => string; readonly titles: readonly (readonly [string, ComponentChildren])[] };
  readonly sort?: Sort | undefined;
  readonly sorted?: (sort: Sort) => void;
  readonly ticks?: Ticks<Row>;
  readonly foot?: ComponentChildren;
  readonly bulk?: (ids: ReadonlySet<string>) => ComponentChildren;
  readonly dense?: boolean;
  readonly tall?: boolean;
  readonly empty?: ComponentChildren;
  readonly waiting?: boolean;
}

const ROW_PX = 36;
const DENSE_PX = 30;
const TALL_PX = 60;
const PAGE_ROWS = 10;

/** A row, or the title of a group. */
type Line<Row> = { readonly title: ComponentChildren; readonly id: string } | { readonly row: Row; readonly id: string };

export function Table<Row extends object>(props: TableProps<Row>): JSX.Element {
  const { columns, rows, idOf, ticks, dense, tall } = props;
  const [ownSort, setOwnSort] = useState<Sort>();
  const sort = props.sorted ? props.sort : (ownSort ?? props.sort);
  const sortTo = props.sorted ?? setOwnSort;
  const sorted = useSortedRows(rows, columns, sort, words.locale);
  const lines = linesOf(sorted, props);
  const scroller = useRef<HTMLDivElement>(null);
  const drawn = useVirtualRows(scroller, lines.length, tall ? TALL_PX : dense ? DENSE_PX : ROW_PX);
  const [focused, setFocused] = useState("");
  const goal = useRef("");
  const ordered = lines.flatMap((each) => ("row" in each ? [each] : []));
  const reached = ordered.find(({ id }) => id === focused) ?? ordered.find(({ id }) => id === props.current) ?? ordered[0];
  // The row that the focus goes to may have to be drawn first.
  useLayoutEffect(() => {
    const there = goal.current && scroller.current?.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(goal.current)}"]`);
    if (!there) return;
    goal.current = "";
    there.focus({ preventScroll: true });
    there.scrollIntoView({ block: "nearest" });
  });
  // Another order begins at its top.
  useLayoutEffect(() => void (scroller.current && (scroller.current.scrollTop = 0)), [sort?.id, sort?.desc]);
  const go = (place: number): Line<Row> | undefined => {
    const to = ordered[Math.max(0, Math.min(ordered.length - 1, place))];
    if (!to) return undefined;
    goal.current = to.id;
    setFocused(to.id);
    drawn.show(lines.indexOf(to));
    props.at?.(to.row);
    return to;
  };
  const tick = (row: Row, on?: boolean): void => {
    if (!ticks || ticks.not?.(row)) return;
    const [id, ids] = [idOf(row), new Set(ticks.ids)];
    if (on ?? !ids.has(id)) ids.add(id);
    else ids.delete(id);
    ticks.change(ids);
  };
  const heard = (event: KeyboardEvent): void => {
    const here = reached && (event.target as Element).matches("tr") ? ordered.indexOf(reached) : -1;
    if (here < 0 || !reached || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: ordered.length - 1, PageDown: here + PAGE_ROWS, PageUp: here - PAGE_ROWS,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      const next = go(to);
      if (event.shiftKey && ticks && next && "row" in next) {
        const ids = new Set(ticks.ids);
        for (const { row, id } of [reached, next]) if (!ticks.not?.(row)) ids.add(id);
        ticks.change(ids);
      }
    } else if (event.key === "Enter" && props.open) props.open(reached.row);
    else if (event.key === " " && props.preview) props.preview(reached.row);
    else if (event.code === "KeyK" && letters.on && ticks) tick(reached.row);
    else return;
    event.preventDefault();
  };
  const wide = columns.length + (ticks ? 1 : 0);
  return (
    <div class={`table ${tall ? "tall" : dense ? "dense" : ""}`}>
      <div class="table-scroll" ref={scroller}>
        <table aria-rowcount={lines.length + 1} aria-busy={props.waiting}>
          <caption class="hidden-text">{props.caption}</caption>
          <colgroup>
            {ticks ? <col class="tick-column" /> : null}
            {columns.map(({ id, width }) => <col key={id} {...(width ? { style: { width } } : {})} />)}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              {ticks ? <th scope="col"><TickAll ticks={ticks} rows={sorted} idOf={idOf} /></th> : null}
              {columns.map((each) => <Head key={each.id} column={each} sort={sort} sortTo={sortTo} />)}
            </tr>
          </thead>
          <tbody onKeyDown={heard}>
            {drawn.before ? <tr aria-hidden="true"><td colSpan={wide} style={{ height: `${drawn.before}px`, padding: 0 }} /></tr> : null}
            {lines.slice(drawn.from, drawn.to).map((line, place) =>
              "title" in line ? (
                <tr key={`group ${line.id}`} class="group" aria-rowindex={drawn.from + place + 2}><th scope="colgroup" colSpan={wide}>{line.title}</th></tr>
              ) : (
                <tr
                  key={line.id}
                  data-id={line.id}
                  aria-rowindex={drawn.from + place + 2}
                  aria-current={line.id === props.current ? "true" : undefined}
                  class={ticks?.ids.has(line.id) ? "ticked" : ""}
                  tabIndex={line === reached ? 0 : -1}
                  onFocus={(event) => (event.target === event.currentTarget ? setFocused(line.id) : undefined)}
                  onClick={() => props.preview?.(line.row)}
                  onDblClick={() => props.open?.(line.row)}
                >
                  {ticks ? <td><Tick row={line.row} ticks={ticks} on={ticks.ids.has(line.id)} change={(on) => tick(line.row, on)} reached={line === reached} /></td> : null}
                  {columns.map((each) => <Cell key={each.id} column={each} row={line.row} open={props.open} />)}
                </tr>
              ),
            )}
            {drawn.after ? <tr aria-hidden="true"><td colSpan={wide} style={{ height: `${drawn.after}px`, padding: 0 }} /></tr> : null}
            {props.waiting && !lines.length ? <Bones columns={wide} /> : null}
          </tbody>
        </table>
        {!lines.length && !props.waiting ? props.empty : null}
      </div>
      {ticks?.ids.size && props.bulk ? <div class="table-foot bulk">{props.bulk(ticks.ids)}</div> : props.foot ? <div class="table-foot">{props.foot}</div> : null}
    </div>
  );
}

function linesOf<Row extends object>(rows: readonly Row[], { groups, idOf }: TableProps<Row>): Line<Row>[] {
  const own = (row: Row): Line<Row> => ({ row, id: idOf(row) });
  if (!groups) return rows.map(own);
  return groups.titles.flatMap(([id, title]) => {
    const those = rows.filter((row) => groups.of(row) === id);
    return those.length ? [{ title, id }, ...those.map(own)] : [];
  });
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | undefined;
  readonly sortTo: (sort: Sort) => void;
}

function Head<Row>({ column, sort, sortTo }: HeadProps<Row>): JSX.Element {
  const on = sort?.id === column.id ? sort : undefined;
  const look = column.end ? "end" : "";
  if (!column.sortBy) return <th scope="col" class={look}>{column.head}</th>;
  return (
    <th scope="col" class={look} aria-sort={on ? (on.desc ? "descending" : "ascending") : "none"}>
      <button type="button" class="sort" onClick={() => sortTo({ id: column.id, desc: on ? !on.desc : column.desc === true })}>
        {column.head}{on ? <Icon name={on.desc ? "arrow-down" : "arrow-up"} size="small" /> : null}
      </button>
    </th>
  );
}

function Cell<Row>({ column, row, open }: { column: Column<Row>; row: Row; open: ((row: Row) => void) | undefined }): JSX.Element {
  if (!column.title) return <td class={column.end ? "end" : ""}>{column.cell(row)}</td>;
  return (
    <th scope="row">
      {open ? <button type="button" class="row-title" tabIndex={-1} onClick={(event) => (event.stopPropagation(), open(row))}>{column.cell(row)}</button> : column.cell(row)}
    </th>
  );
}

interface TickProps<Row> {
  readonly row: Row;
  readonly ticks: Ticks<Row>;
  readonly on: boolean;
  readonly change: (on: boolean) => void;
  readonly reached: boolean;
}

function Tick<Row>({ row, ticks, on, change, reached }: TickProps<Row>): JSX.Element {
  const not = ticks.not?.(row);
  return (
    <label class="tick" onClick={(event) => event.stopPropagation()}>
      <input
        type="checkbox"
        aria-label={not ? `${ticks.name(row)}: ${not}` : ticks.name(row)}
        title={not}
        checked={on}
        disabled={not !== undefined}
        tabIndex={reached ? 0 : -1}
        onChange={({ currentTarget: { checked } }) => change(checked)}
      />
    </label>
  );
}

function TickAll<Row>({ ticks, rows, idOf }: { ticks: Ticks<Row>; rows: readonly Row[]; idOf: (row: Row) => string }): JSX.Element {
  const could = rows.filter((row) => !ticks.not?.(row)).map(idOf);
  const all = could.length > 0 && could.every((id) => ticks.ids.has(id));
  return (
    <label class="tick">
      <input
        type="checkbox"
        aria-label={ticks.all}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = !all && ticks.ids.size > 0;
        }}
        onChange={() => ticks.change(new Set(all ? [] : could))}
      />
    </label>
  );
}
