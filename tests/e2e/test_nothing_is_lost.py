"""Crowds, poisoned reports and power cuts lose nothing and double nothing."""

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
from typing import Any

import httpx
import pytest

from casework.aws.table import desk_keys, keys
from casework.aws.table.item_mapping import case_from_item
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.text import reference as references
from local.system import LocalSystem, StartOptions
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


def like(people: People, accepted: dict[str, Any], **changes: Any) -> tuple[str, dict[str, Any]]:
    """Put a report like an accepted one, that no case has yet; its reference, and its item."""
    reference = references.encode_reference(os.urandom(references.REFERENCE_BYTES))
    item = people.item(keys.report_key(accepted["reference"]))
    linked = ("case_id", "linked_at", "linked_by", "own_named", "named", "number", "alone", "hears")
    for name in (*linked, keys.QUEUE_PARTITION_KEY, keys.QUEUE_SORT_KEY, "glance"):
        item.pop(name, None)
    item |= {
        **keys.report_key(reference),
        keys.FLOW_PARTITION_KEY: keys.unlinked_flow(reference),
        **changes,
    }
    people.system.aws.dynamodb.put_item(TableName=people.table, Item=to_wire_item(item))
    return reference, item


def test_an_unreadable_report_delays_no_other_and_people_review_it(people: People) -> None:
    accepted = people.submit()
    people.case_of(accepted)
    an_hour_ago = format_timestamp(datetime.now(UTC) - timedelta(hours=1))
    nonsense = {"narrative": b"not compressed", "facts": b"not compressed"}
    old = {"accepted_at": an_hour_ago, keys.FLOW_SORT_KEY: an_hour_ago}
    poison, _ = like(people, accepted, **nonsense, **old)
    assert people.case_of(people.submit()), "the report behind the poison is linked"

    def has_a_case() -> str:
        people.invoke("ReconcileFunction", {})
        return str(people.item(keys.report_key(poison)).get("case_id", ""))

    case_id = eventually(has_a_case, "the report is set aside")
    people.await_status(case_id, "in_review")
    assert case_id in people.on_duty("unreadable")
    assert "case.unreadable" in {
        each["type"].removeprefix("org.e-iblagh.").removesuffix(".v1")
        for each in people.notifications("duty")
        if each["subject"] == case_id
    }
    (report,) = people.case(case_id).json()["reports"]
    assert report["unreadable"]
    people.await_wait(case_id)
    people.confirm(case_id)
    people.await_status(case_id, "published")
    assert case_id not in people.on_duty("unreadable")


def test_a_record_that_fails_goes_to_the_dead_letter_queue_and_its_report_comes_back(
    people: People,
) -> None:
    accepted = people.submit()
    people.case_of(accepted)
    nowhere = {"case_id": "C-0000-0000-0000-0000-0", "linked_at": accepted["accepted_at"]}
    failing, item = like(people, accepted, **nowhere)
    assert people.case_of(people.submit()), "the report behind it is linked"
    dead = people.system.outputs["DeadLetterUrl"]
    message = eventually(
        lambda: people.system.aws.sqs.receive_message(QueueUrl=dead).get("Messages"),
        "the record is in the dead-letter queue",
    )
    assert "narrative" not in json.dumps(message)

    # The stream record is gone; the cause is mended; the way back is the reference.
    mended = {name: value for name, value in item.items() if name not in nowhere}
    people.system.aws.dynamodb.put_item(TableName=people.table, Item=to_wire_item(mended))
    people.invoke("ReprocessFunction", {"references": [failing]})
    assert people.item(keys.report_key(failing))["case_id"]


def age(people: People, case_ids: list[str]) -> None:
    """The cases were opened an hour ago: the reconciler leaves those of the last minute alone."""
    an_hour_ago = format_timestamp(datetime.now(UTC) - timedelta(hours=1))
    for case_id in case_ids:
        people.set_on_case(case_id, "opened_at", an_hour_ago)
        people.set_on_case(case_id, keys.FLOW_SORT_KEY, an_hour_ago)
        case = case_from_item(people.item(keys.case_key(case_id)))
        if case.index_queue:
            place = desk_keys.queue_sort(case.priority.rank, case.opened_at, case.id)
            people.set_on_case(case_id, keys.QUEUE_SORT_KEY, place)


def two_reconcilers_at_once(people: People, until: Callable[[], bool]) -> None:
    """Again and again, as the schedule does."""
    function = people.system.outputs["ReconcileFunction"]
    client = people.system.aws.client("lambda")

    def both() -> bool:
        with ThreadPoolExecutor(2) as crowd:
            for answer in crowd.map(lambda _: client.invoke(FunctionName=function), range(2)):
                assert "FunctionError" not in answer, answer["Payload"].read()
        return until()

    eventually(both, "every case has a running workflow again")


@pytest.fixture
def fragile(assembly: Path, tmp_path: Path) -> Iterator[People]:
    """A system of its own that keeps snapshots, to be killed."""
    options = StartOptions(snapshot_seconds=3.0, enforce_iam=True, wait_scale=0.02)
    with (
        LocalSystem.fresh(tmp_path / "fragile", assembly, options) as system,
        People(system) as known,
    ):
        yield known


def test_waiting_cases_survive_a_power_cut_and_no_review_is_asked_for_twice(
    fragile: People,
) -> None:
    cases = [fragile.case_of(fragile.submit()) for _ in range(4)]
    for case_id in cases:
        fragile.await_wait(case_id)
    with_unit, not_served, *in_review = cases
    fragile.confirm(with_unit)
    fragile.await_status(with_unit, "published")
    fragile.await_wait(with_unit)
    age(fragile, cases)
    fragile.system.wait_for_snapshot()
    fragile.system.kill()
    fragile.system.start()

    fragile.confirm(not_served)  # on a dead token, before the reconciler ran
    age(fragile, [not_served])
    two_reconcilers_at_once(fragile, until=lambda: all(map(fragile.runs, cases)))
    for case_id in in_review:
        fragile.confirm(case_id)
    for case_id in cases:
        fragile.await_status(case_id, "published")
        fragile.acknowledge(case_id, RABAT)
        fragile.await_status(case_id, "awaiting_authorisation")
    for case_id in cases:
        history = [event["move"] for event in fragile.case(case_id).json()["history"]]
        moves = ["open", "assess", "confirm", "refer", "publish", "read", "acknowledge"]
        assert history == moves
        ended = eventually(
            lambda case=case_id: [  # type: ignore[misc] # bound on purpose
                status for status in fragile.executions(case) if status == "SUCCEEDED"
            ],
            "the workflow of the case ends well",
        )
        assert len(ended) == 1
