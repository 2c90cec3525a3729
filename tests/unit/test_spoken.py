"""The number of a case survives the telephone: every slip of one digit, or of two, shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text import case_number
from casework.text.case_number import NotASpokenNumber

NUMBERS = st.integers(0, case_number.CASE_NUMBER_COUNT - 1).map(case_number.format_case_number)
PLACES = st.integers(0, 8)


def test_the_check_digit_is_that_of_the_published_table() -> None:
    """Damm's own example: 572 is checked by 4."""
    assert case_number.format_case_number(572) == "0000-0572-4"


@given(NUMBERS, st.sampled_from(["", " ", " - ", "\u2011", "\u00a0", "\u200f"]))
def test_a_number_is_read_as_it_is_written_with_or_without_its_groups(
    written: str, between: str
) -> None:
    assert case_number.parse_case_number(between.join(written.split("-"))) == written


@given(NUMBERS, st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"]))
def test_digits_of_any_script_are_read(written: str, digits: str) -> None:
    assert (
        case_number.parse_case_number(written.translate(str.maketrans("0123456789", digits)))
        == written
    )


@given(NUMBERS, PLACES)
def test_every_single_wrong_digit_is_noticed(written: str, place: int) -> None:
    digits = written.replace("-", "")
    for wrong in set("0123456789") - {digits[place]}:
        with pytest.raises(NotASpokenNumber):
            case_number.parse_case_number(digits[:place] + wrong + digits[place + 1 :])


@given(NUMBERS, st.integers(0, 7))
def test_every_exchange_of_two_neighbours_is_noticed(written: str, place: int) -> None:
    digits = written.replace("-", "")
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped != digits:
        with pytest.raises(NotASpokenNumber):
            case_number.parse_case_number(swapped)


@pytest.mark.parametrize(
    "typed", ["", "0572-4", "0661 00 00 00", "x0000-0572-4", "²00005724", "1" * 65]
)
def test_what_is_no_number_of_a_case_is_none(typed: str) -> None:
    with pytest.raises(NotASpokenNumber):
        case_number.parse_case_number(typed)


def test_numbers_are_drawn_from_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda most: most - 1)
    assert case_number.random_case_number() == case_number.format_case_number(10**8 - 1)
    with pytest.raises(ValueError, match="eight digits"):
        case_number.format_case_number(10**8)
