"""A function that finds the lexicons in one file reads what stands in their 500 files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from casework.reading.lexicon import lexicon_entries, read_lexicons
from casework.reading.read_ahead import kept_in, lines_of


def test_nothing_is_lost_between_the_files_and_the_one(tmp_path: Path) -> None:
    read = read_lexicons()
    file = tmp_path / "lexicons.jsonl"
    file.write_text("\n".join(lines_of(read)), "utf-8")
    kept = kept_in(file)
    entries = lexicon_entries(kept)
    assert replace(kept, entry=read.entry) == read
    assert entries == lexicon_entries(read)
    assert len(entries) > 20_000
    assert kept.entry(7) is kept.entry(7), "an entry is one object wherever it is looked up"
