"""The cases that courts hold, and how far the locks of their files follow.

A line stands as long as the hold does: saving a case writes and removes it (`case_table.lines_of`).
The repair of files reads the lines and prolongs the locks; how far it came stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final, NamedTuple

from casework.aws.table import items, keys

WESTMOST_ZONE: Final = timezone(timedelta(hours=-12))
"""The zone in which a day ends last."""


class LegalHoldLine(NamedTuple):
    """A case that a court holds."""

    case_id: str
    until: str
    """The last day of the order that holds it longest, ISO 8601."""
    entry: str
    """The entry that set this hold, and the day: a further order, or a later day, has another."""

    @property
    def ends(self) -> datetime:
        """The end of its last day wherever on earth the court is, so that no lock is too short."""
        return datetime.combine(date.fromisoformat(self.until), time(), WESTMOST_ZONE) + timedelta(
            days=1
        )


class LegalHoldTable:
    """The holds by courts in the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_legal_hold(self, case_id: str, at: datetime) -> LegalHoldLine | None:
        """The hold of a case that has not ended, strongly read."""
        item = items.get_item(self.name, keys.legal_hold_key(case_id))
        line = _line(item) if item is not None else None
        return line if line is not None and at < line.ends else None

    def all(self, at: datetime) -> Iterator[LegalHoldLine]:
        """Every hold that has not ended."""
        for item in items.query_prefix(self.name, keys.legal_hold_key.partition()):
            line = _line(item)
            if at < line.ends:
                yield line

    def resume_place(self, line: LegalHoldLine) -> str | None:
        """The place in the list of the case's reports from which locks are still to be prolonged,
        empty for its beginning; None when all of them are."""
        item = items.get_item(self.name, keys.legal_hold_lock_key(line.case_id))
        if item is None or item["entry"] != line.entry:
            return ""
        return item.get("after")

    def store_place(self, line: LegalHoldLine, after: str | None) -> None:
        """Store the place up to which locks are prolonged; None when all of them are."""
        key = keys.legal_hold_lock_key(line.case_id)
        place = {"after": after} if after else {}
        items.put_item(self.name, {**key, "entry": line.entry, **place})


def _line(item: dict[str, Any]) -> LegalHoldLine:
    return LegalHoldLine(item[keys.SORT_KEY], item["until"], item["entry"])
