"""Hardening 12 to 21, on the deployed template with IAM enforced: nothing moves a case but the law.

docs/security.md names the test of each case.
"""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.aws.table import desk_keys, keys
from casework.aws.table.wire import to_wire_item
from casework.case.execution_state import EXECUTION_STEP_SECONDS
from casework.case.history import find_first_break
from casework.moves.deadlines import escalate_missed_deadline
from casework.pack.jurisdiction import open_pack
from functions.triage.unit_changes import area_digests_by_unit
from tests.e2e.clerk import Clerk
from tests.e2e.people import People, a_report, eventually

RABAT, SALE = "pj-04-421", "pj-04-441"
TEN_MINUTES = timedelta(minutes=10)
DAYS_AGO = timedelta(days=10)


def deploy_a_newer_workflow(people: People) -> None:
    """Update the workflow, as a deployment with a changed workflow file does."""
    client, arn = people.system.aws.stepfunctions, people.system.outputs["WorkflowArn"]
    definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
    definition["Comment"] = f"a newer one, {uuid.uuid4()}"
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))


def test_12_clocks_ten_minutes_apart_change_no_order(people: People, clerk: Clerk) -> None:
    """The version orders entries of clocks that run ahead or behind (hardening 12)."""
    now = datetime.now(UTC)
    case_id = clerk.in_review(at=now + TEN_MINUTES).id
    people.await_wait(case_id)
    stale = people.case(case_id, "analyst").headers["ETag"]
    people.confirm(case_id)
    people.await_status(case_id, "published")
    people.await_wait(case_id)
    clerk.table.update(
        case_id, lambda case: escalate_missed_deadline(case, now - TEN_MINUTES, (60, 60, 60))
    )
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
    moves = ["open", "assess", "confirm", "refer", "publish", "escalate", "read", "acknowledge"]
    assert [event.move for event in events] == moves
    assert [event.number for event in events] == list(range(1, len(moves) + 1))
    assert find_first_break(events) is None
    times = [event.at for event in events]
    assert times != sorted(times), "the clocks did differ"
    eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends well")


def test_13_an_execution_started_twice_is_one(people: People) -> None:
    """A report that is told twice starts one execution; that it runs is success (hardening 13)."""
    case_id = people.in_review()
    reprocess(people, case_id)
    reprocess(people, case_id)
    assert people.every_execution(case_id) == [f"{case_id}-1"]
    assert people.runs(case_id)


def reprocess(people: People, case_id: str) -> None:
    """The report that opened a case is told once more, as its stream record may be."""
    reference = people.item(keys.case_key(case_id))["opened_by"]
    told = people.invoke("ReprocessFunction", {"references": [reference]})
    assert told == {"linked": [reference], "unknown": [], "failed": []}


def test_14_a_replay_after_the_end_of_a_case_refers_nothing_again(people: People) -> None:
    """A replayed report, the reconciler and the first execution refer nothing (hardening 14)."""
    case_id = people.held(RABAT)
    people.authorise(case_id, RABAT)
    closure = {"reason": "sent_to_court", **people.prosecutor_of(case_id)}
    assert people.decide(case_id, "closure", closure, "officer", RABAT).is_success
    people.notifications(RABAT)
    before = people.moves(case_id)
    reprocess(people, case_id)
    people.invoke("ReconcileFunction", {})
    assert people.every_execution(case_id) == [f"{case_id}-1"]

    states, machine = people.system.aws.stepfunctions, people.system.outputs["WorkflowArn"]
    first = states.describe_execution(executionArn=people.execution_arn(f"{case_id}-1"))["input"]
    states.start_execution(stateMachineArn=machine, name=f"{case_id}-again", input=first)
    eventually(lambda: people.execution(f"{case_id}-again") == "SUCCEEDED", "it goes to its end")
    assert people.moves(case_id) == before
    assert case_id not in [each["subject"] for each in people.notifications(RABAT)]


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
    """The holder of a token can wake the workflow and decides nothing (hardening 15).

    A later decision of people is valid, although its token is used up.
    """
    case_id, other = people.published(), people.published()

    def decided() -> list[tuple[Any, ...]]:
        cases = (people.item(keys.case_key(each)) for each in (case_id, other))
        return [tuple(each.get(name) for name in ("status", "version", "events")) for each in cases]

    before = decided()
    token = people.item(keys.wait_key(case_id))["token"]
    lie = {
        "case_id": other,
        "run": 1,
        "status": "acknowledged",
        "alert": False,
        "wait_seconds": 1,
    }
    people.system.aws.stepfunctions.send_task_success(taskToken=token, output=json.dumps(lie))
    eventually(lambda: people.execution(f"{case_id}-1") != "RUNNING", "the execution was deceived")
    assert decided() == before
    assert people.runs(other)
    people.acknowledge(case_id, RABAT)
    people.await_status(case_id, "awaiting_authorisation")


def test_16_two_people_decide_at_once_one_wins_and_the_other_sees_the_case(people: People) -> None:
    """Eight people decide on one version: one decision is kept, and the others get the current case
    (hardening 16)."""
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
            current = answer.json()["current"]
            assert (current["id"], current["status"] == "in_review") == (case_id, False)
        return answer.status_code

    with ThreadPoolExecutor(8) as crowd:
        answers = sorted(crowd.map(decide, range(8)))
    # The four senders of the decision that was kept count as one person who repeats it.
    assert [status for status in answers if status == 412] == [412] * 4
    assert set(answers) <= {200, 202, 412}
    history = people.case(case_id).json()["history"]
    assert len([event for event in history if event["move"] in {"confirm", "reject"}]) == 1


@pytest.mark.parametrize(
    ("taken", "problem"), [(False, "illegal-move"), (True, "authorisation-awaited")]
)
def test_17_an_outcome_out_of_order_is_refused_and_changes_nothing(
    people: People, taken: bool, problem: str
) -> None:
    """No suspect before the unit has the case, nor before the prosecutor spoke (hardening 17)."""
    case_id = people.published()
    if taken:
        people.acknowledge(case_id, RABAT)
    else:
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
    """Though a step be repeated, and through a redeployment that ends the execution in the middle
    (hardening 18). Of two cases one has its first level behind it: they wait side by side."""
    deadlines = open_pack("ma").deadlines["standard"].acknowledge_seconds
    then = datetime.now(UTC) - DAYS_AGO
    first = clerk.serve(clerk.published(then, deadlines)).id
    second = clerk.published(then, deadlines).id
    clerk.serve(
        clerk.table.update(
            second, lambda case: escalate_missed_deadline(case, then, deadlines)
        ).case
    )

    def levels(case_id: str) -> list[int]:
        events = clerk.table.events(case_id)
        return [int(str(e.data["level"])) for e in events if e.move == "escalate"]

    for _ in range(2):  # behind the last level there is none
        deploy_a_newer_workflow(people)
        people.set_on_case(second, "wait.since", "2025-12-31T00:00:00.000Z")
        people.set_on_case(second, "wait.due", "2026-01-01T00:00:00.000Z")
        lose_the_execution(people, second)
        people.invoke("ReconcileFunction", {})
        eventually(lambda: levels(second) == [1, 2], "the second level, after the time of a step")
        eventually(lambda: waits(people, second) > EXECUTION_STEP_SECONDS, "the wait goes on")
        assert levels(second) == [1, 2]
    eventually(lambda: levels(first) == [1], "the first level")
    people.step("Escalate", first)
    assert levels(first) == [1]
    told = [e["id"] for e in people.notifications("supervision") if e["subject"] in {first, second}]
    assert len(told) == len(set(told)) == 2


def lose_the_execution(people: People, case_id: str) -> None:
    """The execution that serves a case ends without having said so."""
    run = people.item(keys.case_key(case_id)).get("run", 1)
    arn = people.execution_arn(f"{case_id}-{run}")
    people.system.aws.stepfunctions.stop_execution(executionArn=arn)


def waits(people: People, case_id: str) -> int:
    """For how many seconds the execution that serves a case asks its unit."""
    run = people.item(keys.case_key(case_id))["run"]
    events = people.system.aws.stepfunctions.get_execution_history(
        executionArn=people.execution_arn(f"{case_id}-{run}"), reverseOrder=True
    )["events"]
    entered = (each["stateEnteredEventDetails"] for each in events if "Entered" in each["type"])
    last = next((each for each in entered if each["name"] == "Referral"), None)
    return int(json.loads(last["input"])["wait_seconds"]) if last else 0


def test_18_an_overdue_notice_escalates_once_per_level(people: People) -> None:
    """The sweeper acts on deadlines for which no workflow waits (hardening 18)."""
    case_id = people.held(RABAT)
    long_ago = "2026-01-01T00:00:00.000Z"
    people.set_on_case(case_id, "notice", {"since": long_ago, "due": long_ago, "level": 0})
    line = to_wire_item(keys.due_key(long_ago, "notice", case_id))
    for level in (1, 2):  # behind the last level there is none
        people.set_on_case(case_id, "notice.due", long_ago)
        for _ in range(2):  # the second is one that had seen the deadline when the first acted
            people.system.aws.dynamodb.put_item(TableName=people.table, Item=line)
            people.invoke("SweepFunction", {})
        assert people.moves(case_id).count("overdue") == level
    assert case_id in people.on_duty("overdue")


def test_19_a_unit_that_is_dissolved_loses_no_case(people: People) -> None:
    """Its open cases go to the unit competent now, with all their history (hardening 19)."""
    case_id, gone = people.held(RABAT), f"pj-gone-{uuid.uuid4().hex[:6]}"
    stands_otherwise(people, case_id, gone, f"held:{gone}")
    goes_to_rabat(people, case_id, {gone: "04.421"})


def test_19_a_case_goes_to_the_unit_that_gets_its_territory(people: People) -> None:
    """A case that the former unit has not taken goes to the new unit, with its whole history
    (hardening 19)."""
    case_id = people.published()
    stands_otherwise(people, case_id, SALE, SALE)
    goes_to_rabat(people, case_id, {SALE: "04.421"})


def stands_otherwise(people: People, case_id: str, unit: str, queue: str) -> None:
    """The case stands with a unit that an earlier pack named."""
    people.set_on_case(case_id, "referral.unit", unit)
    people.set_on_case(case_id, keys.QUEUE_PARTITION_KEY, desk_keys.queue_name_of_desk(queue))


def goes_to_rabat(people: People, case_id: str, earlier: dict[str, str]) -> None:
    """Sweeps that see other units than the pack's own give the case away."""
    before = [event["move"] for event in people.audited(case_id)["events"]]
    units = {**area_digests_by_unit(open_pack("ma")), **earlier}
    people.system.aws.dynamodb.put_item(
        TableName=people.table, Item=to_wire_item({**keys.units_key(), "units": units})
    )
    people.sweep_until(
        lambda: people.case(case_id, "officer", RABAT).json().get("status") == "published",
        "the unit that is competent now is told",
    )
    history = people.audited(case_id)
    after = [event["move"] for event in history["events"]]
    assert after[: len(before)] == before
    assert "reassign" in after[len(before) :]
    assert "broken" not in history


@pytest.mark.parametrize(
    "place",
    [None, {"country": "FR"}, {"text": "En mer, au large"}],
    ids=["nowhere", "abroad", "at-sea"],
)
def test_20_a_case_without_a_place_reaches_the_national_desk(
    people: People, place: dict[str, str] | None
) -> None:
    """A report without a place, from abroad or from the sea is not dropped (hardening 20)."""
    report = a_report()
    del report["territory"]
    case_id = people.case_of(people.submit({**report, "territory": place} if place else report))
    people.await_wait(case_id)
    people.confirm(case_id)
    case = people.await_status(case_id, "published")
    assert case["referral"]["unit"] == open_pack("ma").desk.id


def test_21_cases_in_flight_end_by_the_old_workflow(people: People) -> None:
    """A waiting case ends by the workflow it began with, also if another release wrote into it
    (hardening 21)."""
    case_id = people.in_review()
    people.set_on_case(case_id, "of_another_release", "unknown to this one")
    client, arn = people.system.aws.stepfunctions, people.system.outputs["WorkflowArn"]
    before = client.describe_state_machine(stateMachineArn=arn)["definition"]
    newer = json.loads(before)
    newer["States"]["Referral"] = {"Type": "Fail", "Error": "Newer"}
    client.update_state_machine(stateMachineArn=arn, definition=json.dumps(newer))
    try:
        people.confirm(case_id)
        people.await_status(case_id, "published")
        people.await_wait(case_id)
        people.acknowledge(case_id, RABAT)
        eventually(lambda: people.executions(case_id) == ["SUCCEEDED"], "the workflow ends well")
    finally:
        client.update_state_machine(stateMachineArn=arn, definition=before)
