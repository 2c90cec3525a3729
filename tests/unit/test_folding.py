"""Stored text stays readable for as long as a report is kept."""

from __future__ import annotations

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text.compression import ZLIB_DICTIONARY, compress_text, decompress_text


@given(st.text(max_size=500))
def test_text_is_kept_to_the_byte(text: str) -> None:
    assert decompress_text(compress_text(text)) == text


def test_the_dictionary_is_never_edited() -> None:
    """What was stored with it could not be read any more: add another beside it instead."""
    assert hashlib.sha256(ZLIB_DICTIONARY).hexdigest() == (
        "6556212352da7c9974070d6d43acf411f681fc5009b3d71af7f5e1cfe35426bf"
    )


def test_a_stream_without_the_dictionary_is_read_too() -> None:
    assert decompress_text(zlib.compress("قديم".encode())) == "قديم"


def test_a_text_that_is_cut_short_or_changed_is_refused() -> None:
    stored = compress_text("Une fausse page de banque m'a pris 8 400 dirhams ce matin.")
    for broken in (stored[:-1], stored[:-4] + b"\0\0\0\0", stored + b"x", b""):
        with pytest.raises(zlib.error):
            decompress_text(broken)


def test_a_usual_report_is_a_few_hundred_bytes() -> None:
    facts = (
        '{"category":"fraud","locations":[{"kind":"url","value":"https://banque.example/verif"},'
        '{"kind":"phone","value":"0661000000"}],"role":"victim","territory":{"text":"Rabat"},'
        '"language":"fr"}'
    )
    assert len(compress_text(facts)) < len(facts) / 2
