"""All that is in the table of a system, read once, and what its histories count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import replay_clock
from casework.aws.table import keys
from casework.aws.table.item_mapping import case_from_item, event_from_item
from casework.aws.table.wire import values_from_wire_item
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.case_statistics import CaseMark, count_case
from casework.statistics.counts import shift_to_statistical_times

SnapshotJson = dict[str, Any]
FAULTS_PACK: Final = "ma"


class TableSnapshot:
    """The whole table, read once."""

    def __init__(self, items: Iterable[SnapshotJson]) -> None:
        self.items = list(items)
        self._under: dict[str, dict[str, SnapshotJson]] = defaultdict(dict)
        for item in self.items:
            self._under[item[keys.PARTITION_KEY]][item[keys.SORT_KEY]] = item

    @classmethod
    def of(cls, dynamodb: Any, table: str) -> TableSnapshot:
        """A table, by a client of its service."""
        pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return cls(values_from_wire_item(item) for page in pages for item in page["Items"])

    def at(self, key: dict[str, str]) -> SnapshotJson | None:
        """The item at a key."""
        return self._under[key[keys.PARTITION_KEY]].get(key[keys.SORT_KEY])

    def beside(self, key: dict[str, str], begins: str) -> list[SnapshotJson]:
        """Items of the same partition whose sort key has this prefix, in order."""
        found = self._under[key[keys.PARTITION_KEY]]
        return [found[sort] for sort in sorted(found) if sort.startswith(begins)]

    def case(self, case_id: str) -> Case:
        """A case that is there."""
        return case_from_item(
            self._under[keys.case_key(case_id)[keys.PARTITION_KEY]][keys.CASE_SORT]
        )

    def cases(self) -> Iterator[Case]:
        """Every case."""
        return (
            case_from_item(item) for item in self.items if item[keys.SORT_KEY] == keys.CASE_SORT
        )

    def events(self, case_id: str) -> list[CaseEvent]:
        """The history of a case."""
        return [event_from_item(item) for item in self.event_items(case_id)]

    def event_items(self, case_id: str) -> list[SnapshotJson]:
        """The same in stored form."""
        return self.beside(keys.case_key(case_id), keys.event_key.begins)

    def lines(self, partition: str) -> set[str]:
        """The sort keys of a partition."""
        return set(self._under[partition])


def mark_of(held: TableSnapshot, case: Case) -> CaseMark:
    """The counts that follow from the history of a case."""
    report = held.at(keys.report_key(case.opened_by)) or {}
    accepted = datetime.fromisoformat(report.get("accepted_at", case.opened_at))
    history = [
        (
            keys.event_key.of(item)[1],
            item["move"],
            item["at"],
            item.get(replay_clock.REPLAYED_AT_ATTRIBUTE),
            item.get("data", {}),
        )
        for item in held.event_items(case.id)
    ]
    law = load_statistics_law(open_pack(FAULTS_PACK).folder)
    return count_case(law, accepted, shift_to_statistical_times(law, history, timedelta()))
