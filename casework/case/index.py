"""The names by which an entry of a history is found without the entries before it.

Strangers make a history grow by what they send. So whoever must know whether a history has an entry
of a source, or of a key, looks it up by its name, at a cost that no other entry changes. The names
of an entry follow from the entry itself: they are stored in its transaction, and verification
computes them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

from casework.case.admission import AdmissionEntry, admitted_up_to_number
from casework.case.history import IDEMPOTENCY_FIELD
from casework.case.lifecycle import Move

SHOWN_INDEX_PREFIX: Final = "shown#"
"""Names of entries whose authors were shown reports begin so; they sort by the last report."""
ABSORBED_INDEX_PREFIX: Final = "absorb#"
"""Names of entries by which another case was merged into this one begin so."""

NOTE_INDEX_PREFIX: Final = "note#"
"""Names of notes between colleagues begin so."""


class IndexedEntry(AdmissionEntry, Protocol):
    """The parts of an entry that name it."""

    @property
    def by(self) -> str: ...


def source_entry_name(report: str, addition: str | None = None) -> str:
    """Of the entry by which a report, or an addition to it, raised the case."""
    return "#".join(["raise", report, *([addition] if addition else [])])


def money_entry_name(source: str) -> str:
    """Of the entry that a source told of money, as `functions.triage.recoverable_money` names
    it."""
    return f"money#{source}"


def file_entry_name_prefix(report: str) -> str:
    """The beginning of the names of entries about the files of a report."""
    return f"file#{report}#"


def file_entry_name(report: str, number: int) -> str:
    """Of the entry about a file of a report."""
    return f"{file_entry_name_prefix(report)}{number:03d}"


def idempotent_entry_name(by: str, key: str) -> str:
    """Of the entry that a person made under a key."""
    return f"key#{by}#{key}"


def shown_entry_name(number: int) -> str:
    """Of the entry whose author was shown all reports up to a number."""
    return f"{SHOWN_INDEX_PREFIX}{number:06d}"


def absorbed_entry_name(case_id: str) -> str:
    """Of the entry by which a case was merged into this one."""
    return f"{ABSORBED_INDEX_PREFIX}{case_id}"


def entry_names(event: IndexedEntry) -> Iterator[str]:
    """The names of an entry; most entries have none."""
    data: Any = event.data
    if event.move == Move.RAISE and "report" in data and "glance" not in data:
        yield source_entry_name(data["report"], data.get("addition"))
    elif event.move == Move.MONEY and "source" in data:
        yield money_entry_name(data["source"])
    elif event.move == Move.ADD and "file" in data:
        yield file_entry_name(data["report"], data["file"])
    elif event.move == Move.ABSORB:
        yield absorbed_entry_name(data["case"])
    elif event.move == Move.REMARK:
        yield f"{NOTE_INDEX_PREFIX}{event.number:06d}"
    if IDEMPOTENCY_FIELD in data:
        yield idempotent_entry_name(event.by, data[IDEMPOTENCY_FIELD])
    if shown := admitted_up_to_number(event):
        yield shown_entry_name(shown)
