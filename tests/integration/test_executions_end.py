"""A case whose execution ended, for any reason, is served again: by the event of the end, and where
the service sent none, by a look at some cases a minute."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from casework.aws.services import clients
from casework.aws.steps import executions, task_state
from casework.aws.table import items, keys
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import Priority
from casework.moves.executions import claim_next_run
from functions.triage import reconcile
from tests.office import TABLE, Office

ENDS = ("FAILED", "TIMED_OUT", "ABORTED", "SUCCEEDED")


def event_of(case: Case, status: str = "FAILED", execution: str = "") -> dict[str, Any]:
    """A message with the service's event of an execution that ended."""
    detail = {
        "name": execution or case.execution,
        "status": status,
        "stopDate": int(task_state.now().timestamp() * 1000),
    }
    return {"messageId": detail["name"], "body": json.dumps({"detail": detail})}


def tell(*events: dict[str, Any]) -> list[str]:
    """The queue calls the reconciler; the messages that it will deliver again."""
    answer = reconcile.handle({"Records": list(events)}, None)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def asked(service: str, call: str) -> list[str]:
    """The calls of one kind from now on."""
    calls: list[str] = []
    events = clients.aws_client(service).meta.events
    events.register(f"before-call.*.{call}", lambda **_: calls.append(call))
    return calls


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cases of running executions that are looked at from now on."""
    looked: list[str] = []

    def look(_: Any, case: Case) -> bool:
        looked.append(case.id)
        return False

    monkeypatch.setattr(reconcile.Reconciler, "_tell", look)
    return looked


def end_all(office: Office, cases: list[Case]) -> None:
    for case in cases:
        office.end_execution(case)


@pytest.mark.parametrize("status", ENDS)
def test_an_execution_that_ends_is_replaced_at_once(office: Office, status: str) -> None:
    case = office.in_review()
    office.end_execution(case)

    assert tell(event_of(case, status)) == []

    assert office.now_case(case).run == 2
    assert office.executions("RUNNING") == [f"{case.id}-2"]


def test_the_event_counts_while_the_service_still_says_that_it_runs(office: Office) -> None:
    """What it answers may lag behind what it tells."""
    case = office.in_review()

    assert tell(event_of(case)) == []

    assert office.now_case(case).run == 2


def test_an_event_that_comes_twice_starts_one_run(office: Office) -> None:
    case = office.in_review()
    office.end_execution(case)
    event = event_of(case)

    assert tell(event, event) == []
    assert tell(event) == []

    assert office.now_case(case).run == 2
    assert office.executions("RUNNING") == [f"{case.id}-2"]


def test_a_run_that_was_claimed_and_not_started_is_started_by_the_same_event(
    office: Office,
) -> None:
    """Its first delivery died between the two."""
    case = office.in_review()
    office.end_execution(case)
    event = event_of(case)
    office.table.update(case.id, lambda seen: claim_next_run(seen, served=False))

    assert tell(event) == []

    assert office.now_case(case).run == 2
    assert office.executions("RUNNING") == [f"{case.id}-2"]


def test_the_end_of_a_case_that_people_ended_starts_nothing(office: Office) -> None:
    case = office.in_review()
    office.end_execution(case)
    office.reject(case)

    assert tell(event_of(case, "SUCCEEDED")) == []
    assert tell(event_of(case, execution="C-0000-0000-0000-0000-0-1")) == []

    now = office.now_case(case)
    assert (now.status, now.run) == (Status.CLOSED, 1)
    assert office.executions("RUNNING") == []


def test_an_event_whose_repair_fails_comes_again_and_stops_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = office.in_review(locations=[]), office.in_review(locations=[])
    end_all(office, [case, other])
    really = executions.start_execution

    def refused(machine: str, of: Case, *said: Any) -> bool:
        if of.id == case.id:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")
        return really(machine, of, *said)

    events = [event_of(case), event_of(other)]
    with monkeypatch.context() as patch:
        patch.setattr(executions, "start_execution", refused)
        assert tell(*events) == [case.execution]
    assert office.executions("RUNNING") == [f"{other.id}-2"]

    assert tell(events[0]) == []
    assert office.executions("RUNNING") == sorted([f"{case.id}-2", f"{other.id}-2"])


def test_of_many_cases_some_are_looked_at_each_minute_and_all_in_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No event came; Step Functions answers a few questions a second."""
    monkeypatch.setattr(reconcile, "MAX_EXECUTIONS_CHECKED", 2)
    cases = [office.in_review(locations=[]) for _ in range(5)]
    end_all(office, cases)
    office.later(minutes=10)
    questions = asked("stepfunctions", "DescribeExecution")

    for minute in range(1, 4):
        office.later(minutes=1)
        office.reconcile()
        assert len(questions) <= 2 * minute

    assert office.executions("RUNNING") == sorted(f"{case.id}-2" for case in cases)


def test_where_fewer_cases_wait_than_a_look_takes_each_minute_looks_at_all(
    office: Office,
) -> None:
    cases = [office.in_review(locations=[]) for _ in range(3)]
    office.later(minutes=10)
    for _ in range(2):
        end_all(office, [office.now_case(case) for case in cases])
        office.later(minutes=1)
        assert office.reconcile() == {"unserved": 3}


def test_running_executions_are_looked_at_page_by_page(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "MAX_EXECUTIONS_CHECKED", 2)
    cases = [office.in_review(locations=[]) for _ in range(5)]
    office.later(minutes=10)
    looked = looked_at(monkeypatch)

    for _ in range(3):
        office.reconcile()

    assert sorted(looked) == sorted(case.id for case in cases)


def test_a_place_that_the_service_no_longer_knows_is_forgotten(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps one for a day."""
    monkeypatch.setattr(reconcile, "MAX_EXECUTIONS_CHECKED", 2)
    cases = [office.in_review(locations=[]) for _ in range(3)]
    office.later(minutes=10)
    office.reconcile()

    def unknown(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "InvalidToken"}}, "ListExecutions")

    events = clients.aws_client("stepfunctions").meta.events
    events.register("before-call.*.ListExecutions", unknown)
    assert office.reconcile() == {}
    events.unregister("before-call.*.ListExecutions", unknown)
    looked = looked_at(monkeypatch)
    for _ in range(2):
        office.reconcile()
    assert sorted(looked) == sorted(case.id for case in cases)


def test_a_list_that_the_service_refuses_stops_no_other_repair(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, report = office.in_review(locations=[]), office.accept(locations=[])
    office.end_execution(case)
    office.later(seconds=121)

    def refused(*_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "ListExecutions")

    monkeypatch.setattr(executions, "list_running_execution_page", refused)

    assert office.reconcile() == {"unserved": 1, "unlinked": 1}
    assert office.case_of(report).status is Status.IN_REVIEW


def test_in_a_flood_immediate_danger_is_served_before_all_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "MAX_EXECUTIONS_CHECKED", 2)
    with monkeypatch.context() as patch:
        patch.setattr(executions, "start_execution", _throttled)
        for _ in range(6):
            office.in_review(locations=[])
        office.later(minutes=10)
        for _ in range(2):  # the next look is far from the first case
            office.reconcile()
        danger = office.in_review(locations=[], danger_now=True)
    assert danger.priority is Priority.IMMEDIATE
    office.later(seconds=121)

    office.reconcile()

    assert danger.execution in office.executions("RUNNING")


def test_the_first_decision_starts_the_workflow_that_a_flood_left(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(executions, "start_execution", _throttled)
        case = office.in_review()
    assert office.executions() == []

    decided = office.confirm(case)
    office.deliver_event(decided)

    assert office.executions("RUNNING") == [case.execution]


def _throttled(*_: Any) -> bool:
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")


def test_a_case_that_nobody_can_read_stops_no_other_and_is_in_no_log(
    office: Office, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Its error names the place that is wrong, and never what stands there."""
    spoilt, other = office.in_review(), office.in_review(locations=[])
    end_all(office, [spoilt, other])
    key = keys.case_key(spoilt.id)
    items.put_item(TABLE, {**(items.get_item(TABLE, key) or {}), "status": "words of a reporter"})

    assert tell(event_of(spoilt), event_of(other)) == [spoilt.execution]

    assert office.now_case(other).run == 2
    assert "words of a reporter" not in capsys.readouterr().out + caplog.text
