"""What a member of the staff keeps at the desk: settings, and for a while what they did.

It stands in a partition of its own, beside the staff item, which no function may write. The record
of decisions is for their author's own view: the history of each case is the proof.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.key_template import Key
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp

DECISIONS_KEPT_TIME: Final = timedelta(days=30)
SEARCHES_KEPT_TIME: Final = timedelta(days=90)
ACTIVITY_HOUR: Final = timedelta(hours=1)
ACTIVITY_MARK_BYTES: Final = 4
SETTINGS_VERSION_FIELD: Final = "version"


class StaffAct(NamedTuple):
    """A thing that a member of the staff did."""

    at: str
    what: str
    """The case that they decided on; the mark of a search, or of what they were shown."""
    said: dict[str, Any]


class VersionedSettings(NamedTuple):
    """The own settings, as they were kept."""

    settings: dict[str, Any]
    """Empty before any were kept."""
    version: int
    """How often they were kept; 0 also for those that an earlier release kept without a version."""


def get_settings(table: str, subject: str) -> VersionedSettings:
    """The own settings of a member of the staff."""
    item = items.get_item(table, desk_keys.settings_key(subject)) or {}
    version = item.pop(SETTINGS_VERSION_FIELD, 0)
    return VersionedSettings(
        {name: item[name] for name in item if name not in (keys.PARTITION_KEY, keys.SORT_KEY)},
        version,
    )


def put_staff_settings(
    table: str, subject: str, settings: dict[str, Any], expected_version: int
) -> int:
    """Keep the own settings instead of those of `expected_version`; return the version that they
    have now.

    Raises WriteConflict where another page of the same person kept some since.
    """
    version = expected_version + 1
    item = {**settings, **desk_keys.settings_key(subject), SETTINGS_VERSION_FIELD: version}
    put = {
        "TableName": table,
        "Item": to_wire_item(item),
        "ExpressionAttributeNames": {"#v": SETTINGS_VERSION_FIELD},
    }
    if expected_version:
        put["ConditionExpression"] = "#v = :seen"
        put["ExpressionAttributeValues"] = to_wire_item({":seen": expected_version})
    else:
        put["ConditionExpression"] = "attribute_not_exists(#v)"
    items.put_item_if(put)
    return version


def record_staff_decision(table: str, subject: str, at: datetime, case_id: str, move: str) -> None:
    """Keep that a person decided on a case, for 30 days."""
    key = desk_keys.staff_decision_key(subject, format_timestamp(at), case_id)
    items.put_item(
        table, {**key, "move": move, keys.EXPIRES_AT_FIELD: _end(at, DECISIONS_KEPT_TIME)}
    )


def record_search(
    table: str, subject: str, at: datetime, *, ground: str, digests: Sequence[str], found: int
) -> None:
    """Keep that a person searched, for 90 days: keyed digests of what they searched for."""
    key = desk_keys.search_record_key(
        subject, format_timestamp(at), secrets.token_hex(ACTIVITY_MARK_BYTES)
    )
    said = {"ground": ground, "digests": list(digests), "found": found}
    items.put_item(table, {**key, **said, keys.EXPIRES_AT_FIELD: _end(at, SEARCHES_KEPT_TIME)})


def count_recent_searches(table: str, subject: str, at: datetime, most: int) -> int:
    """How often a person searched in the last hour; at most `most`."""
    began = desk_keys.search_record_key(subject, format_timestamp(at - ACTIVITY_HOUR), "")
    found = items.query_items(
        table,
        most,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :began AND :ends",
        ExpressionAttributeValues=to_wire_item(
            {
                ":pk": began[keys.PARTITION_KEY],
                ":began": began[keys.SORT_KEY],
                ":ends": desk_keys.search_record_key(subject, f"{format_timestamp(at)}~", "")[
                    keys.SORT_KEY
                ],
            }
        ),
        ProjectionExpression=keys.SORT_KEY,
    )
    return sum(1 for _ in found)


def list_decisions(
    table: str, subject: str, at: datetime, limit: int, after: str | None = None
) -> tuple[list[StaffAct], str | None]:
    """What a person decided, the latest first, and the place for the next page."""
    return list_activity_lines(table, subject, desk_keys.staff_decision_key, at, limit, after)


def list_searches(
    table: str, subject: str, at: datetime, limit: int, after: str | None = None
) -> tuple[list[StaffAct], str | None]:
    """What a person searched for, likewise."""
    return list_activity_lines(table, subject, desk_keys.search_record_key, at, limit, after)


def list_activity_lines(
    table: str,
    subject: str,
    kind: Key[str, str, str],
    at: datetime,
    limit: int,
    after: str | None,
) -> tuple[list[StaffAct], str | None]:
    """Lines of a person of one kind, the latest first, and the place for the next page."""
    partition, begins = kind.under(subject)
    start = None
    if after is not None:
        start = {keys.PARTITION_KEY: partition, keys.SORT_KEY: f"{begins}{after}"}
    read = list(
        items.query_items(
            table,
            limit + 1,
            start,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
            ExpressionAttributeValues=to_wire_item({":pk": partition, ":begins": begins}),
            ScanIndexForward=False,
        )
    )
    shown = read[:limit]
    lines = [
        StaffAct(*kind.of(item)[1:], item)
        for item in shown
        if item[keys.EXPIRES_AT_FIELD] > at.timestamp()  # the service deletes it some hours later
    ]
    place = shown[-1][keys.SORT_KEY].removeprefix(begins) if len(read) > limit else None
    return lines, place


def _end(at: datetime, kept: timedelta) -> int:
    return int((at + kept).timestamp())
