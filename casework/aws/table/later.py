"""What a reporter sent after the report, as the proof of the report reads it: additions and files.

Each has one commitment, which the tree of the day on which it came holds: that of an addition was
made as it was accepted, that of a file is in its mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws.table import file_marks, items, keys
from casework.aws.table.evidence_table import Digests, EvidenceTable, read_file
from casework.aws.table.report_table import bound_parts
from casework.report.evidence import FileState


@dataclass(frozen=True)
class CameLater:
    """An addition, or a kept file."""

    came_at: str
    """RFC 3339, UTC; of a file to the minute."""
    commitment: bytes
    salt: bytes
    parts: Mapping[str, Any]
    """What the commitment binds, by name."""
    digests: Digests | None = None
    """Of a file, opened where they were asked for: its part `bound` binds the SHA-256 of its bytes
    under the salt that stands here."""

    @property
    def day(self) -> str:
        """The day of its tree."""
        return self.came_at[:10]


def commitment_in(item: Mapping[str, Any]) -> bytes:
    """The commitment to an addition or a kept file; raises KeyError, TypeError, ValueError or
    AttributeError for an item that is neither."""
    if item[keys.SORT].startswith(keys.file_key.begins):
        return bytes.fromhex(file_marks.as_kept(item))
    return bytes(item["bound"])


def additions_to(table: str, reference: str) -> list[CameLater]:
    """The additions to a report, the newest first, strongly read."""
    found = [
        CameLater(
            came_at=item["added_at"],
            commitment=commitment_in(item),
            salt=item["salt"],
            parts=bound_parts({name: item[name] for name in (keys.PARTITION, keys.SORT)}, item),
        )
        for item in items.under(table, *keys.addition_key.under(reference))
    ]
    return sorted(found, key=lambda each: (each.came_at, each.commitment), reverse=True)


def files_of(files: EvidenceTable, reference: str, *, opened: bool) -> list[CameLater]:
    """The kept files of a report by number, strongly read; with `opened` also their digests."""
    return [
        CameLater(
            came_at=item["kept_at"],
            commitment=commitment_in(item),
            salt=item["salt"],
            parts=file_marks.parts_of(item),
            digests=files.digests(read_file(item)) if opened else None,
        )
        for item in file_marks.files_beside(files.name, reference)
        if item["state"] == FileState.KEPT
    ]
