"""What told the duty desk of danger in a case: one alert for each while, and how much told of it.

Each report or addition that tells of danger leaves a mark beside its case, under the minute in
which it came and a name that opens nothing. So however often one is read, and whoever sends how
many, a receiver hears of a case once in `WINDOW`, and the desk sees how many told of danger.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from casework.aws import announcements, items, keys
from casework.aws.announcements import mark_of
from casework.aws.clients import client
from casework.aws.wire import to_wire
from casework.case import Case, stamp

WINDOW: Final = timedelta(minutes=15)
"""How long one alert stands for all that tells of danger in the same case."""
MINUTE: Final = len("2026-03-02T12:00")


def alert(table: str, topic: str, case: Case, what: str, came_at: str, now: datetime) -> None:
    """Tell the duty desk of danger in a case, unless it was told within the window.

    Once danger was withdrawn, what comes next is told at once. `what` names what told of it,
    `came_at` is when that came: repeating it repeats at most the same notification. Told before it
    is kept, so that a crash between repeats it rather than loses it.
    """
    if not (case.imminent and _told(table, case.id, came_at)):
        announcements.publish(topic, announcements.endangered(case, came_at[:MINUTE]), now)
    keep(table, case.id, what, came_at)


def _told(table: str, case_id: str, came_at: str) -> bool:
    """Whether the duty desk was told of danger in the case within the window of what came then."""
    at = datetime.fromisoformat(came_at)
    first, last = (stamp(at + by)[:MINUTE] for by in (-WINDOW, WINDOW))
    found = items.query(
        table,
        1,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=to_wire(
            {
                ":pk": keys.case_key(case_id)[keys.PARTITION],
                ":first": f"{keys.ALERT_PREFIX}{first}$",  # after all of that minute
                ":last": f"{keys.ALERT_PREFIX}{last}",  # before all of that minute
            }
        ),
        ConsistentRead=True,
    )
    return any(True for _ in found)


def keep(table: str, case_id: str, what: str, came_at: str) -> None:
    """Keep that `what` told of danger, and that the duty desk knows of it."""
    items.put_new(table, keys.alert_key(case_id, came_at[:MINUTE], mark_of(what)))


def how_many(table: str, case_id: str) -> int:
    """How many reports and additions of a case told of danger."""
    answer = client("dynamodb").query(
        TableName=table,
        Select="COUNT",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
        ExpressionAttributeValues=to_wire(
            {":pk": keys.case_key(case_id)[keys.PARTITION], ":begins": keys.ALERT_PREFIX}
        ),
        ConsistentRead=True,
    )
    return int(answer["Count"])
