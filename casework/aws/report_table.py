"""What intake does with the table: put a report once, and read what a receipt opens.

It is apart from `case_table`, and writes attribute values by hand, because it stands on the path of
each report: this module imports nothing of boto3 until the first call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws import keys
from casework.aws.clients import client
from casework.aws.faults import code_of

ERASED_AT = "erased_at"
"""Present on a tombstone: all that is left of an erased report, so that its key opens no other."""


@dataclass(frozen=True)
class NewReport:
    """All that is kept of an accepted report."""

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    correlation_id: str
    facts: bytes
    narrative: bytes
    pepper: str
    """Version of the pepper the receipt and the body's proof were made with."""
    body_mac: bytes
    verifier: bytes
    own: tuple[str, ...] = ()
    contact_box: bytes | None = None
    identity_box: bytes | None = None


@dataclass(frozen=True)
class Kept:
    """What an Idempotency-Key was used for before."""

    accepted_at: str
    pepper: str
    body_mac: bytes
    correlation_id: str


@dataclass(frozen=True)
class Erased:
    """What an Idempotency-Key was used for before, and is no more."""


@dataclass(frozen=True)
class Followed:
    """What following a report needs to know of it."""

    verifier: bytes
    accepted_at: str
    language: str
    case_id: str | None


class ReportTable:
    """The report items of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def put_once(self, report: NewReport) -> Kept | Erased | None:
        """Keep a report; None when it is now kept, else what stood at its address before.

        One call: the service answers a refused condition with the item that refused it.
        """
        try:
            client("dynamodb").put_item(
                TableName=self.name,
                Item=item_of(report),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return _before(getattr(error, "response", {}).get("Item", {}))
        return None

    def follow(self, reference: str) -> Followed | None:
        """What a receipt may open, strongly read; None when there is no report or no more."""
        answer = client("dynamodb").get_item(
            TableName=self.name,
            Key=_wire(keys.report_key(reference)),
            ProjectionExpression="verifier, accepted_at, #language, case_id",
            ExpressionAttributeNames={"#language": "language"},
            ConsistentRead=True,
        )
        item = answer.get("Item", {})
        if "verifier" not in item:
            return None
        return Followed(
            verifier=bytes(item["verifier"]["B"]),
            accepted_at=item["accepted_at"]["S"],
            language=item["language"]["S"],
            case_id=item["case_id"]["S"] if "case_id" in item else None,
        )


def item_of(report: NewReport) -> dict[str, Any]:
    """A report as it is stored, with its place among the reports that have no case yet."""
    return _wire(
        {
            **keys.report_key(report.reference),
            keys.FLOW: keys.unlinked(report.reference),
            keys.FLOW_AT: report.accepted_at,
            **{name: value for name, value in vars(report).items() if name != "reference"},
        }
    )


def _before(item: Mapping[str, Any]) -> Kept | Erased:
    if ERASED_AT in item or "body_mac" not in item:
        return Erased()
    return Kept(
        accepted_at=item["accepted_at"]["S"],
        pepper=item["pepper"]["S"],
        body_mac=bytes(item["body_mac"]["B"]),
        correlation_id=item["correlation_id"]["S"],
    )


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts, bytes and tuples of texts as attribute values; what is empty is left out."""
    item: dict[str, Any] = {}
    for name, value in values.items():
        match value:
            case None | ():
                continue
            case bytes():
                item[name] = {"B": value}
            case tuple():
                item[name] = {"L": [{"S": entry} for entry in value]}
            case _:
                item[name] = {"S": value}
    return item
