"""What shifts of the duty desk leave for the next one, as stored: for a month, in their own words.

The words are of no case, so no erasure of a case reaches them: that is why they go by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire_item
from casework.text.compression import compress_text, decompress_text
from casework.text.realm import Realm

HANDOVER_TTL: Final = timedelta(days=30)


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


def put_handover(table: str, realm: Realm, handover: StoredHandOver) -> None:
    """Store what was left; it expires after `HANDOVER_TTL`."""
    until = datetime.fromisoformat(handover.at) + HANDOVER_TTL
    items.put_item(
        table,
        {
            **desk_keys.handover_key(realm, handover.at, handover.by),
            "text": compress_text(handover.text),
            "open": dict(handover.open),
            "key": handover.key,
            keys.EXPIRES_AT_FIELD: int(until.timestamp()),
        },
    )


def list_latest_handovers(table: str, realm: Realm, limit: int) -> list[StoredHandOver]:
    """What was left last, the newest first, strongly read."""
    found = items.query_items(
        table,
        limit,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_wire_item({":pk": desk_keys.handover_partition(realm)}),
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    return [_read(item) for item in found]


def _read(item: Mapping[str, Any]) -> StoredHandOver:
    _, at, by = desk_keys.handover_key.of(item)
    return StoredHandOver(at, by, decompress_text(item["text"]), item["open"], item["key"])
