"""The task tokens of waiting cases: one for each case, the newest."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire


@dataclass(frozen=True)
class Waiting:
    """The task token of a waiting case, and its execution."""

    token: str = field(repr=False)
    run: int
    status: str
    """The awaited status of the case."""
    since: str
    """The time at which the token was handed out."""


class Waits:
    """The waits of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, case_id: str, waiting: Waiting) -> bool:
        """Store the new task token of the case, in place of an older one.

        False when a newer one is stored: the retry of a step may overtake it.
        """
        item = {
            **keys.wait_key(case_id),
            "token": waiting.token,
            "run": waiting.run,
            "status": waiting.status,
            "since": waiting.since,
        }
        put = {
            "TableName": self.name,
            "Item": to_wire(item),
            "ConditionExpression": (
                "attribute_not_exists(pk) OR #run < :run OR (#run = :run AND #since <= :since)"
            ),
            "ExpressionAttributeNames": {"#run": "run", "#since": "since"},
            "ExpressionAttributeValues": to_wire({":run": waiting.run, ":since": waiting.since}),
        }
        try:
            items.put_if(put)
        except items.WrittenMeanwhile:
            return False
        return True

    def of(self, case_id: str) -> Waiting | None:
        """The task token of the case, strongly read."""
        item = items.get(self.name, keys.wait_key(case_id))
        if item is None:
            return None
        return Waiting(
            token=item["token"], run=item["run"], status=item["status"], since=item["since"]
        )

    def end(self, case_id: str, token: str) -> None:
        """Delete an answered token; a newer one stays."""
        try:
            client("dynamodb").delete_item(
                TableName=self.name,
                Key=to_wire(keys.wait_key(case_id)),
                ConditionExpression="attribute_not_exists(pk) OR #token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues=to_wire({":token": token}),
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
