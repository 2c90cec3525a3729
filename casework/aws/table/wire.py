"""Plain Python values to DynamoDB's attribute values and back.

boto3 has the same, but importing it costs a cold start as much as everything of ours, so this
module needs the standard library alone (`tests/unit/test_wire.py` compares the two).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any, Final

WireItem = dict[str, Any]
"""Attribute values by name, as the low-level client takes and returns them."""

_EXACT: Final = Context(
    prec=38, Emin=-128, Emax=126, traps=[Clamped, Inexact, Overflow, Rounded, Underflow]
)
"""Numbers as DynamoDB keeps them: one that would lose a digit is an error."""


def to_wire_item(values: Mapping[str, Any]) -> WireItem:
    """Strings, sets of strings, whole numbers, booleans, bytes, lists and maps of them, without
    None, which is NULL inside lists and maps.

    Raises TypeError for another type, and decimal.Rounded for a number of more than 38 digits.
    """
    return {name: _told(value) for name, value in values.items() if value is not None}


def values_from_wire_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The same values back: whole numbers as int, binaries as bytes.

    Nothing here writes a fraction. A fraction in the table is returned as text, digit by digit, so
    that it equals no nearby number. Sets of numbers or bytes are read too: an auditor must be able
    to read an entry into which an intruder put one.
    """
    return {name: _meant(value) for name, value in item.items()}


def _told(value: Any) -> WireItem:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(_EXACT.create_decimal(value))}
        case Mapping():
            return {"M": {name: _told(entry) for name, entry in value.items()}}
        case list() | tuple():
            return {"L": [_told(entry) for entry in value]}
        case bytes():
            return {"B": value}
        case None:
            return {"NULL": True}
        case set() | frozenset() if all(isinstance(entry, str) for entry in value):
            return {"SS": sorted(value)}
        case _:
            raise TypeError(f"no attribute value for a {type(value).__name__}")


def _meant(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return _number(_EXACT.create_decimal(value))
        case "M":
            return values_from_wire_item(value)
        case "L":
            return [_meant(entry) for entry in value]
        case "B":
            return bytes(value)
        case "NULL":
            return None
        case "SS":
            return set(value)
        case "NS":
            return {_number(_EXACT.create_decimal(each)) for each in value}
        case "BS":
            return set(map(bytes, value))
        case _:
            raise TypeError(f"no value for an attribute of the type {kind}")


def _number(value: Decimal) -> int | str:
    whole = int(value)
    return whole if whole == value else str(value)
