"""The deadlines that passed, page by page, and where the sweeper goes on.

A pass goes around all of them, from where the last one stopped. Its place is stored before a page
is acted on, so a deadline that kills the process does not block the pages after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.value_objects import DeadlineKind

PAGE_SIZE: Final = 1_000
"""Deadlines that are read at once: some 80 KB."""


class PastDue(NamedTuple):
    """A deadline that passed: its kind, its case or report, and its time."""

    kind: DeadlineKind
    whose: str
    due: str


class UnitSnapshot(NamedTuple):
    """The units at the last sweep: id → territory."""

    areas: dict[str, str]
    seen: dict[str, str] | None = None
    """Version of the pack to which open cases are being rerouted; None when all are done."""


class OverdueDeadlines:
    """The deadlines of a partition before a time, oldest first; one query finds that there are
    none."""

    def __init__(self, table: str, now: str, partition: str = keys.DUE_PARTITION) -> None:
        self._table = table
        self._partition = partition
        self._until = keys.due_sort_limit(now)
        self.units: UnitSnapshot | None = None
        """None when there was no sweep before."""
        self._places: dict[str, str] = {}
        self._before = ""
        self._first = self._read("")

    def iterate_pages(self, way: str) -> Iterator[list[PastDue]]:
        """All deadlines page by page, from the place where this way was left.

        A caller that stops at a page calls `stop_here`.
        """
        begins = self._places.get(way, "")
        behind = self._pages("", begins) if begins else ()
        for before, lines in chain(self._pages(begins), behind):
            self._before = before
            if begins or len(lines) >= PAGE_SIZE:
                self._keep(way, lines[-1])
            passed = [_past_due(line) for line in lines]
            if self._partition == keys.DUE_PARTITION:
                passed = [each for each in passed if not self._is_of_a_report(each)]
            if passed:
                yield passed
        self._keep(way, "")

    def _is_of_a_report(self, passed: PastDue) -> bool:
        """Whether it is the deadline of a report, from before there were shards: it is moved to
        its own and met there."""
        if passed.kind is not DeadlineKind.ALONE:
            return False
        said = (passed.due, passed.kind, passed.whose)
        items.put_item(self._table, keys.due_key(*said))
        items.delete_item(self._table, keys.unsharded_due_key(*said))
        return True

    def stop_here(self, way: str) -> None:
        """Stop at the latest page: the next pass goes on with it."""
        self._keep(way, self._before)

    def _pages(self, after: str, last: str = "") -> Iterator[tuple[str, list[str]]]:
        """Sort keys of deadlines after one and up to a last one, each page with the key before."""
        while True:
            lines = self._read(after) if after else self._first
            if last:
                lines = [line for line in lines if line <= last]
            if lines:
                yield after, lines
            if len(lines) < PAGE_SIZE:
                return
            after = lines[-1]

    def _keep(self, way: str, place: str) -> None:
        if self._places.get(way, "") != place:
            self._places[way] = place
            kept = {each: at for each, at in self._places.items() if at}
            items.put_item(self._table, {**keys.sweep_cursor_key(self._partition), "places": kept})

    def _read(self, after: str) -> list[str]:
        """The sort keys of a page of deadlines after one."""
        found = items.query_items(
            self._table,
            PAGE_SIZE + len(keys.CURSOR_SORTS),
            {**keys.sweep_cursor_key(self._partition), keys.SORT_KEY: after} if after else None,
            KeyConditionExpression="pk = :pk AND sk < :now",
            ExpressionAttributeValues=to_wire_item({":pk": self._partition, ":now": self._until}),
            ConsistentRead=True,
        )
        return [item[keys.SORT_KEY] for item in found if not self._is_ours(item)]

    def _is_ours(self, item: Mapping[str, Any]) -> bool:
        """Take in what a sweep keeps before all deadlines."""
        if item[keys.SORT_KEY] == keys.units_key.begins:
            self.units = UnitSnapshot(item["units"], item.get("seen"))
        elif item[keys.SORT_KEY] == keys.swept_first_key.begins:
            self._places = dict(item["places"])
        return item[keys.SORT_KEY] in keys.CURSOR_SORTS


def _past_due(sort: str) -> PastDue:
    due, kind, whose = keys.parse_due_sort(sort)
    return PastDue(DeadlineKind(kind), whose, due)
