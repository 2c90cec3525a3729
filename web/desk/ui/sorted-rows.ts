// The rows of a table in the order that its reader chose (TanStack Table): of equals the order in which they came stays.
import { constructTable, createSortedRowModel, rowSortingFeature, tableFeatures } from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";
import { useMemo } from "preact/hooks";

export interface Sort {
  readonly id: string;
  readonly desc: boolean;
}

/** What a row is sorted by in a column; undefined goes last, either way. */
export type SortValue = string | number | undefined;

const FEATURES = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

interface Sortable<Row> {
  readonly id: string;
  readonly sortBy?: (row: Row) => SortValue;
}

/** The rows, sorted; as they came where no sort is chosen. `locale` orders letters. */
export function useSortedRows<Row extends object>(rows: readonly Row[], columns: readonly Sortable<Row>[], sort: Sort | undefined, locale: string): readonly Row[] {
  return useMemo(() => {
    if (!sort) return rows;
    const letters = new Intl.Collator(locale, { numeric: true });
    const order = (one: SortValue, other: SortValue): number =>
      typeof one === "number" && typeof other === "number" ? one - other : letters.compare(String(one), String(other));
    const table = constructTable<typeof FEATURES, Row>({
      features: FEATURES,
      data: [...rows],
      columns: columns.flatMap(({ id, sortBy }) =>
        sortBy
          ? [{ id, accessorFn: sortBy, sortUndefined: "last" as const, sortFn: (one, other, column) => order(one.getValue(column), other.getValue(column)) }]
          : [],
      ),
      initialState: { sorting: [{ id: sort.id, desc: sort.desc }] },
    });
    return table.getRowModel().rows.map(({ original }) => original);
  }, [rows, columns, sort?.id, sort?.desc, locale]);
}
