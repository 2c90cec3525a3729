"""A look at some cases in flight at a time, which the next one continues.

The reconciler asks a service about each case, and the service answers a few questions a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from casework.aws.table import desk_keys, items, keys

START_CURSOR: Final = ""


class ReconcileCursor:
    """The places where the last look stopped: in the queues, and in the list of executions."""

    def __init__(self, table: str) -> None:
        self._table = table
        stored = items.get_item(table, keys.reconcile_cursor_key()) or {"places": {}}
        self._stood: dict[str, str] = {
            "queue": START_CURSOR,
            "at": START_CURSOR,
            "execution": START_CURSOR,
            **stored["places"],
        }
        self._stands = dict(self._stood)
        self._kept = dict(self._stood)

    @property
    def executions(self) -> str:
        """Where the list of executions goes on; empty at its beginning."""
        return self._stood["execution"]

    def set_execution_place(self, execution: str) -> None:
        """The next look at the list of executions goes on there."""
        self._stands["execution"] = execution

    def list_queue_cases(self, queues: Sequence[str], before: str, most: int) -> list[str]:
        """At most some cases of the queues that were opened before a time, after the last place.

        Fewer are all that there are; the next look begins with the first queue then.
        """
        found = list(islice(self._from(queues, before), most))
        place = found[-1][1] if len(found) == most else (START_CURSOR, START_CURSOR)
        self._stands["queue"], self._stands["at"] = place
        return [case_id for case_id, _ in found]

    def save(self) -> None:
        """Store the places, where they changed."""
        if self._stands != self._kept:
            items.put_item(self._table, {**keys.reconcile_cursor_key(), "places": self._stands})
            self._kept = dict(self._stands)

    def _from(self, queues: Sequence[str], before: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """The cases from the last place to the last queue, then those from the first."""
        begins = self._stood["queue"]
        first = queues.index(begins) if begins in queues else 0
        after = self._stood["at"] if begins in queues else START_CURSOR
        case_ids: set[str] = set()
        for name in (*queues[first:], *queues[: first + 1]):
            for key in items.query_index(
                self._table,
                keys.QUEUE_INDEX,
                desk_keys.queue_name_of_desk(name),
                after=after or None,
            ):
                case_id, at = (
                    keys.case_id_from_partition(key[keys.PARTITION_KEY]),
                    key[keys.QUEUE_SORT_KEY],
                )
                if desk_keys.opening_time_from_place(at) < before and case_id not in case_ids:
                    case_ids.add(case_id)
                    yield case_id, (name, at)
            after = START_CURSOR


def list_urgent(table: str, queue: str, rank: int, since: str, before: str) -> Iterator[str]:
    """The cases of a rank in a queue that were opened between two times."""
    for key in items.query_index(
        table,
        keys.QUEUE_INDEX,
        desk_keys.queue_name_of_desk(queue),
        after=desk_keys.queue_sort(rank, since, ""),
        before=desk_keys.queue_sort(rank, before, ""),
    ):
        yield keys.case_id_from_partition(key[keys.PARTITION_KEY])
