"""The lexicons in one file, for a quick start: each entry is ready, and read when it is looked up.

Expanding the 500 files of `languages` takes half a second of each new process. Staging does it once
and keeps the result beside them (`infra.assets`). A checkout has no such file and reads its
sources. The file is text: a line with the index and the grammar, then a line of JSON for each word
of an entry and for each entry.

    python -m casework.reading.read_ahead > languages/lexicons.jsonl
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

from casework.reading.lexicon import (
    FOLDER,
    MARKS,
    LexiconEntry,
    Lexicons,
    Part,
    lexicon_entries,
    read_lexicons,
)

FILE: Final = FOLDER / "lexicons.jsonl"


@cache
def lexicons() -> Lexicons:
    """The content of all lexicons."""
    with _without_collector():
        return kept_in(FILE) if FILE.is_file() else read_lexicons()


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


def lines_of(lexicons: Lexicons) -> Iterator[str]:
    """The lines of the file, without their ends."""
    entries = lexicon_entries(lexicons)
    words = {part: at for at, part in enumerate({part: 0 for e in entries for part in e.parts})}
    head: dict[str, Any] = {name: sorted(getattr(lexicons, name)) for name in MARKS}
    head |= {"words": len(words), "first": lexicons.first, "spellings": lexicons.spellings}
    yield _line(head)
    for part in words:
        yield _line([sorted(part.whole), sorted(part.open), sorted(part.stems)])
    for each in entries:
        places = [words[part] for part in each.parts]
        yield _line([each.concept, each.language, each.line, places, each.gaps, each.denies])


def kept_in(file: Path) -> Lexicons:
    """The lexicons of a file."""
    # Not by `splitlines`, which also takes rare signs for the end of a line.
    first, *lines = file.read_text("utf-8").split("\n")
    head: dict[str, Any] = json.loads(first)
    count = head["words"]

    @cache  # half of the words of entries occur in several
    def part_of(at: int) -> Part:
        whole, parts, stems = json.loads(lines[at])
        return Part(frozenset(whole), frozenset(map(tuple, parts)), frozenset(stems))

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
        **{name: frozenset(head[name]) for name in MARKS},
    )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.buffer.write("\n".join(lines_of(read_lexicons())).encode())
