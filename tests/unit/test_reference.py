"""References survive the telephone: every single slip shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text import reference
from casework.text.reference import REFERENCE_ALPHABET, NotAReference

REFERENCES = st.binary(min_size=10, max_size=10).map(reference.encode_reference)
PLACES = st.integers(0, 16)


def _with(text: str, changes: dict[int, str]) -> str:
    symbols = list(text.replace("-", ""))
    for place, symbol in changes.items():
        symbols[place] = symbol
    return "".join(symbols)


@given(REFERENCES)
def test_a_reference_is_read_as_it_is_written(written: str) -> None:
    assert reference.parse_reference(written) == written
    assert len(written) == 21
    assert {len(group) for group in written.split("-")[:4]} == {4}


@given(REFERENCES, st.sampled_from(["", " ", " - ", "\u2011", "\u00a0"]), st.booleans())
def test_case_blanks_and_hyphens_do_not_matter(written: str, between: str, lower: bool) -> None:
    typed = between.join(written.split("-"))
    assert reference.parse_reference(typed.lower() if lower else typed) == written


@given(REFERENCES)
def test_letters_that_look_like_digits_are_read_as_digits(written: str) -> None:
    assert reference.parse_reference(written.replace("0", "o").replace("1", "l")) == written
    assert reference.parse_reference(written.replace("0", "O").replace("1", "I")) == written


@given(REFERENCES, PLACES)
def test_every_single_wrong_symbol_is_noticed(written: str, place: int) -> None:
    right = written.replace("-", "")[place]
    for wrong in set(REFERENCE_ALPHABET) - {right}:
        with pytest.raises(NotAReference):
            reference.parse_reference(_with(written, {place: wrong}))


@given(REFERENCES, PLACES, PLACES)
def test_every_exchange_of_two_different_symbols_is_noticed(
    written: str, one: int, other: int
) -> None:
    symbols = written.replace("-", "")
    swapped = _with(written, {one: symbols[other], other: symbols[one]})
    if swapped != symbols:
        with pytest.raises(NotAReference):
            reference.parse_reference(swapped)


@given(REFERENCES)
def test_every_exchange_of_neighbours_is_noticed(written: str) -> None:
    symbols = written.replace("-", "")
    for place in range(16):
        left, right = symbols[place], symbols[place + 1]
        if left != right:
            with pytest.raises(NotAReference):
                reference.parse_reference(_with(written, {place: right, place + 1: left}))


@given(st.text(max_size=80))
def test_any_text_is_a_reference_or_is_refused(typed: str) -> None:
    try:
        assert reference.parse_reference(
            reference.parse_reference(typed)
        ) == reference.parse_reference(typed)
    except NotAReference:
        assert reference.read_receipt(typed) in {"", reference.read_receipt(typed)}


@pytest.mark.parametrize("typed", ["", "-", "0" * 16, "0" * 18, "U" * 17, "ı" * 17, "٠" * 17])
def test_an_invalid_reference_is_refused(typed: str) -> None:
    with pytest.raises(NotAReference):
        reference.parse_reference(typed)


def test_references_stay_the_same_across_releases() -> None:
    assert reference.encode_reference(bytes(range(10))) == "000G-40R4-0M30-E209-J"
    assert reference.case_id_from_reference("000G-40R4-0M30-E209-J") == "C-NCXM-J8PD-D8YP-KQ63-G"


@given(REFERENCES)
def test_a_case_id_is_made_from_the_report_that_opened_it(written: str) -> None:
    case_id = reference.case_id_from_reference(written)
    assert case_id == reference.case_id_from_reference(written)
    assert case_id != "C-" + written
    assert reference.parse_case_id(case_id.lower().replace("-", " ")) == case_id


@given(st.binary(min_size=16, max_size=16))
def test_a_receipt_is_read_as_it_is_written(secret: bytes) -> None:
    written = reference.write_receipt(secret)
    assert len(written.replace("-", "")) == 26
    assert reference.read_receipt(written.lower()) == written
    assert reference.read_receipt(written.replace("-", " ")) == written


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_two_secrets_have_two_receipts(one: bytes, other: bytes) -> None:
    assert (one == other) == (reference.write_receipt(one) == reference.write_receipt(other))


@pytest.mark.parametrize("typed", ["", "0" * 25, "0" * 27, "é" * 26, "U" * 26, "0" * 5000])
def test_an_invalid_receipt_is_read_as_none(typed: str) -> None:
    assert reference.read_receipt(typed) == ""
