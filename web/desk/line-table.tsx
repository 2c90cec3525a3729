// Cases as a table: what the lists, the page of the day's work and that of a unit have in common.
import type { ComponentChildren, JSX } from "preact";
import type { CaseLine, Person } from "./api";
import { AgeCell, DueCell, HolderCell, MoneyCell, PlaceCell, PriorityCell, ShortCell, StatusCell, SumCell, WordsCell } from "./line-cells";
import { aboutOf, holderOf, leftOfNearest, nameOf, placeOf, PRIORITIES } from "./line-facts";
import { useMedia } from "./media";
import type { Sort } from "./ui/sorted-rows";
import { type Column, Table, type TableProps } from "./ui/table";
import { Code } from "./untrusted-text";
import { category, named as nameInCountry, type Names, t, words } from "./words";

export type LineColumn = "priority" | "words" | "status" | "category" | "place" | "money" | "sum" | "unit" | "due" | "holder" | "age";
export const WAITING_COLUMNS: readonly LineColumn[] = ["priority", "words", "category", "place", "money", "due", "holder", "age"];
export const UNIT_COLUMNS: readonly LineColumn[] = ["priority", "words", "status", "category", "sum", "due", "holder", "age"];
export const OFFICE_COLUMNS: readonly LineColumn[] = ["priority", "words", "status", "unit", "holder", "due", "age"];
/** What a telephone has room for. */
const NARROW: readonly LineColumn[] = ["words", "due"];

interface LineTableProps extends Pick<TableProps<CaseLine>, "groups" | "ticks" | "bulk" | "foot" | "empty" | "waiting" | "dense"> {
  readonly caption: string;
  readonly lines: readonly CaseLine[];
  readonly columns: readonly LineColumn[];
  readonly people: Names;
  readonly places: ReadonlyMap<string, string>;
  readonly person: Person;
  readonly open: (id: string) => void;
  readonly sort?: Sort | undefined;
  readonly sorted?: (sort: Sort) => void;
}

export function LineTable({ lines, columns, people, places, person, open, ...table }: LineTableProps): JSX.Element {
  const narrow = useMedia("(max-width: 40rem)");
  const wide = useMedia("(min-width: 100rem)");
  const every: Readonly<Record<LineColumn, Omit<Column<CaseLine>, "id">>> = {
    priority: {
      head: t("priority"), width: "7.4rem", desc: true,
      cell: (line): ComponentChildren => <PriorityCell line={line} />,
      sortBy: (line) => -PRIORITIES.indexOf(line.priority),
    },
    words: { head: t("line_words"), title: true, cell: (line) => (narrow ? <ShortCell line={line} places={places} /> : <WordsCell line={line} />), sortBy: aboutOf },
    status: { head: t("list_status"), width: wide ? "15rem" : "12.6rem", cell: (line) => <StatusCell line={line} />, sortBy: (line) => t(`status_${line.status}`) },
    category: { head: t("category"), width: "9.5rem", cell: (line) => category(line.category), sortBy: (line) => category(line.category) },
    place: {
      head: t("place"), width: "6.6rem",
      cell: (line) => <PlaceCell line={line} places={places} />,
      sortBy: (line) => placeOf(line, places) || undefined,
    },
    money: { head: t("line_money"), width: wide ? "15rem" : "12rem", desc: true, cell: (line) => <MoneyCell line={line} />, sortBy: sumOf },
    sum: { head: t("line_sum"), width: "7rem", desc: true, cell: (line) => <SumCell line={line} />, sortBy: sumOf },
    unit: { head: t("unit"), width: "15.5rem", cell: (line) => unitOf(line), sortBy: unitOf },
    due: { head: t("line_due"), width: narrow ? "7.6rem" : "9.6rem", cell: (line) => <DueCell line={line} />, sortBy: leftOfNearest },
    holder: {
      head: t("line_holder"), width: "7.5rem",
      cell: (line) => <HolderCell line={line} people={people} person={person} />,
      sortBy: (line) => named(holderOf(line), people, person),
    },
    age: { head: t("line_age"), width: "4.8rem", end: true, cell: (line) => <AgeCell line={line} />, sortBy: (line) => -Date.parse(line.opened_at) },
  };
  const shown = narrow ? NARROW : columns;
  const numbered: Column<CaseLine> = { id: "number", head: t("line_number"), width: "9rem", cell: (line) => (line.number ? <Code text={line.number} /> : null), sortBy: (line) => line.number ?? undefined };
  return (
    <Table<CaseLine>
      {...table}
      tall={narrow}
      columns={[...shown.map((id) => ({ id, ...every[id] })), ...(wide ? [numbered] : [])]}
      rows={lines}
      idOf={({ id }) => id}
      open={({ id }) => open(id)}
    />
  );
}

const sumOf = ({ facts }: CaseLine): number | undefined => (facts?.sum ? Number(facts.sum) : undefined);
const unitOf = ({ referral }: CaseLine): string | undefined => (referral ? nameInCountry(words.units, referral.unit) : undefined);
const named = (subject: string | undefined, people: Names, person: Person): string | undefined => (subject ? nameOf(subject, people, person) : undefined);
