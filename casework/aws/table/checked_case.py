"""A case during the check of its stored items, and whether its entries record an erasure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from casework.aws.table import audit_log, file_marks, items, keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.file_marks import FileMarks
from casework.aws.table.item_mapping import (
    event_from_item,
)
from casework.aws.table.report_table import ERASED_AT_FIELD, ERASED_BY_FIELD
from casework.case.case import Case
from casework.case.history import (
    CaseEvent,
)
from casework.case.lifecycle import Move


@dataclass
class CheckedCase:
    """A case during the check."""

    table: CaseTable
    case: Case
    events: list[CaseEvent] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    """The number of entries of other cases that were looked up, by id."""
    files: dict[str, dict[tuple[str, int], FileMarks]] = field(default_factory=dict)
    """The marks of files in the logs that were looked up, by case."""
    sealed: Collection[str] = frozenset()
    """Days that have a seal, as far as they are known."""

    @property
    def name(self) -> str:
        return self.table.name

    def of(self, *moves: Move) -> Iterator[CaseEvent]:
        """Its entries of some moves."""
        return (event for event in self.events if event.move in moves)

    @property
    def gone(self) -> bool:
        """Whether its entries say that all of it is erased."""
        return any(self.of(Move.ERASE, Move.END_TRIAL))

    @cached_property
    def bound(self) -> set[str]:
        """The days of the case that a night has bound."""
        entries = audit_log.read_day_entries(self.name, self.case.id)
        return {str(each.data.get("day")) for each in entries if isinstance(each, CaseEvent)}

    @property
    def bound_upto(self) -> str:
        """The last one; empty before the first one."""
        return max(self.bound, default="")

    @cached_property
    def grew(self) -> set[str]:
        """The days of its entries."""
        return {event.at[:10] for event in self.events}

    def missed(self, days: Iterable[str]) -> Iterator[str]:
        """Those of some days that no night has bound, although a later one is bound, or the day is
        sealed. A night that was missed is bound later."""
        for day in sorted({*days} - self.bound):
            if day < self.bound_upto or day in self.sealed:
                yield day

    def marks(self, case_id: str) -> dict[tuple[str, int], FileMarks]:
        """The marks of files in the log of a case."""
        if case_id not in self.files:
            self.files[case_id] = file_marks.read_file_marks(self.name, case_id)
        return self.files[case_id]

    def entry(self, case_id: object, number: object) -> CaseEvent | None:
        """The entry of a number of this case, or of another existing one; None without it."""
        if not isinstance(case_id, str) or not isinstance(number, int):
            return None
        if case_id == self.case.id:
            return self.events[number - 1] if 0 < number <= len(self.events) else None
        if case_id not in self.others:
            there = items.get_item(self.name, keys.case_key(case_id))
            self.others[case_id] = int(there["events"]) if there else 0
        if not 0 < number <= self.others[case_id]:
            return None
        item = items.get_item(self.name, keys.event_key(case_id, number))
        return event_from_item(item) if item else None


def is_recorded_erasure(found: CheckedCase, reference: str) -> bool:
    """Whether a report was erased, with an entry of its case."""
    item = items.get_item(found.name, keys.report_key(reference))
    return (
        item is not None
        and ERASED_AT_FIELD in item
        and entry_records_erasure(found, reference, item)
    )


def entry_records_erasure(found: CheckedCase, reference: str, tombstone: Mapping[str, Any]) -> bool:
    """Whether the entry that a tombstone names records it."""
    entry = found.entry(tombstone.get("case_id"), tombstone.get(ERASED_BY_FIELD))
    if entry is None or entry.move != Move.ERASED or entry.at != tombstone[ERASED_AT_FIELD]:
        return False
    told = entry.data.get("reports")
    return isinstance(told, list) and reference in told
