"""What a reporter sent after the report, as the proof of the report reads it: additions and files.

Each has one commitment, which the tree of the day on which it came holds: that of an addition was
made as it was accepted, that of a file is in its mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws.table import file_marks, items, keys
from casework.aws.table.file_table import FileTable
from casework.aws.table.report_table import report_commitment_parts
from casework.aws.table.stored_file import FileDigests, read_file
from casework.report.file_limits import FileState


@dataclass(frozen=True)
class LaterArrival:
    """An addition, or a kept file."""

    came_at: str
    """RFC 3339, UTC; of a file to the minute."""
    commitment: bytes
    salt: bytes
    parts: Mapping[str, Any]
    """What the commitment binds, by name."""
    digests: FileDigests | None = None
    """Of a file, opened where they were asked for: its part `bound` binds the SHA-256 of its bytes
    under the salt that stands here."""

    @property
    def day(self) -> str:
        """The day of its tree."""
        return self.came_at[:10]


def commitment_from_item(item: Mapping[str, Any]) -> bytes:
    """The commitment to an addition or a kept file; raises KeyError, TypeError, ValueError or
    AttributeError for an item that is neither."""
    if item[keys.SORT_KEY].startswith(keys.file_key.begins):
        return bytes.fromhex(file_marks.stored_file_commitment(item))
    return bytes(item["bound"])


def list_additions_to_report(table: str, reference: str) -> list[LaterArrival]:
    """The additions to a report, the newest first, strongly read."""
    found = [
        LaterArrival(
            came_at=item["added_at"],
            commitment=commitment_from_item(item),
            salt=item["salt"],
            parts=report_commitment_parts(
                {name: item[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}, item
            ),
        )
        for item in items.query_prefix(table, *keys.addition_key.under(reference))
    ]
    return sorted(found, key=lambda each: (each.came_at, each.commitment), reverse=True)


def list_kept_files(files: FileTable, reference: str, *, opened: bool) -> list[LaterArrival]:
    """The kept files of a report by number, strongly read; with `opened` also their digests."""
    return [
        LaterArrival(
            came_at=item["kept_at"],
            commitment=commitment_from_item(item),
            salt=item["salt"],
            parts=file_marks.file_commitment_parts(item),
            digests=files.digests(read_file(item)) if opened else None,
        )
        for item in file_marks.iter_file_items(files.name, reference)
        if item["state"] == FileState.KEPT
    ]
