"""A report full of marks goes all the way; then all that the system keeps is searched for them."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from casework.aws import keys
from casework.aws.wire import from_wire
from casework.folding import unfold
from tests.e2e.people import People, a_report

RABAT = "pj-04-421"


class Marks:
    """Words that appear nowhere else, one for each thing that must not leak."""

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
    """Sent, reviewed, referred, declined nowhere, acknowledged."""
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
    people.await_status(case_id, "acknowledged")
    return marks


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
    read = 0
    for url in urls:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        for message in answer.get("Messages", []):
            read += 1
            assert not found_in(json.dumps(message, default=str), marks), url
    assert read, "the sweep must read real notifications"


def test_workflow_state_holds_ids_enums_and_seconds_only(people: People, marks: Marks) -> None:
    stepfunctions = people.system.aws.stepfunctions
    plain = re.compile(r"[A-Za-z0-9_.:/$-]*")
    read = 0
    for page in stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=people.system.outputs["WorkflowArn"]
    ):
        for execution in page["executions"]:
            history = stepfunctions.get_execution_history(executionArn=execution["executionArn"])
            read += len(history["events"])
            assert not found_in(json.dumps(history, default=str), marks)
            described = stepfunctions.describe_execution(executionArn=execution["executionArn"])
            for document in (described["input"], described.get("output", "{}")):
                for value in json.loads(document).values():
                    assert isinstance(value, (bool, int)) or plain.fullmatch(value)
    assert read > 10, "the sweep must read real histories"


def test_the_table_keeps_the_narrative_in_its_own_attribute_alone(
    people: People, marks: Marks
) -> None:
    narratives = 0
    for item in _items(people):
        for name, value in item.items():
            found = found_in(_clear(value), marks)
            if name == "narrative" and item[keys.SORT] == keys.REPORT_SORT:
                narratives += "narrative" in found
                found -= {"narrative"}
            assert not found, f"{item[keys.SORT]}.{name}"
    assert narratives == 1, "the sweep must find the narrative where it belongs"


def _items(people: People) -> Iterator[dict[str, Any]]:
    for page in people.system.aws.dynamodb.get_paginator("scan").paginate(TableName=people.table):
        yield from map(from_wire, page["Items"])


def _clear(value: Any) -> str:
    """A value as text, decompressed where it is compressed, with nested binaries shown."""
    if isinstance(value, bytes):
        try:
            return unfold(value)
        except Exception:  # noqa: BLE001 - whatever it is, it is no folded text: shown as it is
            return value.decode("latin-1") + base64.b64encode(value).decode()
    if isinstance(value, dict):
        return " ".join(f"{key} {_clear(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        return " ".join(map(_clear, value))
    return str(value)
