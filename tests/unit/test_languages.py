"""Which language a caller is answered in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.intake.accept_language import negotiate_language

AVAILABLE = ("ar", "fr", "en", "es")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr", "fr"),
        ("ar-MA", "ar"),
        ("EN-us,en;q=0.5", "en"),
        ("de, es;q=0.4, fr;q=0.8", "fr"),
        ("fr;q=0.5, ar;q=0.5", "fr"),
        ("fr;q=0, ar;q=0.1", "ar"),
        (" fr ; q=0.2 , es ; q=0.9", "es"),
        ("de", None),
        ("*", None),
        ("fr;q=two", None),
        ("fr;q=nan", None),
        ("fr;q=7", None),
        ("", None),
        (None, None),
        ("fr," * 100, None),
    ],
)
def test_the_most_wanted_language_there_is(header: str | None, language: str | None) -> None:
    assert negotiate_language(header, AVAILABLE) == language


@given(st.text(max_size=300))
def test_any_header_is_read(header: str) -> None:
    assert negotiate_language(header, AVAILABLE) in {*AVAILABLE, None}
