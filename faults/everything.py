"""All that is in the table of a system, read once, and what its histories count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import clock
from casework.aws.table import keys
from casework.aws.table.stored import case_from, event_from
from casework.aws.table.wire import from_wire
from casework.case.case import Case
from casework.case.history import Event
from casework.figures.counted import CaseMark, at_its_time, count_case
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import law_of

Json = dict[str, Any]
PACK: Final = "ma"


class Everything:
    """The whole table, read once."""

    def __init__(self, items: Iterable[Json]) -> None:
        self.items = list(items)
        self._under: dict[str, dict[str, Json]] = defaultdict(dict)
        for item in self.items:
            self._under[item[keys.PARTITION]][item[keys.SORT]] = item

    @classmethod
    def of(cls, dynamodb: Any, table: str) -> Everything:
        """A table, by a client of its service."""
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return cls(from_wire(item) for page in pages for item in page["Items"])

    def at(self, key: dict[str, str]) -> Json | None:
        """The item at a key."""
        return self._under[key[keys.PARTITION]].get(key[keys.SORT])

    def beside(self, key: dict[str, str], begins: str) -> list[Json]:
        """Items of the same partition whose sort key has this prefix, in order."""
        found = self._under[key[keys.PARTITION]]
        return [found[sort] for sort in sorted(found) if sort.startswith(begins)]

    def case(self, case_id: str) -> Case:
        """A case that is there."""
        return case_from(self._under[keys.case_key(case_id)[keys.PARTITION]][keys.CASE_SORT])

    def cases(self) -> Iterator[Case]:
        """Every case."""
        return (case_from(item) for item in self.items if item[keys.SORT] == keys.CASE_SORT)

    def events(self, case_id: str) -> list[Event]:
        """The history of a case."""
        return [event_from(item) for item in self.event_items(case_id)]

    def event_items(self, case_id: str) -> list[Json]:
        """The same in stored form."""
        return self.beside(keys.case_key(case_id), keys.event_key.begins)

    def lines(self, partition: str) -> set[str]:
        """The sort keys of a partition."""
        return set(self._under[partition])


def mark_of(held: Everything, case: Case) -> CaseMark:
    """The counts that follow from the history of a case."""
    report = held.at(keys.report_key(case.opened_by)) or {}
    accepted = datetime.fromisoformat(report.get("accepted_at", case.opened_at))
    history = [
        (
            keys.event_key.of(item)[1],
            item["move"],
            item["at"],
            item.get(clock.REPLAYED_AT),
            item.get("data", {}),
        )
        for item in held.event_items(case.id)
    ]
    law = law_of(open_pack(PACK).folder)
    return count_case(law, accepted, at_its_time(law, history, timedelta()))
