"""The table for intake: store a report once, and read what a receipt opens.

It is apart from `case_report_table`, and writes attribute values by hand, because it is on the path
of each report: this module imports nothing of botocore until the first call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.aws.services import replay_clock
from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.aws.table import keys
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.wire import values_from_wire_item
from casework.case.commitment import commit_to_parts, new_salt
from casework.errors import Busy

MAX_ADDITION_ATTEMPTS = 6
"""Tries of an addition while others write its report."""

ADDITION_COUNT_FIELD = "additions"
"""Attribute of a report: the number of its additions; absent for none."""
QUESTION_RANGE_CONDITION = "sk BETWEEN :first AND :last"
"""The questions to its reporter and the report itself, and no other item of its partition."""
APPEND_OWN_CLAUSE = "own = list_append(if_not_exists(own, :none), :own)"
"""The marks of the contacts of a reporter, with those that an addition brings: all stand on the
report, so that who reads one addition reads no other."""

CONDITION_FAILED_CODE = "ConditionalCheckFailed"
"""The code of the transaction item whose condition failed."""

COMMITTED_REPORT_FIELDS = (
    "accepted_at",
    "added_at",
    "language",
    "disclosure",
    "correlation_id",
    "facts",
    "looks",
    "narrative",
    "content",
    "pepper",
    "body_mac",
    "verifier",
    "contact",
    "contact_box",
    "identity_box",
    "call_now_box",
)
"""Attributes of a report or an addition that never change after acceptance. The marks of the
reporter's own contact are excluded, because they are deleted earlier."""

ERASED_AT_FIELD = "erased_at"
"""Present on a tombstone: all that is left of an erased report, so that its key opens no other."""
ERASED_BY_FIELD = "erased_by"
"""Of a tombstone: number of its case's entry about the erasure."""


@dataclass(frozen=True)
class NewReport:
    """All stored values of an accepted report."""

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    correlation_id: str
    facts: bytes
    narrative: bytes
    pepper: str
    """Version of the pepper of the receipt and the body's proof."""
    body_mac: bytes
    verifier: bytes
    own: tuple[str, ...] = ()
    contact_box: bytes | None = None
    reached_by: tuple[str, ...] = ()
    """The kinds of the contact in its box, as `Contact` names them."""
    identity_box: bytes | None = None
    call_now_box: bytes | None = None
    callable: str | None = None
    """What is safe at the number in that box, as `SafeWay` names it."""
    looks: bytes | None = None
    """What pictures look like that stay with the reporter, as `seal_perceptual_hashes` seals
    them."""
    danger: bool = False
    """Whether its reporter told of danger now. It is no value of its own: until the report has a
    case it stands in the list of those."""


@dataclass(frozen=True)
class ExistingReport:
    """The earlier use of an Idempotency-Key."""

    accepted_at: str
    pepper: str
    body_mac: bytes
    correlation_id: str


@dataclass(frozen=True)
class ReportTombstone:
    """The earlier use of an Idempotency-Key whose report was erased."""


@dataclass(frozen=True)
class LimitReached:
    """The report has reached its limit of additions."""


@dataclass(frozen=True)
class NewAddition:
    """All stored values of an addition."""

    reference: str
    addition: str
    added_at: str
    content: bytes
    pepper: str
    body_mac: bytes
    correlation_id: str
    own: tuple[str, ...] = ()
    """The marks of its contact; they are kept on its report."""
    contact_box: bytes | None = None
    reached_by: tuple[str, ...] = ()
    """As of a report."""


@dataclass(frozen=True)
class StoredAddition:
    """An addition, without its sealed contact."""

    id: str
    added_at: str
    content: bytes
    contact: bool


@dataclass(frozen=True)
class StoredQuestion:
    """A question to the reporter."""

    number: int
    text: str
    asked_at: str
    due: str


@dataclass(frozen=True)
class MessageCopy:
    """A message to the reporters of chosen reports, stored with each of them."""

    at: str
    text: bytes
    """Compressed."""


@dataclass(frozen=True)
class FollowUpRecord:
    """What following a report needs."""

    verifier: bytes
    accepted_at: str
    language: str
    case_id: str | None
    correlation_id: str = ""
    hears: Mapping[str, Any] | None = None
    """From which entry of its case on its reporter hears of it, as in `TimelineScope`."""
    kept: Mapping[str, Any] | None = None
    """What was told before it stopped hearing, as in `RetainedTimeline`."""
    tellings: tuple[Mapping[str, Any], ...] = ()
    """What entries about its questions tell, as stored."""
    alone: Mapping[str, str] | None = None
    """Its own clock: priority, start, and end of the first deadline."""
    messages: tuple[MessageCopy, ...] = ()
    """Messages to its reporter and not to all, oldest first."""
    additions: tuple[StoredAddition, ...] = ()
    """Oldest first."""
    questions: tuple[StoredQuestion, ...] = ()
    """Oldest first."""
    facts: bytes = b""
    """Compressed."""
    looks: bytes = b""
    """What pictures look like that stay with the reporter, sealed."""
    number_opened: tuple[str, ...] = ()
    """The quarters of an hour in which the reporter's own number was opened, oldest first."""


class ReportTable:
    """The report items of the one table."""

    def __init__(self, name: str) -> None:
        self.name = name

    def put_once(self, report: NewReport) -> ExistingReport | ReportTombstone | None:
        """Store a report; None when it is now stored, otherwise the existing item at its address.

        One call: the service answers a failed condition with the existing item.
        """
        try:
            aws_client("dynamodb").put_item(
                TableName=self.name,
                Item=report_to_item(report),
                ConditionExpression="attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Exception as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise
            return _before(getattr(error, "response", {}).get("Item", {}))
        return None

    def get_existing(self, reference: str) -> ExistingReport | ReportTombstone | None:
        """The item at an address, strongly read."""
        answer = aws_client("dynamodb").get_item(
            TableName=self.name, Key=_wire(keys.report_key(reference)), ConsistentRead=True
        )
        return _before(answer["Item"]) if "Item" in answer else None

    def follow(self, reference: str, *, whole: bool = True) -> FollowUpRecord | None:
        """The part of a report that a receipt opens, strongly read; None when there is none (any
        more). If not `whole`, its additions and messages are not read: an act of the reporter costs
        the same however many came before."""
        names = {f"#{number}": name for number, name in enumerate(FOLLOW_UP_ATTRIBUTES)}
        query: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk"
            + ("" if whole else f" AND {QUESTION_RANGE_CONDITION}"),
            "ExpressionAttributeValues": _wire(
                {
                    ":pk": keys.report_key(reference)[keys.PARTITION_KEY],
                    ":first": None if whole else keys.question_key.begins,
                    ":last": None if whole else keys.REPORT_SORT,
                }
            ),
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
            "ConsistentRead": True,
        }
        items: dict[str, dict[str, Any]] = {}
        while True:
            answer = aws_client("dynamodb").query(**query)
            items |= {item[keys.SORT_KEY]["S"]: item for item in answer["Items"]}
            if "LastEvaluatedKey" not in answer:
                break
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        report = items.get(keys.REPORT_SORT, {})
        return _followed(report, items) if "verifier" in report else None

    def get_addition(self, reference: str, addition: str) -> ExistingReport | None:
        """The addition at an address, strongly read."""
        key = keys.addition_key(reference, addition)
        answer = aws_client("dynamodb").get_item(
            TableName=self.name, Key=_wire(key), ConsistentRead=True
        )
        return _added_before(answer["Item"]) if "Item" in answer else None

    def add_once(
        self, addition: NewAddition, most: int
    ) -> ExistingReport | ReportTombstone | LimitReached | None:
        """Store an addition; None when it is now stored, otherwise the earlier use of its key.

        The same write counts it on its report, so no addition is stored beside an erased report,
        and never more than `most`. Raises Busy while others write the same report.
        """
        key = keys.addition_key(addition.reference, addition.addition)
        attributes = {
            **{
                name: value
                for name, value in vars(addition).items()
                if name not in {"reference", "addition", "own"}
            },
            "contact": "sealed" if addition.contact_box else None,
        }
        found_by = {
            keys.QUEUE_PARTITION_KEY: keys.later_queue(addition.added_at[:10], addition.reference),
            keys.QUEUE_SORT_KEY: addition.added_at,
        }
        item = {**key, **found_by, **attributes, **commitment_attributes(key, attributes)}
        put = {
            "TableName": self.name,
            "Item": _wire(item),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        own = {":none": {"L": []}, **_wire({":own": addition.own})} if addition.own else {}
        counted = {
            "TableName": self.name,
            "Key": _wire(keys.report_key(addition.reference)),
            "UpdateExpression": f"ADD {ADDITION_COUNT_FIELD} :one"
            + (f" SET {APPEND_OWN_CLAUSE}" if own else ""),
            "ConditionExpression": "attribute_exists(verifier) AND "
            f"(attribute_not_exists({ADDITION_COUNT_FIELD}) OR {ADDITION_COUNT_FIELD} < :most)",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": str(most)}, **own},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        for look in range(MAX_ADDITION_ATTEMPTS):
            if look:
                sleep_with_backoff(look)
            try:
                aws_client("dynamodb").transact_write_items(
                    TransactItems=[{"Put": put}, {"Update": counted}]
                )
            except Exception as error:
                if code_of(error) != "TransactionCanceledException":
                    raise
                kept, there = getattr(error, "response", {})["CancellationReasons"]
                if there["Code"] == CONDITION_FAILED_CODE and "verifier" not in there.get(
                    "Item", {}
                ):
                    return ReportTombstone()
                if kept["Code"] == CONDITION_FAILED_CODE:
                    return _added_before(kept["Item"])
                if there["Code"] == CONDITION_FAILED_CODE:
                    return LimitReached()
                continue  # its report is being written: linked, moved or added to
            return None
        raise Busy("The report is being changed by many at once.")


def _added_before(item: Mapping[str, Any]) -> ExistingReport:
    return ExistingReport(
        accepted_at=item["added_at"]["S"],
        pepper=item["pepper"]["S"],
        body_mac=bytes(item["body_mac"]["B"]),
        correlation_id=item["correlation_id"]["S"],
    )


FOLLOW_UP_ATTRIBUTES = (
    keys.SORT_KEY,
    "verifier",
    "accepted_at",
    "language",
    "case_id",
    "hears",
    "kept",
    "what",
    "question",
    "correlation_id",
    "added_at",
    "at",
    "content",
    "contact",
    "number",
    "text",
    "asked_at",
    "due",
    "alone",
    "facts",
    "looks",
    "number_opened",
)
"""Attributes that following reads: no box, no proof, no words of the report."""


def _followed(report: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> FollowUpRecord:
    additions = [
        StoredAddition(
            id=keys.addition_key.of_sort(sort)[0],
            added_at=item["added_at"]["S"],
            content=bytes(item["content"]["B"]),
            contact="contact" in item,
        )
        for sort, item in items.items()
        if sort.startswith(keys.addition_key.begins)
    ]
    questions = [
        StoredQuestion(
            number=int(item["number"]["N"]),
            text=item["text"]["S"],
            asked_at=item["asked_at"]["S"],
            due=item["due"]["S"],
        )
        for sort, item in items.items()
        if sort.startswith(keys.question_key.begins)
    ]
    messages = [
        MessageCopy(item["at"]["S"], bytes(item["content"]["B"]))
        for sort, item in items.items()
        if sort.startswith(keys.message_key.begins)
    ]
    tellings = [
        values_from_wire_item(item)
        for sort, item in items.items()
        if sort.startswith(keys.public_update_key.begins)
    ]
    beside = values_from_wire_item(
        {name: report[name] for name in ("hears", "kept") if name in report}
    )
    clock = report.get("alone", {}).get("M")
    return FollowUpRecord(
        verifier=bytes(report["verifier"]["B"]),
        accepted_at=report["accepted_at"]["S"],
        language=report["language"]["S"],
        case_id=report["case_id"]["S"] if "case_id" in report else None,
        correlation_id=report["correlation_id"]["S"],
        hears=beside.get("hears"),
        kept=beside.get("kept"),
        tellings=tuple(tellings),
        alone=_texts(clock) if clock else None,
        messages=tuple(sorted(messages, key=lambda each: each.at)),
        additions=tuple(sorted(additions, key=lambda each: (each.added_at, each.id))),
        questions=tuple(sorted(questions, key=lambda each: each.asked_at)),
        facts=bytes(report["facts"]["B"]) if "facts" in report else b"",
        looks=bytes(report["looks"]["B"]) if "looks" in report else b"",
        number_opened=tuple(sorted(report.get("number_opened", {"SS": ()})["SS"])),
    )


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The texts among some values."""
    return {name: value["S"] for name, value in values.items() if "S" in value}


def report_to_item(report: NewReport) -> dict[str, Any]:
    """A report in stored form, with its place among the reports without a case."""
    key = keys.report_key(report.reference)
    attributes = {
        name: value for name, value in vars(report).items() if name not in {"reference", "danger"}
    }
    return _wire(
        {
            **key,
            keys.FLOW_PARTITION_KEY: keys.unlinked_flow(report.reference, danger=report.danger),
            keys.FLOW_SORT_KEY: report.accepted_at,
            replay_clock.REPLAYED_AT_ATTRIBUTE: replay_clock.replay_timestamp(),
            **attributes,
            **commitment_attributes(key, attributes),
        }
    )


def commitment_attributes(key: Mapping[str, str], said: Mapping[str, Any]) -> dict[str, bytes]:
    """The values stored beside what a reporter sent, with which a history can bind it: a fresh
    salt, and one digest over the commitments to its parts and to its key."""
    salt = new_salt()
    return {"salt": salt, "bound": bytes.fromhex(commitment_digest(salt, key, said))}


def commitment_digest(salt: bytes, key: Mapping[str, str], said: Mapping[str, Any]) -> str:
    """The digest, in hex, over what a reporter sent: over attributes that only acceptance
    writes."""
    return commit_to_parts(salt, report_commitment_parts(key, said))


def report_commitment_parts(key: Mapping[str, str], said: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of that digest: what a reporter sent, and its key, which holds the reference."""
    return {**{name: said.get(name) for name in COMMITTED_REPORT_FIELDS}, "at": list(key.values())}


def _before(item: Mapping[str, Any]) -> ExistingReport | ReportTombstone:
    if ERASED_AT_FIELD in item or "body_mac" not in item:
        return ReportTombstone()
    return ExistingReport(
        accepted_at=item["accepted_at"]["S"],
        pepper=item["pepper"]["S"],
        body_mac=bytes(item["body_mac"]["B"]),
        correlation_id=item["correlation_id"]["S"],
    )


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts, bytes and tuples of texts as attribute values, without empty ones."""
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
