"""What is kept in the table is read as it was written, and as boto3 writes and reads it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, Rounded
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.value_objects import Priority

MOST = 10**38 - 1
"""The largest number of 38 digits."""

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MOST, MOST)
    | st.text()
    | st.binary()
    | st.sampled_from(Priority),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
values_by_name = st.dictionaries(st.text(max_size=3), plain, max_size=3)
numbers = st.builds(
    lambda digits, exponent: f"{digits}E{exponent}", st.integers(-MOST, MOST), st.integers(-60, 60)
) | st.sampled_from(["0", "-0", "1.0", "1.50", "0.1", "1E+2", "1E-7", "-12.000"])


def serialised(values: Mapping[str, Any]) -> dict[str, Any]:
    """As boto3 writes them."""
    return {
        name: TypeSerializer().serialize(each) for name, each in values.items() if each is not None
    }


def deserialised(item: Mapping[str, Any]) -> dict[str, Any]:
    """As boto3 reads them; its own types as ours."""
    return {name: as_ours(TypeDeserializer().deserialize(each)) for name, each in item.items()}


def as_ours(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == int(value) else str(value)
        case Binary():
            binary: Any = value  # its stub leaves out how it becomes bytes
            return bytes(binary)
        case list():
            return [as_ours(each) for each in value]
        case dict():
            return {name: as_ours(each) for name, each in value.items()}
        case _:
            return value


@given(values_by_name)
def test_values_are_written_as_boto3_writes_them(values: dict[str, Any]) -> None:
    assert to_wire_item(values) == serialised(values)


@given(values_by_name)
def test_what_is_written_is_read_again_with_its_types(values: dict[str, Any]) -> None:
    kept = {name: each for name, each in values.items() if each is not None}
    read = values_from_wire_item(to_wire_item(values))
    assert read == kept == deserialised(serialised(values))
    assert {name: isinstance(each, bool) for name, each in read.items()} == {
        name: isinstance(each, bool) for name, each in kept.items()
    }


@given(numbers)
def test_a_number_is_read_to_its_last_digit(number: str) -> None:
    """Whole numbers as int; a fraction as text, and so as no nearby number."""
    item = {"number": {"N": number}}
    read = values_from_wire_item(item)["number"]
    assert read == deserialised(item)["number"]
    assert Decimal(read) == Decimal(number)
    assert isinstance(read, int) == (Decimal(number) == int(Decimal(number)))


def test_a_list_may_be_written_as_a_tuple() -> None:
    assert (
        to_wire_item({"list": ("a", 1)})
        == serialised({"list": ("a", 1)})
        == to_wire_item({"list": ["a", 1]})
    )


@pytest.mark.parametrize("value", [0.5, 1.0, {1}, object()])
def test_what_has_no_exact_place_in_the_table_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        to_wire_item({"value": [value]})


@pytest.mark.parametrize("number", [MOST + 1, -(10**40)])
def test_a_number_that_the_table_would_round_is_refused(number: int) -> None:
    with pytest.raises(Rounded):
        serialised({"number": number})
    with pytest.raises(Rounded):
        to_wire_item({"number": number})
    with pytest.raises(Rounded):
        values_from_wire_item({"number": {"N": str(number)}})


@given(st.frozensets(st.text(), min_size=1))
def test_a_set_of_words_is_kept_as_one(words: frozenset[str]) -> None:
    item, theirs = to_wire_item({"words": words}), serialised({"words": words})
    assert item == {"words": {"SS": sorted(theirs["words"]["SS"])}}
    assert values_from_wire_item(item) == {"words": words} == deserialised(item)


@pytest.mark.parametrize("item", [{"NS": ["1"]}, {"BS": [b"a"]}])
def test_a_set_that_only_an_intruder_writes_is_read(item: dict[str, Any]) -> None:
    """An auditor names the entry that holds one; reading it must not end the check."""
    assert isinstance(values_from_wire_item({"it": item})["it"], set)
