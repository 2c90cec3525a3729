"""Who is on duty, as stored: until when each person took it, whom one named as the next, and what
was said of it for a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.text.realm import Realm

ROSTER_KEPT_TIME: Final = timedelta(days=365)
"""How long it is known who took and left the duty."""
MAX_ROSTER_PEOPLE: Final = 50
"""People who are looked at; a shift has a few."""

DutyWord = Literal["on", "off"]


@dataclass(frozen=True)
class DutyShift:
    """The duty of one person."""

    subject: str
    since: str
    until: str
    key: str
    """The stored part of the Idempotency-Key of what they said last."""

    def runs(self, at: datetime) -> bool:
        """Whether they are on duty."""
        return format_timestamp(at) < self.until


@dataclass(frozen=True)
class DutyTurn:
    """What one person said of their duty."""

    at: str
    by: str
    said: DutyWord
    until: str
    """Of a duty that was left, when."""
    next: str | None = None
    """Whom they named as the next."""


def record_turn(table: str, realm: Realm, shift: DutyShift, turn: DutyTurn) -> None:
    """Store the duty of a person and what they said, both or neither."""
    expires_at = int((datetime.fromisoformat(turn.at) + ROSTER_KEPT_TIME).timestamp())
    successor = {} if turn.next is None else {"next": turn.next}
    is_on = {
        **desk_keys.shift_key(realm, shift.subject),
        "since": shift.since,
        "until": shift.until,
        "key": shift.key,
        keys.EXPIRES_AT_FIELD: int(datetime.fromisoformat(shift.until).timestamp()) + 86_400,
    }
    was_said = {
        **desk_keys.turn_key(realm, turn.at, turn.by),
        "said": turn.said,
        "until": turn.until,
        keys.EXPIRES_AT_FIELD: expires_at,
        **successor,
    }
    items.write_transaction([items.put_write(table, is_on), items.put_write(table, was_said)])


def list_shifts(table: str, realm: Realm) -> list[DutyShift]:
    """The duties that run or ended within a day, strongly read; see `DutyShift.runs`."""
    found = items.query_items(
        table,
        MAX_ROSTER_PEOPLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :on)",
        ExpressionAttributeValues=to_wire_item(
            {":pk": desk_keys.roster_partition(realm), ":on": desk_keys.shift_key.begins}
        ),
        ConsistentRead=True,
    )
    return [_shift(item) for item in found]


def list_turns(table: str, realm: Realm, limit: int) -> list[DutyTurn]:
    """What was said last, the newest first."""
    found = items.query_items(
        table,
        limit,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :turn)",
        ExpressionAttributeValues=to_wire_item(
            {":pk": desk_keys.roster_partition(realm), ":turn": desk_keys.turn_key.begins}
        ),
        ScanIndexForward=False,
        ConsistentRead=True,
    )
    return [_turn(item) for item in found]


def _shift(item: Mapping[str, Any]) -> DutyShift:
    _, subject = desk_keys.shift_key.of(item)
    return DutyShift(subject, item["since"], item["until"], item["key"])


def _turn(item: Mapping[str, Any]) -> DutyTurn:
    _, at, by = desk_keys.turn_key.of(item)
    return DutyTurn(at, by, item["said"], item["until"], item.get("next"))
