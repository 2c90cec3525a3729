"""The lexicons in one file, for a quick start: each entry is ready, and read when it is looked up.

Expanding the 500 files of `languages` takes half a second of each new process. Staging does it once
and keeps the result beside them (`infra.assets`). A checkout has no such file and reads its
sources. The file is text: a line with the index and the grammar, then a line of JSON for each word
of an entry and for each entry.

    python -m casework.analysis.lexicon_file > languages/lexicons.jsonl
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

from casework.analysis.lexicon import (
    GRAMMAR_MARKS,
    LANGUAGES_FOLDER,
    EntryWord,
    LexiconEntry,
    Lexicons,
    lexicon_entries,
    read_lexicons,
)

FILE: Final = LANGUAGES_FOLDER / "lexicons.jsonl"


@cache
def load_lexicons() -> Lexicons:
    """The content of all lexicons."""
    with _without_collector():
        return read_lexicon_file(FILE) if FILE.is_file() else read_lexicons()


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage is made here, and the collector takes a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def lexicon_lines(lexicons: Lexicons) -> Iterator[str]:
    """The lines of the file, without their ends."""
    entries = lexicon_entries(lexicons)
    words = {part: at for at, part in enumerate({part: 0 for e in entries for part in e.parts})}
    head: dict[str, Any] = {name: sorted(getattr(lexicons, name)) for name in GRAMMAR_MARKS}
    head |= {"words": len(words), "first": lexicons.first, "spellings": lexicons.spellings}
    yield _line(head)
    for part in words:
        yield _line([sorted(part.whole), sorted(part.open), sorted(part.stems)])
    for each in entries:
        places = [words[part] for part in each.parts]
        yield _line([each.concept, each.language, each.line, places, each.gaps, each.denies])


def read_lexicon_file(file: Path) -> Lexicons:
    """The lexicons of a file."""
    # Not by `splitlines`, which also takes rare signs for the end of a line.
    first, *lines = file.read_text("utf-8").split("\n")
    head: dict[str, Any] = json.loads(first)
    count = head["words"]

    @cache  # half of the words of entries occur in several
    def part_of(at: int) -> EntryWord:
        whole, parts, stems = json.loads(lines[at])
        return EntryWord(frozenset(whole), frozenset(map(tuple, parts)), frozenset(stems))

    @cache
    def entry_of(number: int) -> LexiconEntry:
        concept, language, line, parts, gaps, denies = json.loads(lines[count + number])
        return LexiconEntry(
            concept, language, line, tuple(map(part_of, parts)), tuple(gaps), denies
        )

    return Lexicons(
        first=head["first"],
        entry=entry_of,
        spellings=head["spellings"],
        **{name: frozenset(head[name]) for name in GRAMMAR_MARKS},
    )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.buffer.write("\n".join(lexicon_lines(read_lexicons())).encode())
