"""The task tokens cases wait with: one for each case, the newest."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire


@dataclass(frozen=True)
class Waiting:
    """The task token a case waits with, and the execution it belongs to."""

    token: str = field(repr=False)
    run: int
    status: str
    """The status the case was waiting in."""
    since: str
    """When the token was handed out."""


class Waits:
    """The waits of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def begin(self, case_id: str, waiting: Waiting) -> bool:
        """Keep the task token the case now waits with, in the place of an older one.

        False when a newer one is kept: a step that was retried may be overtaken by its retry.
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
        """The task token the case waits with, strongly read."""
        item = items.get(self.name, keys.wait_key(case_id))
        if item is None:
            return None
        return Waiting(
            token=item["token"], run=item["run"], status=item["status"], since=item["since"]
        )

    def end(self, case_id: str, token: str) -> None:
        """Forget a token that was answered; a newer one stays."""
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
