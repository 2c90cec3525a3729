"""The numbers of courts and prosecutors' offices are accepted in both scripts of the country, and
written one way."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from casework.decisions.document_number import (
    DOCUMENT_NUMBER_PATTERN,
    MAX_DOCUMENT_NUMBER_LENGTH,
    DocumentNumber,
)
from casework.text.findings import findings_from_validation_error

READER: TypeAdapter[str] = TypeAdapter(DocumentNumber)
LETTERS = "".join(
    each
    for each in map(chr, range(0x250))
    if each.isalpha() and unicodedata.normalize("NFKC", each) == each
)
ARABIC = "\u0627\u0628\u062a\u0639\u063a\u0641\u0645\u064a\u0629\u0649\u06a9\u06ad"
PLAIN = st.text(
    st.sampled_from(f"0123456789{LETTERS}{ARABIC}/._-"),
    min_size=1,
    max_size=MAX_DOCUMENT_NUMBER_LENGTH,
)
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12/2026", "12/2026"),
        ("\u0639/12/2026", "\u0639/12/2026"),
        ("12/\u0639/2026", "12/\u0639/2026"),
        ("\u0661\u0662/\u0639/\u06f2\u0660\u06f2\u06f6", "12/\u0639/2026"),
        ("\ufec9/12", "\u0639/12"),
        ("re\u0301f. 3", "r\u00e9f. 3"),
        ("  T.P.I   3_b-4 ", "T.P.I 3_b-4"),
    ],
)
def test_a_number_is_read_in_arabic_and_in_latin_and_written_one_way(
    typed: str, number: str
) -> None:
    assert READER.validate_python(typed) == number


@given(PLAIN)
def test_letters_and_digits_and_signs_between_them_are_kept_as_they_are(number: str) -> None:
    number = f"7{number[1:]}"
    assert READER.validate_python(number) == number


@given(st.text(max_size=MAX_DOCUMENT_NUMBER_LENGTH + 5))
def test_what_is_accepted_shows_all_of_itself_and_is_accepted_again_unchanged(typed: str) -> None:
    try:
        number = READER.validate_python(typed)
    except ValidationError:
        return
    assert 0 < len(number) <= MAX_DOCUMENT_NUMBER_LENGTH
    assert READER.validate_python(number) == number
    assert {unicodedata.category(each) for each in number} <= {
        *("Lu", "Ll", "Lo", "Nd", "Zs", "Po", "Pd", "Pc")
    }


@pytest.mark.parametrize("hidden", [*TURNING, "\0", "\n", "\x85", "\u00ad", "\u200b", "\u0640"])
@pytest.mark.parametrize("number", ["{}12", "1{}2", "12{}"])
def test_what_hides_or_turns_is_in_no_number_and_the_finding_says_what_is_accepted(
    number: str, hidden: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        READER.validate_python(number.format(hidden))
    (finding,) = findings_from_validation_error(refused.value, number)
    assert finding.code == "reference.form"
    assert "Arabic and Latin letters, digits, spaces and / - . _" in finding.detail
    assert hidden not in finding.detail


@pytest.mark.parametrize("number", ["", " ", "/12", "<b>", "12;3", "x" * 41, "\ufdfa" * 3, "12'"])
def test_signs_of_other_kinds_and_numbers_without_an_end_are_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        READER.validate_python(number)


def test_the_form_is_told_to_clients() -> None:
    assert READER.json_schema() == {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_DOCUMENT_NUMBER_LENGTH,
        "pattern": DOCUMENT_NUMBER_PATTERN,
    }
