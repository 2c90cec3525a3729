"""Counts the items of the table that calls read and write: what an arriving thing costs.

Units and milliseconds hide a list that grows by small items; items do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from botocore.client import BaseClient

from harness.faults.fault_plan import FaultCall

METERED_CASE_ENTRIES: Final = (10, 100, 1_000)
"""Entries of a case at which the same thing arrives."""
_SINGLE_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


class ItemCounts(NamedTuple):
    """How many items were read and written."""

    read: int
    written: int


def both(one: ItemCounts, other: ItemCounts) -> ItemCounts:
    """What two parts of one thing cost together."""
    return ItemCounts(one.read + other.read, one.written + other.written)


@dataclass
class ItemMeter:
    """The counts since the meter began."""

    read: int = 0
    written: int = 0

    @property
    def items(self) -> ItemCounts:
        """What was counted."""
        return ItemCounts(self.read, self.written)

    def count(self, operation: str, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """Count a call of the table that succeeded."""
        if operation == "GetItem":
            self.read += 1
        elif operation in {"Query", "Scan"}:
            self.read += answer["ScannedCount"]
        elif operation == "BatchGetItem":
            self.read += sum(len(each["Keys"]) for each in asked["RequestItems"].values())
        elif operation in _SINGLE_WRITES:
            self.written += 1
        elif operation == "TransactWriteItems":
            checks = sum("ConditionCheck" in each for each in asked["TransactItems"])
            self.read += checks
            self.written += len(asked["TransactItems"]) - checks


@contextmanager
def meter_items() -> Iterator[ItemMeter]:
    """Count the items of every client of this process meanwhile; raises RuntimeError when there
    was nothing to count, because then the meter is not connected."""
    meter = ItemMeter()
    called: FaultCall = BaseClient._make_api_call  # type: ignore[attr-defined]  # where all calls pass

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        answer = called(client, operation, asked)
        if client.meta.service_model.service_name == "dynamodb":
            meter.count(operation, asked, answer)
        return answer

    BaseClient._make_api_call = call  # type: ignore[attr-defined]
    try:
        yield meter
    finally:
        BaseClient._make_api_call = called  # type: ignore[attr-defined]
    if meter.items == (0, 0):
        raise RuntimeError("nothing was counted")


def grown(costs: dict[str, list[ItemCounts]]) -> list[str]:
    """What costs more in a case with more entries; each thing once at each of
    `METERED_CASE_ENTRIES`."""
    differ = {thing: found for thing, found in sorted(costs.items()) if len(set(found)) > 1}
    return [
        f"{thing} costs {read} reads and {written} writes in a case with {size} entries"
        for thing, found in differ.items()
        for size, (read, written) in zip(METERED_CASE_ENTRIES, found, strict=True)
    ]
