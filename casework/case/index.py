"""The names by which an entry of a history is found without the entries before it.

Strangers make a history grow by what they send. So whoever must know whether a history has an entry
of a source, or of a key, looks it up by its name, at a cost that no other entry changes. The names
of an entry follow from the entry itself: they are stored in its transaction, and verification
computes them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

from casework.case.admission import AdmissionEntry, shown_in
from casework.case.history import KEY
from casework.case.lifecycle import Move

SHOWN: Final = "shown#"
"""Names of entries whose authors were shown reports begin so; they sort by the last report."""
ABSORBED: Final = "absorb#"
"""Names of entries by which another case was merged into this one begin so."""

NOTES: Final = "note#"
"""Names of notes between colleagues begin so."""


class IndexedEntry(AdmissionEntry, Protocol):
    """The parts of an entry that name it."""

    @property
    def by(self) -> str: ...


def of_source(report: str, addition: str | None = None) -> str:
    """Of the entry by which a report, or an addition to it, raised the case."""
    return "#".join(["raise", report, *([addition] if addition else [])])


def of_money(source: str) -> str:
    """Of the entry that a source told of money, as `functions.triage.money` names it."""
    return f"money#{source}"


def of_files(report: str) -> str:
    """The beginning of the names of entries about the files of a report."""
    return f"file#{report}#"


def of_file(report: str, number: int) -> str:
    """Of the entry about a file of a report."""
    return f"{of_files(report)}{number:03d}"


def of_key(by: str, key: str) -> str:
    """Of the entry that a person made under a key."""
    return f"key#{by}#{key}"


def of_shown(number: int) -> str:
    """Of the entry whose author was shown all reports up to a number."""
    return f"{SHOWN}{number:06d}"


def of_absorbed(case_id: str) -> str:
    """Of the entry by which a case was merged into this one."""
    return f"{ABSORBED}{case_id}"


def names_of(event: IndexedEntry) -> Iterator[str]:
    """The names of an entry; most entries have none."""
    said: Any = event.data
    if event.move == Move.RAISE and "report" in said and "glance" not in said:
        yield of_source(said["report"], said.get("addition"))
    elif event.move == Move.MONEY and "source" in said:
        yield of_money(said["source"])
    elif event.move == Move.ADD and "file" in said:
        yield of_file(said["report"], said["file"])
    elif event.move == Move.ABSORB:
        yield of_absorbed(said["case"])
    elif event.move == Move.REMARK:
        yield f"{NOTES}{event.number:06d}"
    if KEY in said:
        yield of_key(event.by, said[KEY])
    if shown := shown_in(event):
        yield of_shown(shown)
