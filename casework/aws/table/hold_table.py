"""What people work on alone, as a list: a line for each hold, put when it begins and never changed.

A line says when a person took a case. The case alone says whether they have it still: a reader
compares the two, so giving back and deciding write nothing here. No hold is older than an hour,
and lines expire after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from casework.aws.table import desk_keys, items, keys
from casework.case.times import format_timestamp
from casework.case.value_objects import Hold
from casework.moves.holds import MAX_HELD_SECONDS
from casework.text.realm import Realm, realm_from_name

MAX_HOLD_TIME: Final = timedelta(seconds=MAX_HELD_SECONDS)


class HoldLine(NamedTuple):
    """A hold that began."""

    since: str
    case_id: str
    by: str

    @property
    def place(self) -> str:
        """Its place in the list."""
        return f"{self.since}#{self.case_id}"


def put_hold_line(table: str, case_id: str, hold: Hold) -> None:
    """Put the line of a hold, before the hold is saved: a line without its hold misleads nobody."""
    expires = datetime.fromisoformat(hold.since) + MAX_HOLD_TIME
    items.put_item(
        table,
        {
            **desk_keys.hold_key(realm_from_name(case_id), hold.since, case_id),
            "by": hold.by,
            keys.EXPIRES_AT_FIELD: int(expires.timestamp()),
        },
    )


def list_holds(
    table: str, realm: Realm, at: datetime, after: str | None = None
) -> Iterator[HoldLine]:
    """The holds of a realm that began within the longest time of one, the oldest first, behind a
    place."""
    oldest = desk_keys.hold_key(realm, format_timestamp(at - MAX_HOLD_TIME), "")
    if after is not None and after > oldest[keys.SORT_KEY]:
        oldest[keys.SORT_KEY] = f"{after}!"
    latest = desk_keys.hold_key(realm, f"{format_timestamp(at)}~", "")
    for item in items.query_between(table, oldest, latest):
        _, since, case_id = desk_keys.hold_key.of(item)
        yield HoldLine(since, case_id, item["by"])
