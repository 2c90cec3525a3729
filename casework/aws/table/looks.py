"""A look at some cases in flight at a time, which the next one continues.

The reconciler asks a service about each case, and the service answers a few questions a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from casework.aws.table import desk_keys, items, keys

NOWHERE: Final = ""


class Looks:
    """The places where the last look stopped: in the queues, and in the list of executions."""

    def __init__(self, table: str) -> None:
        self._table = table
        kept = items.get(table, keys.looked_key()) or {"places": {}}
        self._stood: dict[str, str] = {
            "queue": NOWHERE,
            "at": NOWHERE,
            "execution": NOWHERE,
            **kept["places"],
        }
        self._stands = dict(self._stood)
        self._kept = dict(self._stood)

    @property
    def executions(self) -> str:
        """Where the list of executions goes on; empty at its beginning."""
        return self._stood["execution"]

    def go_on_at(self, execution: str) -> None:
        """The next look at the list of executions goes on there."""
        self._stands["execution"] = execution

    def in_queues(self, queues: Sequence[str], before: str, most: int) -> list[str]:
        """At most some cases of the queues that were opened before a time, after the last place.

        Fewer are all that there are; the next look begins with the first queue then.
        """
        found = list(islice(self._from(queues, before), most))
        place = found[-1][1] if len(found) == most else (NOWHERE, NOWHERE)
        self._stands["queue"], self._stands["at"] = place
        return [case_id for case_id, _ in found]

    def keep(self) -> None:
        """Store the places, where they changed."""
        if self._stands != self._kept:
            items.put(self._table, {**keys.looked_key(), "places": self._stands})
            self._kept = dict(self._stands)

    def _from(self, queues: Sequence[str], before: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """The cases from the last place to the last queue, then those from the first."""
        begins = self._stood["queue"]
        first = queues.index(begins) if begins in queues else 0
        after = self._stood["at"] if begins in queues else NOWHERE
        seen: set[str] = set()
        for name in (*queues[first:], *queues[: first + 1]):
            for key in items.indexed(
                self._table, keys.BY_QUEUE, desk_keys.queue(name), after=after or None
            ):
                case_id, at = keys.case_of(key[keys.PARTITION]), key[keys.QUEUE_AT]
                if desk_keys.opened_of(at) < before and case_id not in seen:
                    seen.add(case_id)
                    yield case_id, (name, at)
            after = NOWHERE


def urgent(table: str, queue: str, rank: int, since: str, before: str) -> Iterator[str]:
    """The cases of a rank in a queue that were opened between two times."""
    for key in items.indexed(
        table,
        keys.BY_QUEUE,
        desk_keys.queue(queue),
        after=desk_keys.queue_at(rank, since, ""),
        before=desk_keys.queue_at(rank, before, ""),
    ):
        yield keys.case_of(key[keys.PARTITION])
