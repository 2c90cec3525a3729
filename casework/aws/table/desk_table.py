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
from casework.aws.table.wire import to_wire
from casework.case.times import stamp

DECISIONS_KEPT: Final = timedelta(days=30)
SEARCHES_KEPT: Final = timedelta(days=90)
AN_HOUR: Final = timedelta(hours=1)
MARK_BYTES: Final = 4
VERSION: Final = "version"


class DeskAct(NamedTuple):
    """A thing that a member of the staff did."""

    at: str
    what: str
    """The case that they decided on; the mark of a search, or of what they were shown."""
    said: dict[str, Any]


class KeptSettings(NamedTuple):
    """The own settings, as they were kept."""

    settings: dict[str, Any]
    """Empty before any were kept."""
    version: int
    """How often they were kept; 0 also for those that an earlier release kept without a version."""


def settings_of(table: str, subject: str) -> KeptSettings:
    """The own settings of a member of the staff."""
    item = items.get(table, desk_keys.settings_key(subject)) or {}
    version = item.pop(VERSION, 0)
    return KeptSettings(
        {name: item[name] for name in item if name not in (keys.PARTITION, keys.SORT)}, version
    )


def keep_settings(table: str, subject: str, settings: dict[str, Any], seen: int) -> int:
    """Keep the own settings instead of those of the version `seen`; the version that they have now.

    Raises WrittenMeanwhile where another page of the same person kept some since.
    """
    version = seen + 1
    item = {**settings, **desk_keys.settings_key(subject), VERSION: version}
    put = {"TableName": table, "Item": to_wire(item), "ExpressionAttributeNames": {"#v": VERSION}}
    if seen:
        put["ConditionExpression"] = "#v = :seen"
        put["ExpressionAttributeValues"] = to_wire({":seen": seen})
    else:
        put["ConditionExpression"] = "attribute_not_exists(#v)"
    items.put_if(put)
    return version


def keep_decision(table: str, subject: str, at: datetime, case_id: str, move: str) -> None:
    """Keep that a person decided on a case, for 30 days."""
    key = desk_keys.did_key(subject, stamp(at), case_id)
    items.put(table, {**key, "move": move, keys.EXPIRES_AT: _end(at, DECISIONS_KEPT)})


def keep_search(
    table: str, subject: str, at: datetime, *, ground: str, digests: Sequence[str], found: int
) -> None:
    """Keep that a person searched, for 90 days: keyed digests of what they searched for."""
    key = desk_keys.found_key(subject, stamp(at), secrets.token_hex(MARK_BYTES))
    said = {"ground": ground, "digests": list(digests), "found": found}
    items.put(table, {**key, **said, keys.EXPIRES_AT: _end(at, SEARCHES_KEPT)})


def searches_within_an_hour(table: str, subject: str, at: datetime, most: int) -> int:
    """How often a person searched in the last hour; at most `most`."""
    began = desk_keys.found_key(subject, stamp(at - AN_HOUR), "")
    found = items.query(
        table,
        most,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :began AND :ends",
        ExpressionAttributeValues=to_wire(
            {
                ":pk": began[keys.PARTITION],
                ":began": began[keys.SORT],
                ":ends": desk_keys.found_key(subject, f"{stamp(at)}~", "")[keys.SORT],
            }
        ),
        ProjectionExpression=keys.SORT,
    )
    return sum(1 for _ in found)


def decisions_of(
    table: str, subject: str, at: datetime, limit: int, after: str | None = None
) -> tuple[list[DeskAct], str | None]:
    """What a person decided, the latest first, and the place for the next page."""
    return lines_of(table, subject, desk_keys.did_key, at, limit, after)


def searches_of(
    table: str, subject: str, at: datetime, limit: int, after: str | None = None
) -> tuple[list[DeskAct], str | None]:
    """What a person searched for, likewise."""
    return lines_of(table, subject, desk_keys.found_key, at, limit, after)


def lines_of(
    table: str,
    subject: str,
    kind: Key[str, str, str],
    at: datetime,
    limit: int,
    after: str | None,
) -> tuple[list[DeskAct], str | None]:
    """Lines of a person of one kind, the latest first, and the place for the next page."""
    partition, begins = kind.under(subject)
    start = None
    if after is not None:
        start = {keys.PARTITION: partition, keys.SORT: f"{begins}{after}"}
    read = list(
        items.query(
            table,
            limit + 1,
            start,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
            ExpressionAttributeValues=to_wire({":pk": partition, ":begins": begins}),
            ScanIndexForward=False,
        )
    )
    shown = read[:limit]
    lines = [
        DeskAct(*kind.of(item)[1:], item)
        for item in shown
        if item[keys.EXPIRES_AT] > at.timestamp()  # the service deletes it some hours later
    ]
    place = shown[-1][keys.SORT].removeprefix(begins) if len(read) > limit else None
    return lines, place


def _end(at: datetime, kept: timedelta) -> int:
    return int((at + kept).timestamp())
