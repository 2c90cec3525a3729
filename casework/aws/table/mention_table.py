"""The notes that name a member of the staff: all of 90 days, and apart those that are unread.

Both are written in the transaction of the note, so by colleagues alone. They hold no word of it:
whoever may no longer read the case is shown nothing, and its erasure leaves nothing here. A line of
the unread goes when the note was displayed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.staff_activity_table import StaffAct, list_activity_lines
from casework.aws.table.wire import to_wire_item
from casework.case.history import CaseEvent

MENTIONS_KEPT_TIME: Final = timedelta(days=90)


def mention_writes(
    table: str, case_id: str, event: CaseEvent, subjects: Collection[str]
) -> list[dict[str, Any]]:
    """The writes by which colleagues find an entry whose words are for them."""
    ends = datetime.fromisoformat(event.at) + MENTIONS_KEPT_TIME
    until = {keys.EXPIRES_AT_FIELD: int(ends.timestamp())}
    note, said = note_name(case_id, event.number), {"by": event.by, "move": event.move}
    return [
        items.put_write(table, line)
        for subject in subjects
        for line in (
            {**desk_keys.mention_key(subject, event.at, note), **said, **until},
            {**desk_keys.unread_mention_key(subject, note), **until},
        )
    ]


def note_name(case_id: str, entry: int) -> str:
    """How the lists name an entry of a case; names of one case sort by their entries."""
    return f"{case_id}#{entry:06d}"


def parse_note_name(name: str) -> tuple[str, int]:
    """The case and the entry of such a name."""
    case_id, _, entry = name.rpartition("#")
    return case_id, int(entry)


def list_mentions(
    table: str, subject: str, at: datetime, limit: int, after: str | None = None
) -> tuple[list[StaffAct], str | None]:
    """The notes that name a person, the latest first, and the place for the next page."""
    return list_activity_lines(table, subject, desk_keys.mention_key, at, limit, after)


def list_unread(table: str, subject: str, limit: int, case_id: str | None = None) -> list[str]:
    """The names of those that the person was not shown, at most `limit`: of one case in their
    order, or of all."""
    of_case = f"{case_id}#" if case_id else ""
    partition, begins = desk_keys.unread_mention_key.under(subject, of_case)
    found = items.query_prefix(table, partition, begins, limit=limit)
    return [desk_keys.unread_mention_key.of(item)[1] for item in found]


def find_unread(table: str, subject: str, notes: Collection[str]) -> set[str]:
    """Which of these notes, at most 100, the person was not shown."""
    wanted = [desk_keys.unread_mention_key(subject, note) for note in notes]
    found = items.get_items(table, wanted) if wanted else []
    return {desk_keys.unread_mention_key.of(item)[1] for item in found}


def mark_read(table: str, subject: str, notes: Collection[str]) -> None:
    """These notes were displayed to the person."""
    for note in notes:
        items.delete_item(table, desk_keys.unread_mention_key(subject, note))


def put_watch(table: str, subject: str, case_id: str, seen: int) -> None:
    """The person watches the case, and knows its entries up to `seen`."""
    items.put_item(table, {**desk_keys.watched_case_key(subject, case_id), "seen": seen})


def delete_watch(table: str, subject: str, case_id: str) -> None:
    """The person watches the case no more."""
    items.delete_item(table, desk_keys.watched_case_key(subject, case_id))


def find_watch(table: str, subject: str, case_id: str) -> int | None:
    """Up to which entry a person knows a case that they watch; None where they watch it not."""
    item = items.get_item(table, desk_keys.watched_case_key(subject, case_id))
    return int(item["seen"]) if item is not None else None


def list_watched(table: str, subject: str, limit: int) -> Mapping[str, int]:
    """The cases that a person watches, with the last entry that they know of each."""
    partition, begins = desk_keys.watched_case_key.under(subject)
    found = items.query_prefix(table, partition, begins, limit=limit)
    return {desk_keys.watched_case_key.of(item)[1]: int(item["seen"]) for item in found}


def advance_watch(table: str, subject: str, case_id: str, seen: int) -> None:
    """The person was shown the entries of a case up to a number: what they knew before stays known,
    and a case that they do not watch stays unwatched."""
    items.update_item(
        {
            "TableName": table,
            "Key": to_wire_item(desk_keys.watched_case_key(subject, case_id)),
            "UpdateExpression": "SET seen = :seen",
            "ConditionExpression": "seen < :seen",
            "ExpressionAttributeValues": to_wire_item({":seen": seen}),
        }
    )
