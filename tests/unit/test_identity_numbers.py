"""Numbers of identity cards are found in free text by the forms of a country's pack."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.pack.jurisdiction import open_pack
from casework.text.identity_numbers import find_identity_numbers, iter_json_strings, redact_numbers

FORMS = open_pack("ma").facts.identity_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Ma carte est AB123456, merci.", ["AB123456"]),
        ("j98765", ["j98765"]),
        ("CIN: BK 12345", ["BK 12345"]),
        ("CNIE n° EE-123456", ["EE-123456"]),
        ("carte nationale AB N° 123456", ["AB N° 123456"]),
        ("بطاقة التعريف الوطنية BE 654321", ["BE 654321"]),
        ("رقمها AB١٢٣٤٥٦", ["AB١٢٣٤٥٦"]),
        ("il a pris de 15000 dirhams", []),
        ("Sa CIN est J 98765, il a pris de 15000 dirhams", ["J 98765"]),
        ("DH 8400 sur le compte", []),
        ("https://t.me/c/ab12345?x=b12345", []),
        ("@ab12345 et ab12345@example.org", []),
        ("référence TRX123456 du virement", []),
        ("AB1234567", []),
        ("0612345678", []),
    ],
)
def test_the_number_of_a_card_is_told_from_amounts_accounts_and_addresses(
    text: str, numbers: list[str]
) -> None:
    assert list(find_identity_numbers([text], FORMS)) == numbers


def test_a_country_without_forms_covers_nothing() -> None:
    assert find_identity_numbers(["AB123456"], ()) == ()


def test_a_number_is_covered_wherever_it_stands_and_a_longer_one_first() -> None:
    told = {"a": ["AB12345 et AB123456"], "n": 3, "b": {"c": "x", "d": None}}
    numbers = find_identity_numbers(iter_json_strings(told), FORMS)
    assert numbers == ("AB123456", "AB12345")
    assert redact_numbers(told, numbers, "[…]") == {
        "a": ["[…] et […]"], "n": 3, "b": {"c": "x", "d": None},
    }  # fmt: skip


@given(st.text(max_size=300))
def test_nothing_that_was_found_is_left_in_a_covered_text(text: str) -> None:
    numbers = find_identity_numbers([text], FORMS)
    shown = redact_numbers(text, numbers, "[]")
    assert not any(each in shown for each in numbers)
