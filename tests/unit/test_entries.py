"""The language of entries is as its page says, and every lexicon is read from its folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from casework.analysis.concepts import (
    add_sounds,
    expand_spellings,
    find_concepts,
    split_folded_words,
)
from casework.analysis.lexicon import (
    ARABIZI_LEXICON,
    LANGUAGES_FOLDER,
    LEXICON_LANGUAGES,
    TENSE_SIGNS,
    expand_line_spellings,
    word_families,
)
from casework.text.arabizi import consonant_sound

PAGE = Path(__file__).parents[2] / "docs" / "entries.md"
_ROW = re.compile(
    r"^\| (?P<operator>[^|]+(?:\\\|[^|]+)?) \| [^|]+ \| (?P<code>[\w-]+)/(?P<concept>[\w.]+)"
    r" `(?P<entry>(?:\\\||[^`])+)` \| (?P<read>[^|]+) \| (?P<unread>[^|]+) \|$",
    re.M,
)
OPERATORS = {"*", "|", "_", "~", "@", "^", "=", "!", *TENSE_SIGNS}


FROZEN = {"ar": 3641, "ary": 3316, "ary-Latn": 3581, "fr": 6968, "en": 5809, "es": 4000}
"""Entries of each lexicon, at most: none is added (docs/entries.md)."""


class Row(NamedTuple):
    """A line of the page's table."""

    operator: str
    code: str
    concept: str
    entry: str
    read: str
    unread: str


ROWS = [
    Row(*(each.replace("\\|", "|") for each in found))
    for found in _ROW.findall(PAGE.read_text("utf-8"))
]


def reads(row: Row, text: str) -> bool:
    words = expand_spellings(split_folded_words(text), (row.code,))
    if row.code == ARABIZI_LEXICON:
        words = add_sounds(words)
    said = {f"{row.code}:{each.removeprefix('!')}" for each in expand_line_spellings(row.entry)}
    found = find_concepts(words, frozenset((row.code,)))
    return any(hit.entry in said and not hit.negated for hit in found)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operator)
def test_an_operator_matches_its_examples_and_not_its_counter_examples(row: Row) -> None:
    lines = (LANGUAGES_FOLDER / row.code / f"{row.concept}.txt").read_text("utf-8").splitlines()
    assert row.entry in lines
    assert reads(row, row.read)
    assert not reads(row, row.unread)


def test_the_page_has_every_operator_and_no_line_is_left_out() -> None:
    table = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    assert len(ROWS) == len(table) - 1
    shown = "".join(row.operator for row in ROWS)
    assert {mark for mark in OPERATORS if mark not in shown} == set()


def test_entries_use_no_sign_that_the_page_does_not_have() -> None:
    signs = {
        sign
        for file in LANGUAGES_FOLDER.glob("*/*.txt")
        for sign in file.read_text("utf-8")
        if not sign.isalnum() and not sign.isspace()
    }
    assert signs <= OPERATORS | set("'’.")


@pytest.mark.parametrize("code", FROZEN)
def test_no_entry_is_added_to_a_lexicon(code: str) -> None:
    files = (LANGUAGES_FOLDER / code).glob("*.txt")
    entries = sum(len(file.read_text("utf-8").splitlines()) for file in files)
    assert entries <= FROZEN[code], (
        "the lexicons are frozen (docs/entries.md): remove as many entries of this language, or say"
        " why not in docs/decisions/ and raise its number in FROZEN"
    )


def test_every_family_of_words_is_named_by_an_entry() -> None:
    named = {
        name
        for file in LANGUAGES_FOLDER.glob("*/*.txt")
        for name in re.findall(r"@([a-z.]+)", file.read_text("utf-8"))
    }
    within = {
        name for words in word_families().values() for name in re.findall(r"@([a-z.]+)", words)
    }
    assert set(word_families()) == named | within


def test_every_lexicon_is_a_folder_and_every_folder_a_lexicon() -> None:
    assert {each.name for each in LANGUAGES_FOLDER.iterdir()} == LEXICON_LANGUAGES | {"common"}


def test_an_entry_stands_on_one_line_and_no_line_is_empty() -> None:
    for file in LANGUAGES_FOLDER.glob("*/*.txt"):
        text = file.read_text("utf-8")
        assert text.endswith("\n"), file
        for line in text.removesuffix("\n").split("\n"):
            assert line == " ".join(line.split()) != "", (file, line)


def test_the_example_of_a_sound_is_one() -> None:
    assert consonant_sound("kayhadaddni") == consonant_sound("kayhdedni")
