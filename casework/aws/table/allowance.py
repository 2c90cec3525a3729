"""The bytes of files that all reports together may bring in an hour: counters in the one table.

A slot reserves its bytes for the window in which its forms are good, in its own transaction. When
the file arrives, they are charged to the hour in which they came, in the transaction that stores
what arrived. A reservation that nothing came for ends with its window, without a further write; it
ends at once where the slot is closed before.

Each pool has its counters for each hour, in shards: what came, and what is reserved in each window
of the hour. A pool is full when the shard of a slot is. Nobody can choose a shard: the id of a slot
is an HMAC.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.report.file_limits import (
    BYTES_BY_POOL,
    RESERVED_SHARE_DIVISOR,
    WINDOW_MINUTES,
    AllowancePool,
)

ARRIVED_BYTES_FIELD: Final = "came"
_DAYS: Final = 1


def allowance_window(at: datetime) -> str:
    """The window of a time: its hour, and its number in the hour."""
    return f"{format_timestamp(at)[:13]}#{at.minute // WINDOW_MINUTES}"


def reserve_bytes_write(
    table: str, slot: str, pool: AllowancePool, size: int, at: datetime
) -> dict[str, Any]:
    """The write that reserves bytes in the window of a time. Its condition fails when the pool is
    full."""
    most = BYTES_BY_POOL[pool] // keys.FLOW_SHARDS
    reserved = _reserved(allowance_window(at))
    return _update(
        table, slot, pool, at,
        f"ADD {reserved} :size",
        {":size": size, ":came": most - size, ":reserved": most // RESERVED_SHARE_DIVISOR - size},
        f"(attribute_not_exists({ARRIVED_BYTES_FIELD}) OR {ARRIVED_BYTES_FIELD} <= :came) AND "
        f"(attribute_not_exists({reserved}) OR {reserved} <= :reserved)",
    )  # fmt: skip


def charge_bytes_write(
    table: str,
    slot: str,
    pool: AllowancePool,
    arrived_bytes: int,
    reserved: int,
    window: str,
    at: datetime,
) -> dict[str, Any]:
    """The write that charges bytes to the hour in which they came, and ends their reservation."""
    if window != allowance_window(at):
        return _update(
            table, slot, pool, at, f"ADD {ARRIVED_BYTES_FIELD} :size", {":size": arrived_bytes}
        )
    adds = f"ADD {ARRIVED_BYTES_FIELD} :size, {_reserved(window)} :back"
    return _update(table, slot, pool, at, adds, {":size": arrived_bytes, ":back": -reserved})


def release_bytes_write(
    table: str, slot: str, pool: AllowancePool, reserved: int, window: str, at: datetime
) -> list[dict[str, Any]]:
    """The write that ends a reservation; none where it ended with its window."""
    if window != allowance_window(at):
        return []
    return [_update(table, slot, pool, at, f"ADD {_reserved(window)} :back", {":back": -reserved})]


def _reserved(window: str) -> str:
    return f"reserved_{window.partition('#')[2]}"


def _update(
    table: str,
    slot: str,
    pool: AllowancePool,
    at: datetime,
    adds: str,
    values: dict[str, int],
    condition: str = "",
) -> dict[str, Any]:
    given = {**values, ":end": int((at + timedelta(days=_DAYS)).timestamp())}
    return {
        "Update": {
            "TableName": table,
            "Key": to_wire_item(keys.allowed_key(format_timestamp(at)[:13], pool, slot)),
            "UpdateExpression": f"{adds} SET {keys.EXPIRES_AT_FIELD} = :end",
            **({"ConditionExpression": condition} if condition else {}),
            "ExpressionAttributeValues": to_wire_item(given),
        }
    }
