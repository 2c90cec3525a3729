"""What a write costs, by the published rules of DynamoDB."""

from __future__ import annotations

from typing import Any

import pytest

from harness.bench.cost_meter import TOKEN_BYTES, pad_task_token
from harness.bench.sizes import index_units, number_size, size_of, value_size, write_units

KEYS = ("pk", "sk")
INDEXES = (("flow", "flow_at"), ("queue", "queue_at"))


def an_item(size: int = 0, **attributes: str) -> dict[str, Any]:
    """An item of texts, filled up to `size` bytes where one is given."""
    item = {name: {"S": value} for name, value in {"pk": "P", "sk": "S", **attributes}.items()}
    if size:
        item["fill"] = {"S": "x" * (size - size_of(item) - len("fill"))}
        assert size_of(item) == size
    return item


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "تبليغ"}, 10),
        ({"B": b"1234"}, 4),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": False}]}, 3 + (1 + 2) + (1 + 1)),
        ({"M": {"hop": {"N": "1"}, "unit": {"S": "u"}}}, 3 + (1 + 3 + 2) + (1 + 4 + 1)),
        ({"SS": ["ab", "c"]}, 3),
        ({"BS": [b"ab"]}, 2),
        ({"NS": ["1", "100"]}, 4),
    ],
)
def test_a_value_has_the_size_the_guide_says(value: dict[str, Any], size: int) -> None:
    assert value_size(value) == size


@pytest.mark.parametrize(
    ("number", "size"),
    [("0", 1), ("7", 2), ("42", 2), ("100", 2), ("1234", 3), ("-42", 3), ("12.50", 3), ("1E3", 2)],
)
def test_a_number_takes_a_byte_for_two_significant_digits(number: str, size: int) -> None:
    assert number_size(number) == size


def test_a_kind_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="not an attribute value: X"):
        value_size({"X": ""})


def test_names_count_with_their_values() -> None:
    assert size_of({"pk": {"S": "REPORT#1"}, "é": {"N": "1"}}) == 2 + 8 + 2 + 2


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, an_item(1024), 1),
        (None, an_item(1025), 2),
        (an_item(3000), an_item(10), 3),
        (an_item(10), an_item(3000), 3),
        (an_item(2048), None, 2),
        (None, None, 1),
    ],
)
def test_the_larger_of_before_and_after_is_paid(old: Any, new: Any, units: int) -> None:
    assert write_units(old, new) == units
    assert write_units(old, new, transaction=True) == 2 * units


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, {}, 0),
        (None, {"flow": "OPEN#1", "flow_at": "t"}, 1),
        (None, {"flow": "OPEN#1"}, 0),
        ({"flow": "OPEN#1", "flow_at": "t"}, {"flow": "OPEN#1", "flow_at": "t"}, 0),
        ({"flow": "OPEN#1", "flow_at": "t"}, {"flow": "CASE#1", "flow_at": "t"}, 2),
        ({"flow": "OPEN#1", "flow_at": "t"}, {}, 1),
        ({"flow": "OPEN#1", "flow_at": "t"}, None, 1),
        ({"flow": "O", "flow_at": "t"}, {"queue": "REVIEW", "queue_at": "2"}, 2),
    ],
)
def test_an_index_entry_is_paid_when_it_comes_goes_or_moves(old: Any, new: Any, units: int) -> None:
    before = None if old is None else an_item(**old)
    after = None if new is None else an_item(**new)
    assert index_units(before, after, INDEXES, KEYS) == units


def test_an_index_of_keys_does_not_see_other_attributes_change() -> None:
    was = an_item(flow="OPEN#1", flow_at="t", status="received")
    now = an_item(flow="OPEN#1", flow_at="t", status="in_review")
    assert index_units(was, now, INDEXES, KEYS) == 0


def test_a_short_task_token_is_counted_as_long_as_those_of_the_service() -> None:
    counted = pad_task_token(an_item(token="short"))
    assert counted is not None
    assert len(counted["token"]["S"]) == TOKEN_BYTES
    assert pad_task_token(an_item()) == an_item()
    assert pad_task_token(None) is None
