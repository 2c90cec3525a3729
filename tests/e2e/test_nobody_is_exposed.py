"""A report full of marks goes all the way; then all that the system keeps is searched for them."""

from __future__ import annotations

import base64
import json
import os
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.text import reference as references
from casework.text.compression import decompress_text
from tests.e2e.people import People, a_report, eventually

RABAT = "pj-04-421"
HOURS = 3600
"""Longer than any queue is swept: a message that came back meanwhile would be swept for ever."""


class Marks:
    """Unique words, one for each thing that must not leak."""

    def __init__(self) -> None:
        run = uuid.uuid4().hex[:12]
        self.address = "203.0.113.77"
        self.agent = f"agent{run}"
        self.email = f"contact{run}@example.org"
        self.name = f"identity{run}"
        self.narrative = f"narrative{run}"
        self.key = str(uuid.uuid4())
        self.secret = ""

    def words(self) -> dict[str, str]:
        return {name: word for name, word in vars(self).items() if word}


@pytest.fixture(scope="module")
def marks(people: People) -> Marks:
    """A case from report to acknowledgement, and every failure that can be provoked."""
    marks = Marks()
    body = a_report(
        narrative=f"On me menace. {marks.narrative}",
        danger_now=True,
        disclosure={
            "kind": "identified",
            "contact": {"email": marks.email},
            "identity": {"name": marks.name},
        },
    )
    answer = people.post_report(
        body, marks.key, **{"User-Agent": marks.agent, "X-Forwarded-For": marks.address}
    )
    assert answer.status_code == 201, answer.text
    accepted = answer.json()
    marks.secret = accepted["receipt"]
    broken = people.post_report({**body, "unknown": marks.email}, str(uuid.uuid4()))
    assert broken.status_code == 422
    assert not [word for word in marks.words().values() if word in broken.text]
    case_id = people.case_of(accepted)
    people.await_wait(case_id)
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.await_wait(case_id)
    people.follow(accepted)
    people.acknowledge(case_id, RABAT)
    people.await_status(case_id, "awaiting_authorisation")
    poison_the_stream(people, accepted["reference"], marks)
    fail_a_run(people, case_id, marks)
    return marks


def poison_the_stream(people: People, like: str, marks: Marks) -> None:
    """A report that says every mark, in a case that is not there: its record is a dead letter."""
    dynamodb = people.system.aws.dynamodb
    poisoned = references.encode_reference(os.urandom(references.REFERENCE_BYTES))
    item = dynamodb.get_item(TableName=people.table, Key=to_wire_item(keys.report_key(like)))[
        "Item"
    ]
    for name in ("case_id", "linked_at", "linked_by", "own_named", "named", "number", "alone"):
        item.pop(name, None)
    item |= to_wire_item(
        {**keys.report_key(poisoned), keys.FLOW_PARTITION_KEY: keys.unlinked_flow(poisoned)}
    )
    said = " ".join(marks.words().values()).encode()
    item["narrative"], item["facts"] = {"B": said}, {"B": said}
    item |= to_wire_item(
        {"case_id": "C-0000-0000-0000-0000-0", "linked_at": item["accepted_at"]["S"]}
    )
    before = waiting_in(people, people.system.outputs["DeadLetterUrl"])
    dynamodb.put_item(TableName=people.table, Item=item)
    eventually(
        lambda: waiting_in(people, people.system.outputs["DeadLetterUrl"]) > before,
        "the record is a dead letter",
    )
    dynamodb.delete_item(TableName=people.table, Key=to_wire_item(keys.report_key(poisoned)))


def waiting_in(people: People, url: str) -> int:
    """Messages of a queue, taken or not."""
    found = people.system.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    counts = found["Attributes"]
    taken = int(counts["ApproximateNumberOfMessagesNotVisible"])
    return taken + int(counts["ApproximateNumberOfMessages"])


def fail_a_run(people: People, case_id: str, marks: Marks) -> None:
    """A case with a mark in a wrong field, so that an execution of its workflow fails."""
    dynamodb, states = people.system.aws.dynamodb, people.system.aws.stepfunctions
    key = to_wire_item(keys.case_key(case_id))
    whole = dynamodb.get_item(TableName=people.table, Key=key)["Item"]
    dynamodb.put_item(TableName=people.table, Item={**whole, "status": {"S": marks.narrative}})
    journey = {
        "case_id": case_id,
        "run": 99,
        "status": "reviewed",
        "alert": False,
        "wait_seconds": 60,
    }
    try:
        started = states.start_execution(
            stateMachineArn=people.system.outputs["WorkflowArn"],
            name=f"{case_id}-99",
            input=json.dumps(journey),
        )
        ended = eventually(
            lambda: (
                states.describe_execution(executionArn=started["executionArn"])["status"]
                not in {"RUNNING"}
            ),
            "the run has ended",
        )
        assert ended
    finally:
        dynamodb.put_item(TableName=people.table, Item=whole)


def found_in(text: str, marks: Marks) -> set[str]:
    return {name for name, word in marks.words().items() if word in text}


def test_no_log_holds_a_mark(people: People, marks: Marks) -> None:
    logs = people.system.aws.client("logs")
    read = 0
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            for events in logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"]
            ):
                for event in events["events"]:
                    read += 1
                    assert not found_in(event["message"], marks), group["logGroupName"]
    assert read > 10, "the sweep must read real logs"


def test_no_notification_and_no_dead_letter_holds_a_mark(people: People, marks: Marks) -> None:
    sqs = people.system.aws.sqs
    urls = [
        url
        for page in sqs.get_paginator("list_queues").paginate()
        for url in page.get("QueueUrls", [])
    ]
    read = sum(swept(people, url, marks) for url in urls)
    assert read, "the sweep must read real notifications"
    dead = people.system.outputs["DeadLetterUrl"]
    assert waiting_in(people, dead), "the sweep must read a real dead letter"


def swept(people: People, url: str, marks: Marks) -> int:
    """How many messages of a queue were searched; all of them are left where they were."""
    sqs, handles = people.system.aws.sqs, []
    while messages := sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=HOURS,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    ).get("Messages"):
        for message in messages:
            handles.append(message["ReceiptHandle"])
            assert not found_in(json.dumps(message, default=str), marks), url
    for handle in handles:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    return len(handles)


def test_workflow_state_holds_ids_enums_and_seconds_only(people: People, marks: Marks) -> None:
    stepfunctions = people.system.aws.stepfunctions
    plain = re.compile(r"[A-Za-z0-9_.:/$-]*")
    read = failed = 0
    for page in stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=people.system.outputs["WorkflowArn"]
    ):
        for execution in page["executions"]:
            history = stepfunctions.get_execution_history(executionArn=execution["executionArn"])
            read += len(history["events"])
            assert not found_in(json.dumps(history, default=str), marks)
            described = stepfunctions.describe_execution(executionArn=execution["executionArn"])
            failed += described["status"] == "FAILED"
            assert not found_in(json.dumps(described, default=str), marks)
            documents = [described["input"]]
            if described["status"] != "FAILED":  # that one ends with a cause, searched above
                documents.append(described.get("output", "{}"))
            for document in documents:
                for value in json.loads(document).values():
                    assert isinstance(value, (bool, int)) or plain.fullmatch(value)
    assert read > 10, "the sweep must read real histories"
    assert failed, "the sweep must read the cause of a real failure"


def test_the_table_keeps_the_narrative_in_one_attribute_only(people: People, marks: Marks) -> None:
    narratives = 0
    for item in _items(people):
        for name, value in item.items():
            found = found_in(_clear(value), marks)
            if name == "narrative" and item[keys.SORT_KEY] == keys.REPORT_SORT:
                narratives += "narrative" in found
                found -= {"narrative"}
            assert not found, f"{item[keys.SORT_KEY]}.{name}"
    assert narratives == 1, "the sweep must find the narrative where it belongs"


def _items(people: People) -> Iterator[dict[str, Any]]:
    for page in people.system.aws.dynamodb.get_paginator("scan").paginate(TableName=people.table):
        yield from map(values_from_wire_item, page["Items"])


def _clear(value: Any) -> str:
    """A value as text, decompressed where it is compressed, with nested binaries shown."""
    if isinstance(value, bytes):
        try:
            return decompress_text(value)
        except Exception:  # noqa: BLE001 - whatever it is, it is no folded text: shown as it is
            return value.decode("latin-1") + base64.b64encode(value).decode()
    if isinstance(value, dict):
        return " ".join(f"{key} {_clear(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return " ".join(map(_clear, value))
    return str(value)
