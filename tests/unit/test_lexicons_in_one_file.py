"""A function that finds the lexicons in one file reads what stands in their 500 files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casework.reading.lexicon import Lexicons, lexicon_entries, read_lexicons
from casework.reading.read_ahead import kept_in, lines_of


@pytest.fixture(scope="module")
def read() -> Lexicons:
    return read_lexicons()


def test_nothing_is_lost_between_the_files_and_the_one(read: Lexicons, tmp_path: Path) -> None:
    file = tmp_path / "lexicons.jsonl"
    file.write_text("\n".join(lines_of(read)), "utf-8")
    kept = kept_in(file)
    assert replace(kept, entry=read.entry) == read
    assert lexicon_entries(kept) == lexicon_entries(read)
    assert len(lexicon_entries(kept)) > 20_000


def test_the_same_lexicons_give_the_same_file(read: Lexicons) -> None:
    assert list(lines_of(read)) == list(lines_of(read_lexicons()))


def test_an_entry_is_one_object_wherever_it_is_looked_up(read: Lexicons, tmp_path: Path) -> None:
    file = tmp_path / "lexicons.jsonl"
    file.write_text("\n".join(lines_of(read)) + "\n", "utf-8")
    kept = kept_in(file)
    assert kept.entry(7) is kept.entry(7)
