"""One notification for each case, kind and while, whoever sends however much.

What a stranger can bring about is told to people once in `WINDOW`; the lists on their desks show
all of it. What was told leaves a mark beside its case, under the minute in which what it tells of
came and a name that opens nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from casework.aws.services import announcements
from casework.aws.services.announcements import Announcement, mark_of
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire
from casework.case.case import stamp

WINDOW: Final = timedelta(minutes=15)
"""How long one notification stands for all of its kind in the same case."""
KEPT: Final = timedelta(days=14)
"""How long a mark is kept after it was made: as long as what the stream could not tell is put aside
to be told again. What is read anew after that is told anew."""
_MINUTE: Final = len("2026-03-02T12:00")


def minute_of(came_at: str) -> str:
    """The minute of a time, by which a notification is named: repeated, it has the same id."""
    return came_at[:_MINUTE]


def tell(table: str, topic: str, telling: Announcement, came_at: str, now: datetime) -> None:
    """Publish, unless whom it is for heard the same of the case within the window of `came_at`.

    `came_at` is when that of which it tells came: repeating it repeats at most the same
    notification. Told before it is kept, so that a crash between repeats it rather than loses it.
    """
    told = (telling.heard_as, telling.to)
    if marked(table, telling.case.id, keys.heard_prefix(*told), came_at):
        return
    announcements.publish(topic, telling, now)
    mark = keys.heard_key(telling.case.id, *told, minute_of(came_at), mark_of(telling.id))
    items.put_new(table, {**mark, keys.EXPIRES_AT: int((now + KEPT).timestamp())})


def marked(table: str, case_id: str, begins: str, came_at: str) -> bool:
    """Whether a mark that begins so was left beside the case within the window of what came then,
    before it or after."""
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
