"""Plain Python values to DynamoDB's attribute values and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

_to = TypeSerializer()
_from = TypeDeserializer()

Item = dict[str, Any]
"""Attribute values by name, as the low-level client takes and returns them."""


def to_wire(values: Mapping[str, Any]) -> Item:
    """Strings, integers, booleans, bytes, lists and maps of them, without None."""
    return {name: _to.serialize(value) for name, value in values.items() if value is not None}


def from_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """The same values back: whole numbers as int, binaries as bytes.

    Nothing here writes a fraction. A fraction in the table is returned as text, digit by digit, so
    that it equals no nearby number.
    """
    return {name: _plain(_from.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            whole = int(value)
            return whole if whole == value else str(value)
        case Binary():
            binary: Any = value  # its stub leaves out `value`
            return bytes(binary.value)
        case list():
            return [_plain(entry) for entry in value]
        case dict():
            return {name: _plain(entry) for name, entry in value.items()}
        case _:
            return value
