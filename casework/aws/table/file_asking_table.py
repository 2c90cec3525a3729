"""Askings for files that two people open, as stored: a line for each, until its time is over.

A line is for lists alone. Whether a file opens is read from the history, which holds the asking,
the answer and their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from casework.aws.table import desk_keys, items, keys, particulars
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.file_access import FileAsking
from casework.text.realm import Realm


def file_asking_to_line(asking: FileAsking) -> dict[str, Any]:
    """The line in stored form, in plain values; it goes when its time is over."""
    said = asking.model_dump(mode="json", exclude={"case", "number", "at"}, exclude_none=True)
    over = int(datetime.fromisoformat(asking.until).timestamp()) + 1
    return {
        **desk_keys.file_asking_key(asking.at, asking.case, asking.number),
        **said,
        keys.EXPIRES_AT_FIELD: over,
    }


def list_valid_file_askings(table: str, realm: Realm, at: datetime) -> Iterator[FileAsking]:
    """The askings of a realm whose time is not over, oldest first."""
    for item in items.query_prefix(table, desk_keys.file_askings_partition(realm)):
        asking = _asking(item)
        if not asking.has_expired(at):  # the service deletes the line some hours later
            yield asking


def get_file_asking(table: str, asking: FileAsking) -> FileAsking | None:
    """The line of an asking as it stands; None once it has gone."""
    key = desk_keys.file_asking_key(asking.at, asking.case, asking.number)
    item = items.get_item(table, key)
    return _asking(item) if item is not None else None


def read_file_asking_reason(table: str, case_id: str, number: int | None) -> str | None:
    """The words beside an entry of a case; None without any, and of an erased report."""
    if number is None:
        return None
    stored = items.get_item(table, keys.particulars_key(case_id, number))
    return (
        str(particulars.particulars_from_item(stored).said[FREE_WORDS_FIELD])
        if stored is not None
        else None
    )


def _asking(item: Mapping[str, Any]) -> FileAsking:
    at, case_id, number = desk_keys.file_asking_key.of(item)
    return FileAsking.model_validate({**item, "case": case_id, "number": number, "at": at})
