"""The list of a case's reports, in the order in which they came: one line for each, by its number.

The numbers of a case are given in order and without a gap: the line of a number is put where none
is, by a writer who read the line before it. So a reader who sees a number sees all lower ones. The
highest line of each list stays when its report leaves, and is empty then: no number is given twice.

A case of more than `keys.MAX_FIRST_ARRIVALS` reports has further lists, which share the later
numbers: one list takes some five hundred reports a second. A reader of several lists first reads
the highest number, and then no line above it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.admission import MAX_REPORTS

REPORT_REFERENCE_FIELD: Final = "reference"
"""The attribute that the line of a report has, and an empty line has not."""
ARRIVALS_PER_READ: Final = 100


def last_report_number(table: str, case_id: str) -> int:
    """The number of the last report of a case, strongly read; 0 before the first.

    It never decreases, though reports move on or are erased.
    """
    first = _highest(table, keys.first_arrivals_partition(case_id))
    if first < keys.MAX_FIRST_ARRIVALS:
        return first
    near = max(first, _highest(table, keys.later_arrival_partitions(case_id)[0]))
    # The next number of that list was not given yet, so the last one is before it.
    further = [keys.arrived_key(case_id, near + each) for each in range(1, keys.FLOW_SHARDS)]
    return max(
        [near, *map(_number, items.get_items(table, further, [keys.PARTITION_KEY, keys.SORT_KEY]))]
    )


def put_report_line_write(
    table: str,
    case_id: str,
    number: int,
    reference: str,
    at: str,
    *,
    accepted_at: str,
    belongs: bool,
    hears: bool = False,
) -> dict[str, Any]:
    """The write of the line for the report of a number, unless another report has the number.

    It is found by the day of the report's acceptance, too. The number before is that of a line
    which was read, or which stands in the same transaction.
    """
    line = {
        **keys.arrived_key(case_id, number),
        keys.FLOW_PARTITION_KEY: keys.accepted_flow(accepted_at[:10], reference),
        keys.FLOW_SORT_KEY: reference,
        REPORT_REFERENCE_FIELD: reference,
        "at": at,
        "belongs": belongs or None,
        "hears": hears or None,
    }
    return {
        "Put": {
            "TableName": table,
            "Item": to_wire_item(line),
            "ConditionExpression": items.IF_ABSENT_CONDITION,
        }
    }


def remove_line_writes(table: str, case_id: str, number: int) -> list[dict[str, Any]]:
    """The writes by which a report leaves the list of a case: its line is deleted, or emptied where
    it is the highest; an empty one before it is not needed then."""
    key = keys.arrived_key(case_id, number)
    found = list(_query(table, key[keys.PARTITION_KEY], 0, MAX_REPORTS, 2, backwards=True))
    if not found or _number(found[0]) != number:
        return [items.delete_write(table, key)]
    before = [_key(line) for line in found[1:] if REPORT_REFERENCE_FIELD not in line]
    return [items.put_write(table, key), *(items.delete_write(table, each) for each in before)]


@dataclass(frozen=True)
class LaterReports:
    """What joined a case after the report that opened it."""

    count: int
    """At most the number up to which was counted."""
    unseen: bool
    """One may be there that nobody had in view who acted on the case."""


def read_later_reports(
    table: str, shown_by_case: Mapping[str, int], most: int
) -> dict[str, LaterReports]:
    """The reports that came into some cases after the first and are there, counted up to `most`;
    each case with the number of the last report that people had in view.

    They are looked for at the first numbers, and at as many after the last one in view, a hundred
    places in a read. Where these are full, further ones may be there.
    """
    counted = range(2, most + 2)
    after = {
        each: range(max(shown, 1) + 1, max(shown, 1) + 1 + most)
        for each, shown in shown_by_case.items()
    }
    wanted = [
        keys.arrived_key(each, number)
        for each, beyond in after.items()
        for number in sorted({*counted, *beyond})
    ]
    there: dict[tuple[str, str], bool] = {}
    for begin in range(0, len(wanted), ARRIVALS_PER_READ):
        lines = items.get_items(
            table,
            wanted[begin : begin + ARRIVALS_PER_READ],
            (keys.PARTITION_KEY, keys.SORT_KEY, REPORT_REFERENCE_FIELD, "belongs"),
        )
        there |= {
            (line[keys.PARTITION_KEY], line[keys.SORT_KEY]): bool(line.get("belongs"))
            for line in lines
            if REPORT_REFERENCE_FIELD in line
        }

    def found(case_id: str, numbers: Iterable[int]) -> list[bool]:
        places = (keys.arrived_key(case_id, each) for each in numbers)
        named = ((each[keys.PARTITION_KEY], each[keys.SORT_KEY]) for each in places)
        return [there[each] for each in named if each in there]

    def later(case_id: str) -> LaterReports:
        beyond = found(case_id, after[case_id])
        unseen = not all(beyond) or len(beyond) == most
        return LaterReports(len(found(case_id, counted)), unseen)

    return {each: later(each) for each in shown_by_case}


def iter_report_lines(
    table: str, case_id: str, above: int = 0, limit: int | None = None, *, empty: bool = False
) -> Iterator[dict[str, Any]]:
    """The lines of the reports of a case above a number in order, strongly read; at most `limit`:
    `reference`, time of arrival (`at`), `belongs` where no decision has to have it in view before
    an end, and `hears` while its reporter hears of the case.

    With `empty`, empty lines are among them.
    """
    remaining, reached = limit, above
    if above < keys.MAX_FIRST_ARRIVALS:
        for line in (
            first := _List(
                table, keys.first_arrivals_partition(case_id), above, MAX_REPORTS, limit, empty
            )
        ):
            remaining = None if remaining is None else remaining - 1
            yield line
        reached = first.reached
    if reached < keys.MAX_FIRST_ARRIVALS or remaining == 0:
        return
    upto = last_report_number(table, case_id)
    beyond = (
        _List(table, each, reached, upto, remaining, empty)
        for each in keys.later_arrival_partitions(case_id)
    )
    yield from islice(heapq.merge(*beyond, key=_number), remaining)


@dataclass
class _List:
    """The lines of reports in one list, above a number and up to another."""

    table: str
    partition: str
    reached: int
    """The number of the latest line that was read, also of an empty one."""
    upto: int
    limit: int | None
    empty: bool

    def __iter__(self) -> Iterator[dict[str, Any]]:
        remaining = self.limit
        while self.reached < self.upto:
            read = 0
            asked = remaining
            for line in _query(self.table, self.partition, self.reached, self.upto, asked):
                read, self.reached = read + 1, _number(line)
                if self.empty or REPORT_REFERENCE_FIELD in line:
                    remaining = None if remaining is None else remaining - 1
                    yield line
            if asked is None or read < asked or not remaining:
                return


def _number(line: Mapping[str, Any]) -> int:
    return keys.number_from_arrival_sort(line[keys.SORT_KEY])


def _key(line: Mapping[str, Any]) -> dict[str, str]:
    return {name: line[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}


def _highest(table: str, partition: str) -> int:
    found = _query(table, partition, 0, MAX_REPORTS, 1, backwards=True)
    return max(map(_number, found), default=0)


def _query(
    table: str, partition: str, above: int, upto: int, limit: int | None, *, backwards: bool = False
) -> Iterator[dict[str, Any]]:
    first, end = (
        {keys.PARTITION_KEY: partition, keys.SORT_KEY: keys.arrived_first_key.sort_begins(number)}
        for number in (above + 1, upto)
    )
    return items.query_between(table, first, end, limit=limit, backwards=backwards)
