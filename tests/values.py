"""Values of items on their way between botocore and moto's table, carried as they stand.

Each value is written `{"S": "..."}` on both sides. botocore and moto walk the model of the service
for each, four times on the way there and back, and look at ten kinds of value each time; here a
value is taken by the kind that it names. What is sent, kept and answered is the same.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from copy import copy, deepcopy
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore import parsers, serialize
from moto.core import parse
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import responses
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import table
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize, dynamo_to_dict
from moto.dynamodb.parsing import expressions

LARGEST_ITEM = 405_000
"""Bytes, as moto measures them."""


def carry_values_as_they_stand() -> None:
    """Do so in this process from now on."""
    patch = pytest.MonkeyPatch()  # for good
    patch.setattr(serialize.JSONSerializer, "_serialize_type_map", _sent)
    patch.setattr(parse.BaseJSONParser, "_parse_map", _heard)
    patch.setattr(BaseJSONSerializer, "_serialize_type_map", _answered)
    patch.setattr(parsers.BaseJSONParser, "_handle_map", _read)
    patch.setattr(responses, "dynamo_to_dict", plain)
    patch.setattr(Item, "__init__", _item)
    patch.setattr(Item, "project", _projected)
    # What a query finds is copied once more into what is answered.
    patch.setattr(table, "copy", SimpleNamespace(copy=copy, deepcopy=_copied))
    # A tree that is read, and copied where it is changed.
    parser = vars(expressions)["UpdateExpressionParser"]
    patch.setattr(parser, "make", cache(parser.make))


def _is_of_values(shape: Any) -> bool:
    return bool(shape.value.name == "AttributeValue")


def as_text(value: Any) -> Any:
    """A value as it is written in JSON."""
    return _with_bytes(value, _base64)


def from_text(value: Any) -> Any:
    """The value that is written so in JSON."""
    return _with_bytes(value, b64decode)


def _with_bytes(value: Any, turned: Callable[[Any], Any]) -> Any:
    """The value with its bytes, wherever they stand, in another writing."""
    ((kind, said),) = value.items()
    match kind:
        case "B":
            return {"B": turned(said)}
        case "BS":
            return {"BS": [turned(each) for each in said]}
        case "M":
            return {"M": {name: _with_bytes(each, turned) for name, each in said.items()}}
        case "L":
            return {"L": [_with_bytes(each, turned) for each in said]}
    return value


def _base64(said: Any) -> str:
    return b64encode(said.encode() if isinstance(said, str) else bytes(said)).decode()


_BY_BOTOCORE: Any = serialize.JSONSerializer
_serialized_by_botocore = _BY_BOTOCORE._serialize_type_map
_FROM_SENT: Any = parse.BaseJSONParser
_parsed_by_moto = _FROM_SENT._parse_map
_BY_MOTO: Any = BaseJSONSerializer
_serialized_by_moto = _BY_MOTO._serialize_type_map
_FROM_ANSWERED: Any = parsers.BaseJSONParser
_parsed_by_botocore = _FROM_ANSWERED._handle_map


def _sent(serializer: Any, serialized: Any, value: Any, shape: Any, key: Any) -> None:
    if not _is_of_values(shape):
        _serialized_by_botocore(serializer, serialized, value, shape, key)
        return
    serialized[key] = {name: as_text(each) for name, each in value.items()}


def _heard(parser: Any, shape: Any, value: Any) -> Any:
    if not _is_of_values(shape):
        return _parsed_by_moto(parser, shape, value)
    return {name: from_text(each) for name, each in value.items()}


def _answered(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    if not _is_of_values(shape):
        _serialized_by_moto(serializer, serialized, value, shape, key)
        return
    named = serializer.get_serialized_name(shape, key)
    serialized[named] = {name: as_text(each) for name, each in value.items()}


def _read(parser: Any, shape: Any, value: Any) -> Any:
    if not _is_of_values(shape):
        return _parsed_by_botocore(parser, shape, value)
    return {name: from_text(each) for name, each in value.items()}


def plain(found: Any) -> Any:
    """What moto's table found, as plain values; binary ones are bytes."""
    kind = type(found)
    if kind is DynamoType:
        return _plain_value(found)
    if kind is dict or kind is LimitedSizeDict:
        return {name: plain(each) for name, each in found.items()}
    if kind is list:
        return [plain(each) for each in found]
    return _plain_by_moto(found)


_plain_by_moto = dynamo_to_dict


def _plain_value(value: DynamoType) -> dict[str, Any]:
    kind, said = value.type, value.value
    match kind:
        case "B":
            return {"B": said if isinstance(said, bytes) else b64decode(said)}
        case "BS":
            return {"BS": [each if isinstance(each, bytes) else b64decode(each) for each in said]}
        case "M" | "L":
            return {kind: plain(said)}
    return {kind: said}


def _item(item: Item, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    """An item, measured once and not for each of its attributes anew."""
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict()
    size = 0
    for name, value in attrs.items():
        kept = DynamoType(value)
        size += bytesize(name) + kept.size()
        dict.__setitem__(item.attrs, name, kept)
    if size > LARGEST_ITEM:
        raise ItemSizeTooLarge


_projected_by_moto = Item.project


def _projected(item: Item, asked_for: list[list[str]]) -> Item:
    """The item with some of its attributes only."""
    if any(len(path) != 1 or "[" in path[0] for path in asked_for):
        return _projected_by_moto(item, asked_for)
    found = {name: item.attrs[name] for (name,) in asked_for if name in item.attrs}
    made: Any = object.__new__(Item)
    made.hash_key, made.range_key = item.hash_key, item.range_key
    made.attrs = LimitedSizeDict()
    dict.update(made.attrs, found)
    return cast(Item, made)


def _copied(found: Any, *memo: Any) -> Any:
    is_read = type(found) is Item or (type(found) is list and all(type(e) is Item for e in found))
    return found if is_read else deepcopy(found, *memo)
