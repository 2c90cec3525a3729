"""What shifts of the duty desk leave for the next one, as stored: for a month, in their own words.

The words are of no case, so no erasure of a case reaches them: that is why they go by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire
from casework.text.folding import fold, unfold
from casework.text.realm import Realm

KEPT: Final = timedelta(days=30)


@dataclass(frozen=True)
class StoredHandOver:
    """What one person left."""

    at: str
    by: str
    text: str
    open: Mapping[str, int]
    """Cases on each list of the duty desk at that moment."""
    key: str
    """The stored part of its Idempotency-Key."""


def leave(table: str, realm: Realm, left: StoredHandOver) -> None:
    """Store what was left; it expires after `KEPT`."""
    until = datetime.fromisoformat(left.at) + KEPT
    items.put(
        table,
        {
            **desk_keys.handover_key(realm, left.at, left.by),
            "text": fold(left.text),
            "open": dict(left.open),
            "key": left.key,
            keys.EXPIRES_AT: int(until.timestamp()),
        },
    )


def latest(table: str, realm: Realm, limit: int) -> list[StoredHandOver]:
    """What was left last, the newest first, strongly read."""
    found = items.query(
        table,
        limit,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_wire({":pk": desk_keys.handover_partition(realm)}),
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    return [_read(item) for item in found]


def _read(item: Mapping[str, Any]) -> StoredHandOver:
    _, at, by = desk_keys.handover_key.of(item)
    return StoredHandOver(at, by, unfold(item["text"]), item["open"], item["key"])
