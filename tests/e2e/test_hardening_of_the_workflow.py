"""Hardening 12 to 21, on the deployed template with IAM enforced: nothing moves a case but the law.

docs/security.md names for each case what shows it.
"""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from casework.aws import keys
from casework.aws.wire import to_wire
from casework.history import first_broken
from casework.jurisdiction import open_pack
from casework.moves.deadlines import escalated
from functions.triage.redrawing import areas_of
from tests.e2e.clerk import Clerk
from tests.e2e.people import People, a_report, eventually

RABAT, SALE = "pj-04-421", "pj-04-441"
TEN_MINUTES = timedelta(minutes=10)
DAYS_AGO = timedelta(days=10)


def deploy_a_newer_workflow(people: People) -> None:
    """What a deployment with a changed workflow file does."""
    client, arn = people.system.aws.stepfunctions, people.system.outputs["WorkflowArn"]
    definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
    definition["Comment"] = f"a newer one, {uuid.uuid4()}"
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))


def test_12_clocks_ten_minutes_apart_change_no_order(people: People, clerk: Clerk) -> None:
    """What is written by clocks ahead and behind is ordered by version (hardening 12)."""
    now = datetime.now(UTC)
    case_id = clerk.in_review(at=now + TEN_MINUTES).id
    people.await_wait(case_id)
    stale = people.case(case_id, "analyst").headers["ETag"]
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.await_wait(case_id)
    clerk.table.update(case_id, lambda case: escalated(case, now - TEN_MINUTES, (60, 60, 60)))
    late = people.call(
        "POST",
        f"/v1/desk/cases/{case_id}/review",
        "analyst",
        json={"outcome": "reject", "reason": "duplicate"},
        headers={"If-Match": stale, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert late.status_code == 412, "whoever saw an earlier version is late, by any clock"
    people.acknowledge(case_id, RABAT)

    events = list(clerk.table.events(case_id))
    moves = ["open", "assess", "confirm", "refer", "escalate", "read", "acknowledge"]
    assert [event.move for event in events] == moves
    assert [event.number for event in events] == list(range(1, len(moves) + 1))
    assert first_broken(events) is None
    times = [event.at for event in events]
    assert times != sorted(times), "the clocks did differ"
    eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends well")


def test_13_an_execution_started_twice_is_one(people: People) -> None:
    """A report that is told twice starts one execution (hardening 13)."""
    case_id = people.in_review()
    reference = people.item(keys.case_key(case_id))["opened_by"]
    for _ in range(2):
        people.invoke("ReprocessFunction", {"references": [reference]})
    assert people.executions(case_id) == ["RUNNING"]


def test_14_what_is_replayed_after_the_end_refers_nothing_again(people: People) -> None:
    """Neither the report nor the reconciler starts a closed execution again (hardening 14)."""
    case_id = people.held(RABAT)
    before = people.moves(case_id)
    reference = people.item(keys.case_key(case_id))["opened_by"]
    people.invoke("ReprocessFunction", {"references": [reference]})
    people.invoke("ReconcileFunction", {})
    assert people.executions(case_id) == ["SUCCEEDED"]
    assert people.moves(case_id) == before


def test_15_an_old_token_moves_nothing(people: People) -> None:
    """The token of a wait that is over is refused, and so is its sender (hardening 15)."""
    case_id = people.in_review()
    token = people.item(keys.wait_key(case_id))["token"]
    people.confirm(case_id)
    case = people.await_status(case_id, "published")
    client = people.system.aws.stepfunctions
    with pytest.raises(client.exceptions.ClientError) as refused:
        client.send_task_success(taskToken=token, output=json.dumps({"status": "closed"}))
    assert refused.value.response["Error"]["Code"] in {
        "InvalidToken",
        "TaskDoesNotExist",
        "TaskTimedOut",
    }
    assert people.item(keys.case_key(case_id))["version"] == case["version"]


def test_15_a_stolen_token_finishes_no_case(people: People) -> None:
    """Who has a token may wake the workflow and decides nothing, here or elsewhere (hardening 15).

    The decision that people take afterwards stands, though its token is used up.
    """
    case_id, other = people.published(), people.published()
    before = [people.item(keys.case_key(each)) for each in (case_id, other)]
    token = people.item(keys.wait_key(case_id))["token"]
    lie = {
        "case_id": other,
        "run": 1,
        "status": "acknowledged",
        "alert": False,
        "wait_seconds": 1,
    }
    people.system.aws.stepfunctions.send_task_success(taskToken=token, output=json.dumps(lie))
    eventually(lambda: not people.runs(case_id), "the execution was deceived")
    assert [people.item(keys.case_key(each)) for each in (case_id, other)] == before
    assert people.runs(other)
    people.acknowledge(case_id, RABAT)
    people.await_status(case_id, "acknowledged")


def test_16_two_people_decide_at_once_one_wins_and_the_other_sees_the_case(people: People) -> None:
    """Eight decide on what they all saw: one decision, and the case as it is now (hardening 16)."""
    case_id = people.case_of(people.submit())
    people.await_wait(case_id)
    etag = people.case(case_id, "analyst").headers["ETag"]
    start = threading.Barrier(8)

    def decide(number: int) -> int:
        start.wait()
        answer = people.call(
            "POST",
            f"/v1/desk/cases/{case_id}/review",
            "analyst" if number % 2 else "supervisor",
            json={"outcome": "reject", "reason": "duplicate"}
            if number % 2
            else {"outcome": "confirm", "category": "fraud", "priority": "urgent"},
            headers={"If-Match": etag, "Idempotency-Key": str(uuid.uuid4())},
        )
        if answer.status_code == 412:
            assert answer.json()["current"]["id"] == case_id
        return answer.status_code

    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(decide, range(8)))
    decided = [status for status in answers if status in {200, 202}]
    assert decided
    assert set(answers) <= {200, 202, 412}
    history = people.case(case_id).json()["history"]
    assert len([event for event in history if event["move"] in {"confirm", "reject"}]) == 1


@pytest.mark.parametrize(
    ("disclosure", "problem"),
    [("confidential", "illegal-move"), ("anonymous", "authorisation-awaited")],
)
def test_17_an_outcome_out_of_order_is_refused_and_changes_nothing(
    people: People, disclosure: str, problem: str
) -> None:
    """No suspect before the unit has the case, nor before the prosecutor spoke (hardening 17)."""
    if disclosure == "anonymous":
        case_id = people.published(disclosure={"kind": "anonymous"})
        people.acknowledge(case_id, RABAT)
    else:
        case_id = people.published()
        people.case(case_id, "officer", RABAT)
    before = people.item(keys.case_key(case_id))
    answer = people.decide(case_id, "suspects", {}, "officer", RABAT)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(f":{problem}")
    after = people.item(keys.case_key(case_id))
    kept = ("status", "version", "events", "head")
    assert [after[name] for name in kept] == [before[name] for name in kept]


def test_18_a_unit_that_never_acknowledges_escalates_once_per_level(
    people: People, clerk: Clerk
) -> None:
    """Through a redeployment that ends the execution in the middle (hardening 18)."""
    deadlines = open_pack("ma").deadlines["standard"].acknowledge_seconds
    case = clerk.serve(clerk.published(datetime.now(UTC) - DAYS_AGO, deadlines))

    def levels() -> list[int]:
        events = clerk.table.events(case.id)
        return [int(str(e.data["level"])) for e in events if e.move == "escalate"]

    eventually(lambda: levels() == [1], "the first level")
    for reached in ([1, 2], [1, 2]):  # behind the last level there is none
        deploy_a_newer_workflow(people)
        lose_the_execution(people, case.id)
        people.set_on_case(case.id, "wait.due", "2026-01-01T00:00:00.000Z")
        people.invoke("ReconcileFunction", {})
        eventually(lambda: due(people, case.id) > datetime.now(UTC), "the wait goes on")
        assert levels() == reached
    told = [e["id"] for e in people.notifications("supervision") if e["subject"] == case.id]
    assert len(told) == len(set(told)) == 2


def lose_the_execution(people: People, case_id: str) -> None:
    """The execution that serves a case ends without having said so."""
    machine = people.system.outputs["WorkflowArn"].replace(":stateMachine:", ":execution:")
    run = people.item(keys.case_key(case_id)).get("run", 1)
    people.system.aws.stepfunctions.stop_execution(executionArn=f"{machine}:{case_id}-{run}")


def due(people: People, case_id: str) -> datetime:
    return datetime.fromisoformat(people.item(keys.case_key(case_id))["wait"]["due"])


def test_18_a_notice_that_nobody_gives_escalates_once_per_level(people: People) -> None:
    """The deadlines that no workflow waits for are the sweeper's (hardening 18)."""
    case_id = people.held(RABAT)
    long_ago = "2026-01-01T00:00:00.000Z"
    people.set_on_case(case_id, "notice", {"since": long_ago, "due": long_ago, "level": 0})
    table = people.system.aws.dynamodb
    table.put_item(TableName=people.table, Item=to_wire(keys.due_key(long_ago, "notice", case_id)))
    for _ in range(2):
        people.invoke("SweepFunction", {})
    assert people.moves(case_id).count("overdue") == 1
    duty = people.call("GET", "/v1/desk/duty", "supervisor").json()
    assert case_id in [line["id"] for line in duty["overdue"]]


def test_19_a_unit_that_is_dissolved_loses_no_case(people: People) -> None:
    """Its open cases go to the unit competent now, with all their history (hardening 19)."""
    case_id, gone = people.held(RABAT), f"pj-gone-{uuid.uuid4().hex[:6]}"
    before = people.moves(case_id)
    table = people.system.aws.dynamodb
    table.update_item(
        TableName=people.table,
        Key=to_wire(keys.case_key(case_id)),
        UpdateExpression="SET referral.#unit = :gone, #queue = :queue",
        ExpressionAttributeNames={"#unit": "unit", "#queue": keys.QUEUE},
        ExpressionAttributeValues=to_wire({":gone": gone, ":queue": keys.queue(f"held:{gone}")}),
    )
    units = {**areas_of(open_pack("ma")), gone: "04.421"}
    table.put_item(TableName=people.table, Item=to_wire({**keys.units_key(), "units": units}))
    people.invoke("SweepFunction", {})
    people.await_status(case_id, "published")
    after = [event["move"] for event in people.case(case_id, "officer", RABAT).json()["history"]]
    assert after[: len(before)] == before
    assert "reassign" in after[len(before) :]


@pytest.mark.parametrize(
    "place",
    [None, {"country": "FR"}, {"text": "En mer, au large"}],
    ids=["nowhere", "abroad", "at-sea"],
)
def test_20_a_case_without_a_place_reaches_the_national_desk(
    people: People, place: dict[str, str] | None
) -> None:
    """A report from nowhere, from abroad or from the sea is nobody's to drop (hardening 20)."""
    report = a_report()
    del report["territory"]
    case_id = people.case_of(people.submit({**report, "territory": place} if place else report))
    people.await_wait(case_id)
    people.confirm(case_id)
    case = people.await_status(case_id, "published")
    assert case["referral"]["unit"] == open_pack("ma").desk.id


def test_21_cases_in_flight_end_by_the_old_workflow(people: People) -> None:
    """A case that waits during a deployment ends well, and its items are read (hardening 21)."""
    case_id = people.in_review()
    deploy_a_newer_workflow(people)
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.await_wait(case_id)
    people.acknowledge(case_id, RABAT)
    eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends well")
