"""At most one notification per case, kind and window, whatever strangers send.

An event that strangers can cause is announced once in `NOTIFICATION_THROTTLE_TIME`; the lists on
the desks show all of them. A notification leaves a mark beside its case, under the minute of its
event and a name that opens nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from casework.aws.services import notifications
from casework.aws.services.notifications import Notification, anonymous_report_id
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp

NOTIFICATION_THROTTLE_TIME: Final = timedelta(minutes=15)
"""How long one notification covers its kind in the same case; since marks carry minutes, up to a
minute less."""
MARK_TTL: Final = timedelta(days=14)
"""How long a mark is kept: as long as dead letters of the stream may be delivered again. A later
reading notifies again."""
_MINUTE: Final = len("2026-03-02T12:00")


def arrival_minute(came_at: str) -> str:
    """The minute of a time, which names a notification: a repeated one has the same id."""
    return came_at[:_MINUTE]


def publish_throttled(
    table: str, topic: str, telling: Notification, came_at: str, now: datetime
) -> None:
    """Publish, unless the receiver had such a notification of the case within the window of
    `came_at`.

    `came_at` is the time of the event: repeating it repeats at most the same notification. It is
    published before its mark is stored, so a crash between repeats it and does not lose it.
    """
    receiver = (telling.throttle_key, telling.to)
    if was_notified(table, telling.case.id, keys.notified_key.sort_begins(*receiver), came_at):
        return
    notifications.publish_notification(topic, telling, now)
    mark = keys.notified_key(
        telling.case.id, *receiver, arrival_minute(came_at), anonymous_report_id(telling.id)
    )
    items.put_new_item(table, {**mark, keys.EXPIRES_AT_FIELD: int((now + MARK_TTL).timestamp())})


def was_notified(table: str, case_id: str, begins: str, came_at: str) -> bool:
    """Whether a mark with this prefix is beside the case within the window around that time."""
    at = datetime.fromisoformat(came_at)
    first, last = (
        arrival_minute(format_timestamp(at + by))
        for by in (-NOTIFICATION_THROTTLE_TIME, NOTIFICATION_THROTTLE_TIME)
    )
    found = items.query_items(
        table,
        1,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=to_wire_item(
            {
                ":pk": keys.case_key(case_id)[keys.PARTITION_KEY],
                ":first": f"{begins}{first}$",  # after all of that minute
                ":last": f"{begins}{last}",  # before all of that minute
            }
        ),
        ConsistentRead=True,
    )
    return any(True for _ in found)
