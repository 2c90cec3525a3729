"""Crowds, poison and power cuts: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from casework import reference as references
from casework.aws import keys
from casework.aws.wire import to_wire
from casework.case import stamp
from local.system import Options, System
from tests.e2e.people import People, a_report, eventually

RABAT = "pj-04-421"


def test_64_submitters_with_retries_lose_and_double_nothing(people: People) -> None:
    bodies = [(str(uuid.uuid4()), a_report()) for _ in range(64)]

    def submit(report: tuple[str, dict[str, object]]) -> tuple[str, str]:
        key, body = report
        for _ in range(20):
            answer = people.post_report(body, key)
            assert answer.status_code in {201, 429, 503}, answer.text
            if answer.status_code == httpx.codes.CREATED:
                return key, answer.text
            time.sleep(float(answer.headers.get("Retry-After", "1")) * random.random())
        raise AssertionError("never accepted")

    with ThreadPoolExecutor(64) as crowd:
        answers = list(crowd.map(submit, bodies * 2))
    by_key: dict[str, set[str]] = {}
    for key, text in answers:
        by_key.setdefault(key, set()).add(text)
    assert all(len(texts) == 1 for texts in by_key.values()), "a retry was answered differently"
    references = {json.loads(next(iter(texts)))["reference"] for texts in by_key.values()}
    assert len(references) == 64
    for reference in references:
        assert people.item(keys.report_key(reference)), "an accepted report is not in the table"


def test_a_poison_record_goes_to_the_dead_letter_queue_and_its_report_comes_back(
    people: People,
) -> None:
    accepted = people.submit()
    case_id = people.case_of(accepted)
    poisoned = references.encode(os.urandom(references.REFERENCE_BYTES))
    original = people.system.aws.dynamodb.get_item(
        TableName=people.table, Key=to_wire(keys.report_key(accepted["reference"]))
    )["Item"]
    item = {
        name: value
        for name, value in original.items()
        if name not in {"case_id", "linked_at", "linked_by", "own_named", "named"}
    }
    item |= to_wire({**keys.report_key(poisoned), keys.FLOW: keys.unlinked(poisoned)})
    item["narrative"] = {"B": b"not compressed"}
    item["facts"] = {"B": b"not compressed"}
    people.system.aws.dynamodb.put_item(TableName=people.table, Item=item)
    behind = people.submit()
    assert people.case_of(behind) != case_id, "the report behind the poison is linked"
    dead = people.system.outputs["DeadLetterUrl"]
    message = eventually(
        lambda: people.system.aws.sqs.receive_message(QueueUrl=dead).get("Messages"),
        "the poison record is in the dead-letter queue",
    )
    assert "not compressed" not in json.dumps(message)

    # The stream record is gone; the cause is mended; the way back is the reference.
    item["narrative"], item["facts"] = original["narrative"], original["facts"]
    people.system.aws.dynamodb.put_item(TableName=people.table, Item=item)
    answer = people.system.aws.client("lambda").invoke(
        FunctionName=people.system.outputs["ReprocessFunction"],
        Payload=json.dumps({"references": [poisoned]}),
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert people.item(keys.report_key(poisoned))["case_id"]


def age(people: People, case_ids: list[str]) -> None:
    """The cases were opened an hour ago: the reconciler leaves those of the last minute alone."""
    an_hour_ago = stamp(datetime.now(UTC) - timedelta(hours=1))
    for case_id in case_ids:
        people.set_on_case(case_id, "opened_at", an_hour_ago)
        people.set_on_case(case_id, keys.FLOW_AT, an_hour_ago)


def four_reconcilers_at_once(people: People, until: Callable[[], bool]) -> None:
    """Again and again, as the schedule does."""
    function = people.system.outputs["ReconcileFunction"]
    client = people.system.aws.client("lambda")

    def four() -> bool:
        with ThreadPoolExecutor(4) as crowd:
            for answer in crowd.map(lambda _: client.invoke(FunctionName=function), range(4)):
                assert "FunctionError" not in answer, answer["Payload"].read()
        return until()

    eventually(four, "every case has a running workflow again")


@pytest.fixture
def fragile(assembly: Path, tmp_path: Path) -> Iterator[People]:
    """A system of its own that keeps snapshots, to be killed."""
    options = Options(snapshot_seconds=1.0, enforce_iam=True)
    with System.fresh(tmp_path / "fragile", assembly, options) as system, People(system) as known:
        yield known


def test_20_waiting_cases_survive_a_power_cut_and_nobody_is_asked_twice(fragile: People) -> None:
    cases = [fragile.case_of(fragile.submit()) for _ in range(20)]
    for case_id in cases:
        fragile.await_wait(case_id)
    with_units, in_review = cases[:5], cases[5:]
    for case_id in with_units:
        fragile.confirm(case_id)
        fragile.await_status(case_id, "published")
        fragile.await_wait(case_id)
    age(fragile, cases)
    fragile.system.wait_for_snapshot()
    fragile.system.kill()
    fragile.system.start()

    for case_id in in_review[:6]:  # decided on dead tokens, before the reconciler ran
        fragile.confirm(case_id)
    four_reconcilers_at_once(fragile, until=lambda: all(map(fragile.runs, cases)))
    for case_id in in_review[6:]:
        fragile.confirm(case_id)
    for case_id in cases:
        fragile.await_status(case_id, "published")
        fragile.acknowledge(case_id, RABAT)
        fragile.await_status(case_id, "acknowledged")
    for case_id in cases:
        history = [event["move"] for event in fragile.case(case_id).json()["history"]]
        assert history == ["open", "assess", "confirm", "refer", "read", "acknowledge"]
        ended = eventually(
            lambda case=case_id: [  # type: ignore[misc] # bound on purpose
                status for status in fragile.executions(case) if status == "SUCCEEDED"
            ],
            "the workflow of the case ends well",
        )
        assert len(ended) == 1
