"""A function that finds the lexicons in one file reads what stands in their 500 files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from casework.analysis.lexicon import lexicon_entries, read_lexicons
from casework.analysis.lexicon_file import lexicon_lines, read_lexicon_file


def test_nothing_is_lost_between_the_files_and_the_one(tmp_path: Path) -> None:
    read = read_lexicons()
    file = tmp_path / "lexicons.jsonl"
    file.write_text("\n".join(lexicon_lines(read)), "utf-8")
    kept = read_lexicon_file(file)
    entries = lexicon_entries(kept)
    assert replace(kept, entry=read.entry) == read
    assert entries == lexicon_entries(read)
    assert len(entries) > 20_000
    assert kept.entry(7) is kept.entry(7), "an entry is one object wherever it is looked up"
