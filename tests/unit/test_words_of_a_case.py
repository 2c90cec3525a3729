"""New words are every token that is no identifier: of letters, of digits, or a pictograph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.identifiers.extraction import read_identifiers
from casework.linking.similarity import words_clue

KEY = b"k" * 64
BLAND = "Salam, had page katbi3 f internet, kayn chi mochkil m3a tawsil"


def clue(text: str) -> str:
    return words_clue(read_identifiers(text).rest, "C-1", KEY)


@pytest.mark.parametrize(
    "said",
    [
        "9telha",
        "ghadi n9tlek",
        "3ndo silah",
        "7ta n7er9ek",
        "l3icha 22h30",
        "ghadi_n9tlek",
        "@ghadi_n9tlek99",
        "🔪",
        "سأقتلك",
        "٤",
        "x" * 33 + "a",
    ],
)
def test_a_word_of_any_writing_is_new(said: str) -> None:
    assert clue(f"{BLAND} {said}") != clue(BLAND)


@given(st.text(st.characters(categories=("L", "N")), min_size=1))
def test_any_token_is_new(token: str) -> None:
    more = read_identifiers(f"{BLAND} {token}")
    if more.identifiers:
        return
    assert words_clue(more.rest, "C-1", KEY) != clue(BLAND)


def test_the_words_behind_the_thirty_second_letter_count() -> None:
    assert clue("m" * 40 + "a") != clue("m" * 40 + "b")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("06 61 42 42 42", "+212 6 00 00 41 17"),
        ("https://colis-ma.com/a/1", "https://colis-ma.com/b/2"),
        ("nora@exemple.com", "ali@exemple.com"),
        ("230 780 1234567890123456 34", "230 780 1234567890123456 34"),
    ],
)
def test_a_copy_with_another_identifier_has_no_new_words(one: str, other: str) -> None:
    assert clue(f"{BLAND} {one} wakha") == clue(f"{BLAND} {other} wakha")


def test_punctuation_and_case_are_no_words() -> None:
    assert clue("Il a payé, puis rien !") == clue("il a paye puis RIEN...")
