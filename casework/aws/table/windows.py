"""At most one notification per case, kind and window, whatever strangers send.

An event that strangers can cause is announced once in `WINDOW`; the lists on the desks show all of
them. A notification leaves a mark beside its case, under the minute of its event and a name that
opens nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from casework.aws.services import announcements
from casework.aws.services.announcements import Announcement, mark_of
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire
from casework.case.times import stamp

WINDOW: Final = timedelta(minutes=15)
"""How long one notification covers its kind in the same case; since marks carry minutes, up to a
minute less."""
KEPT: Final = timedelta(days=14)
"""How long a mark is kept: as long as dead letters of the stream may be delivered again. A later
reading notifies again."""
_MINUTE: Final = len("2026-03-02T12:00")


def minute_of(came_at: str) -> str:
    """The minute of a time, which names a notification: a repeated one has the same id."""
    return came_at[:_MINUTE]


def tell(table: str, topic: str, telling: Announcement, came_at: str, now: datetime) -> None:
    """Publish, unless the receiver had such a notification of the case within the window of
    `came_at`.

    `came_at` is the time of the event: repeating it repeats at most the same notification. It is
    published before its mark is stored, so a crash between repeats it and does not lose it.
    """
    told = (telling.heard_as, telling.to)
    if marked(table, telling.case.id, keys.heard_key.sort_begins(*told), came_at):
        return
    announcements.publish(topic, telling, now)
    mark = keys.heard_key(telling.case.id, *told, minute_of(came_at), mark_of(telling.id))
    items.put_new(table, {**mark, keys.EXPIRES_AT: int((now + KEPT).timestamp())})


def marked(table: str, case_id: str, begins: str, came_at: str) -> bool:
    """Whether a mark with this prefix is beside the case within the window around that time."""
    at = datetime.fromisoformat(came_at)
    first, last = (minute_of(stamp(at + by)) for by in (-WINDOW, WINDOW))
    found = items.query(
        table,
        1,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=to_wire(
            {
                ":pk": keys.case_key(case_id)[keys.PARTITION],
                ":first": f"{begins}{first}$",  # after all of that minute
                ":last": f"{begins}{last}",  # before all of that minute
            }
        ),
        ConsistentRead=True,
    )
    return any(True for _ in found)
