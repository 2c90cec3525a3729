"""DynamoDB's arithmetic: the size of an item, and the cost of its write.

Item sizes: "DynamoDB item sizes and formats"; index entries: "Provisioned throughput
considerations for global secondary indexes"; transactions: "Capacity management for
transactions" (Amazon DynamoDB Developer Guide). An index is written after the transaction, so its
entries are not doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Item = Mapping[str, Any]
"""Attribute values by name, in wire form."""

UNIT = 1024
"""Bytes one write unit carries."""
READ_UNIT = 4096
"""Bytes one strongly consistent read unit carries."""


def size_of(item: Item) -> int:
    """Bytes of an item: names in UTF-8 and values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """Bytes of one attribute value, without its name."""
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(held)
        case "N":
            return number_size(held)
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + value_size(entry) for entry in held)
        case "M":
            return 3 + sum(
                1 + len(name.encode()) + value_size(entry) for name, entry in held.items()
            )
        case "SS" | "BS":
            return sum(len(each.encode() if isinstance(each, str) else each) for each in held)
        case "NS":
            return sum(map(number_size, held))
    raise ValueError(f"not an attribute value: {kind}")


def number_size(text: str) -> int:
    """Bytes of a number: one for two significant digits, one more, and one for a minus."""
    mantissa = text.lower().partition("e")[0]
    digits = mantissa.lstrip("+-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + mantissa.startswith("-")


def write_units(old: Item | None, new: Item | None, *, transaction: bool = False) -> int:
    """Units of one item's write: the larger of before and after decides; never less than one."""
    larger = max(size_of(each) if each else 0 for each in (old, new))
    return max(1, -(-larger // UNIT)) * (2 if transaction else 1)


def read_units(found: Iterable[Item], *, strongly: bool | None) -> float:
    """Units of one read of these items: half as much for an eventually consistent one."""
    blocks = max(1, -(-sum(map(size_of, found)) // READ_UNIT))
    return blocks if strongly else blocks / 2


def index_units(
    old: Item | None, new: Item | None, indexes: Iterable[tuple[str, str]], keys: tuple[str, str]
) -> int:
    """Units of the KEYS_ONLY entries a write puts, deletes or moves (a move is both).

    `indexes` holds partition and sort key names of each index, `keys` those of the table.
    """
    units = 0
    for index in indexes:
        before, after = _entry(old, index, keys), _entry(new, index, keys)
        if before != after:
            units += sum(write_units(None, entry) for entry in (before, after) if entry)
    return units


def _entry(item: Item | None, index: tuple[str, str], keys: tuple[str, str]) -> Item | None:
    if item is None or any(name not in item for name in index):
        return None
    return {name: item[name] for name in (*keys, *index)}
