"""The task tokens of waiting cases: one for each case, the newest.

An answered token is left to expire: answering it once more changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.lifecycle import Status

TOKEN_GRACE_TIME: Final = timedelta(days=1)
"""After its wait is over, a token is kept that long: a decision may have been saved meanwhile."""


@dataclass(frozen=True)
class TaskToken:
    """The task token of a waiting case, and its execution."""

    token: str = field(repr=False)
    run: int
    status: Status
    """The awaited status of the case."""
    since: str
    """The time at which the token was handed out."""
    drawn: int
    """The drawing of the workflow file by which its execution goes."""


class TaskTokenTable:
    """The waits of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, case_id: str, waiting: TaskToken, until: datetime) -> bool:
        """Store the new task token of the case, in place of an older one; it expires after `until`.

        False when a newer one is stored: the retry of a step may overtake it.
        """
        item = {
            **keys.wait_key(case_id),
            "token": waiting.token,
            "run": waiting.run,
            "status": waiting.status.value,
            "since": waiting.since,
            "drawn": waiting.drawn,
            keys.EXPIRES_AT_FIELD: int((until + TOKEN_GRACE_TIME).timestamp()),
        }
        put = {
            "TableName": self.name,
            "Item": to_wire_item(item),
            "ConditionExpression": (
                "attribute_not_exists(pk) OR #run < :run OR (#run = :run AND #since <= :since)"
            ),
            "ExpressionAttributeNames": {"#run": "run", "#since": "since"},
            "ExpressionAttributeValues": to_wire_item(
                {":run": waiting.run, ":since": waiting.since}
            ),
        }
        try:
            items.put_item_if(put)
        except items.WriteConflict:
            return False
        return True

    def get_token(self, case_id: str) -> TaskToken | None:
        """The task token of the case, strongly read."""
        item = items.get_item(self.name, keys.wait_key(case_id))
        if item is None:
            return None
        return TaskToken(
            token=item["token"],
            run=item["run"],
            status=Status(item["status"]),
            since=item["since"],
            drawn=item.get("drawn", 1),
        )
