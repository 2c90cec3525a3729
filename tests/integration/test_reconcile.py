"""The reconciler finishes work that a crash interrupted, once, also beside other reconcilers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ClientError
from moto.stepfunctions.models import stepfunctions_backends

from casework.aws.services import clients
from casework.aws.services.settings import LinkSettings
from casework.aws.steps import executions, task_state
from casework.aws.table.joins import MAX_JOINS_PER_TRANSACTION
from casework.aws.table.task_tokens import TaskToken
from casework.case.case import MAX_RUNS, Case
from casework.case.execution_state import WORKFLOW_VERSION
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty
from casework.moves import merges
from casework.moves.executions import claim_next_run, mark_stuck
from casework.moves.questions import expire_question
from casework.report.reporter_news import is_reporter_news
from functions.triage import execution_starts, link_report, reconcile
from functions.triage.case_moves import move_reports_to_case
from functions.triage.link_report import LinkResult
from tests import admitting
from tests.builders import RABAT, clocks_of
from tests.integration.test_link import PHONE, spoil
from tests.office import Office


def in_pieces(office: Office, times: int = 4) -> list[dict[str, int]]:
    """Several reconcilers at once."""
    with ThreadPoolExecutor(times) as together:
        return list(together.map(lambda _: office.reconcile(), range(times)))


def sweep_at_once(office: Office, times: int = 4) -> None:
    """Several sweepers at once."""
    with ThreadPoolExecutor(times) as together:
        done = together.map(lambda _: office.sweep(), range(times))
        assert any("unseen" in each for each in done)


def wait_with(office: Office, case: Case, token: str = "a-token") -> None:
    """An execution waits for people to decide on the case."""
    office.table.waits.begin(
        case.id,
        TaskToken(
            token,
            case.run,
            case.status,
            since=format_timestamp(task_state.now()),
            drawn=WORKFLOW_VERSION,
        ),
        task_state.now(),
    )


@pytest.fixture
def answers(office: Office) -> list[dict[str, Any]]:
    """The answers to task tokens: each token takes one."""
    told: list[dict[str, Any]] = []

    def answer(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        body = json.loads(params["body"])
        if body["taskToken"] in {each["token"] for each in told}:
            over = {"Error": {"Code": "TaskTimedOut", "Message": ""}}
            return AWSResponse("", 400, HTTPHeaders(), None), over
        told.append({"token": body["taskToken"], **json.loads(body["output"])})
        return AWSResponse("", 200, HTTPHeaders(), None), {}

    events = clients.aws_client("stepfunctions").meta.events
    events.register("before-call.sfn.SendTaskSuccess", answer)
    return told


def test_report_whose_stream_record_was_lost_is_linked(office: Office) -> None:
    reference = office.accept()
    office.later(seconds=121)

    assert office.reconcile() == {"unlinked": 1}

    assert office.case_of(reference).status is Status.IN_REVIEW
    assert office.reconcile() == {}


def test_a_pass_reads_lexicons_only_where_a_report_is_left_to_link(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(reconcile, "warm_up", read.append)
    office.later(minutes=5)
    office.reconcile()
    assert not read
    office.accept()
    office.later(minutes=5)
    assert office.reconcile() == {"unlinked": 1}
    assert read


def test_report_just_accepted_is_left_to_the_stream(office: Office) -> None:
    reference = office.accept()

    assert office.reconcile() == {}

    report = office.table.reports.get_report(reference)
    assert report is not None
    assert report.case_id is None


def test_unreadable_report_stops_no_other(office: Office) -> None:
    poison = [office.accept(locations=[]) for _ in range(8)]
    for each in poison:
        spoil(each)
    good = [office.accept(locations=[]) for _ in range(8)]
    office.later(seconds=121)

    assert office.reconcile() == {"unlinked": 8, "unread": 8}

    assert all(office.case_of(each) for each in good)


def test_danger_is_linked_before_all_that_waits_however_much_it_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a flood the stream is late, and brings what came first first."""
    calm = [office.accept() for _ in range(3)]
    danger = [
        office.accept(locations=PHONE, danger_now=True)
        for _ in range(MAX_JOINS_PER_TRANSACTION + 6)
    ]
    calm.append(office.accept())
    office.later(seconds=121)
    order: list[str] = []

    def link(settings: LinkSettings, reference: str, **how: Any) -> LinkResult:
        order.append(reference)
        return link_report.link_report(settings, reference, **how)

    monkeypatch.setattr(reconcile, "link_report", link)
    assert office.reconcile() == {"unlinked": len(calm) + len(danger)}

    assert set(order[: len(danger)]) == set(danger)
    assert set(order[len(danger) :]) == set(calm)
    case = office.case_of(danger[0])
    assert case.imminent
    reports = list(office.table.reports.iter_reports(case.id))
    assert {each.reference for each in reports} == set(danger)
    assert {each.number for each in reports} == set(range(1, len(danger) + 1))
    assert office.reconcile() == {}


def test_danger_just_accepted_is_left_to_the_stream(office: Office) -> None:
    office.accept(danger_now=True)
    assert office.reconcile() == {}


def test_once_a_start_was_one_too_many_only_danger_and_decisions_ask_for_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = office.accept(locations=[])
    with monkeypatch.context() as patch:
        patch.setattr(executions, "start_execution", _throttled)
        assert office.deliver(refused) == []
    calm = office.accept(locations=[])
    danger = office.accept(locations=[], danger_now=True)

    assert office.deliver(calm, danger) == []

    assert office.executions() == [office.case_of(danger).execution]
    decided = office.confirm(office.case_of(refused))
    office.deliver_event(decided)
    assert set(office.executions()) == {office.case_of(danger).execution, decided.execution}
    monkeypatch.setattr(execution_starts.start_backoff, "until", 0.0)
    office.deliver(other := office.accept(locations=[]))
    assert office.case_of(other).execution in office.executions()


def test_a_flood_that_the_workflow_cannot_take_is_in_review_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step Functions starts 150 executions a second; what it refuses is no failure of a report."""
    reference = office.accept()
    with monkeypatch.context() as patch:
        patch.setattr(executions, "start_execution", _throttled)
        assert office.deliver(reference) == []
    case = office.case_of(reference)
    assert (case.status, office.executions()) == (Status.IN_REVIEW, [])

    office.later(seconds=61)
    assert office.reconcile() == {"unserved": 1}
    assert office.executions() == [case.execution]


def test_case_that_was_never_started_is_started(office: Office) -> None:
    case = office.in_review()
    _forget_executions(office)
    office.later(seconds=121)

    assert office.reconcile() == {"unserved": 1}
    assert office.executions() == [case.execution]


def test_case_just_opened_is_left_to_its_opener(office: Office) -> None:
    office.in_review()
    _forget_executions(office)

    assert office.reconcile() == {}
    assert office.executions() == []


def test_case_whose_execution_runs_is_left_alone(office: Office) -> None:
    case = office.in_review()
    office.later(hours=1)

    assert office.reconcile() == {}
    assert office.now_case(case) == case


def test_case_whose_execution_ended_gets_the_next_run(office: Office) -> None:
    case = office.in_review()
    office.end_execution(case)
    office.later(seconds=121)

    assert office.reconcile() == {"unserved": 1}

    assert office.now_case(case).run == 2
    assert office.executions("RUNNING") == [f"{case.id}-2"]
    assert office.reconcile() == {}


def test_four_reconcilers_at_once_repair_each_thing_once(office: Office) -> None:
    ended = [office.in_review(locations=[]) for _ in range(5)]
    for case in ended:
        office.end_execution(case)
    unlinked = [office.accept(locations=PHONE) for _ in range(5)]
    office.later(seconds=121)

    in_pieces(office)

    assert [office.now_case(case).run for case in ended] == [2] * 5
    assert office.executions("RUNNING") == sorted(
        [*(f"{case.id}-2" for case in ended), f"{office.case_of(unlinked[0]).id}-1"]
    )
    assert len({office.case_of(each).id for each in unlinked}) == 1
    assert all(office.moves(case) == ["open", "assess"] for case in ended)
    assert office.reconcile() == {}


def test_case_claimed_for_its_next_run_and_not_started_is_started(office: Office) -> None:
    case = office.in_review()
    office.end_execution(case)
    office.later(seconds=121)
    office.table.update(case.id, lambda seen: claim_next_run(seen, served=False))

    assert office.reconcile() == {"unserved": 1}
    assert office.now_case(case).run == 2
    assert office.executions("RUNNING") == [f"{case.id}-2"]


def test_case_that_closes_while_it_is_looked_at_is_not_reopened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review()
    office.end_execution(case)
    office.later(seconds=121)
    really = executions.describe_execution

    def and_it_closes(arn: str, name: str) -> executions.ExecutionSummary | None:
        office.reject(case)
        return really(arn, name)

    monkeypatch.setattr(executions, "describe_execution", and_it_closes)

    assert office.reconcile() == {}
    now = office.now_case(case)
    assert (now.status, now.run) == (Status.CLOSED, 1)
    assert office.executions("RUNNING") == []


def test_case_that_used_up_its_runs_goes_to_the_duty_desk_and_stays_there(office: Office) -> None:
    case = office.in_review()
    for _ in range(MAX_RUNS - 1):
        office.end_execution(office.now_case(case))
        office.later(seconds=121)
        office.reconcile()
    office.end_execution(office.now_case(case))

    in_pieces(office)

    now = office.now_case(case)
    assert (now.run, now.stuck) == (MAX_RUNS, "runs_exhausted")
    assert Duty.STUCK in now.duties
    assert office.moves(case).count("stick") == 1
    assert len({each["id"] for each in office.told("case.stuck")}) == 1
    assert office.reconcile() == {}
    assert office.executions("RUNNING") == []


def test_stuck_case_without_a_decision_is_escalated_once_per_level(office: Office) -> None:
    """Its supervisors are told, and its reporters learn of the missed deadline."""
    case = office.in_review()
    office.end_execution(case)
    office.table.update(case.id, lambda now: mark_stuck(now, task_state.now(), "retries_exhausted"))
    assert office.reconcile() == {}
    for _ in range(4):
        office.later(days=30)
        in_pieces(office)
    escalated = [each for each in office.table.events(case.id) if each.move == "escalate"]
    assert [each.data["level"] for each in escalated] == [1, 2]
    assert is_reporter_news(escalated[0])
    assert len({each["id"] for each in office.told("case.late")}) == 2
    now = office.now_case(case)
    assert (now.stuck, now.etag) == ("retries_exhausted", case.etag)
    assert office.executions("RUNNING") == []


def test_decision_the_workflow_was_not_told_of_is_told(
    office: Office, answers: list[dict[str, Any]]
) -> None:
    case = office.in_review()
    wait_with(office, case)
    decided = office.confirm(case)

    office.deliver_event(decided)

    assert [(each["token"], each["status"]) for each in answers] == [("a-token", "reviewed")]


def test_decision_that_the_stream_could_not_tell_either_is_told_within_the_hour(
    office: Office, answers: list[dict[str, Any]]
) -> None:
    case = office.in_review()
    wait_with(office, case)
    office.confirm(case)

    repaired = []
    for _ in range(60):
        office.later(minutes=1)
        repaired += [office.reconcile()]

    assert repaired.count({"untold": 1}) == 1
    assert [(each["token"], each["status"]) for each in answers] == [("a-token", "reviewed")]


def test_case_without_a_decision_keeps_its_token(
    office: Office, answers: list[dict[str, Any]]
) -> None:
    case = office.in_review()
    wait_with(office, case)
    office.later(hours=1)

    assert office.reconcile() == {}
    assert answers == []
    assert office.table.waits.get_token(case.id) is not None


@pytest.mark.parametrize("ends", ["acknowledge", "reject"])
def test_execution_of_a_case_that_a_unit_holds_or_that_ended_is_told(
    office: Office, answers: list[dict[str, Any]], ends: str
) -> None:
    case = office.published() if ends == "acknowledge" else office.in_review()
    wait_with(office, case)
    getattr(office, ends)(case)

    office.deliver_event(office.now_case(case))

    assert {each["token"] for each in answers} == {"a-token"}
    assert office.now_case(case).desk in {None, f"held:{RABAT}"}
    office.later(hours=1)
    assert office.reconcile() == {}


def test_service_that_is_down_leaves_everything_for_the_next_minute(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review()
    office.end_execution(case)
    office.later(seconds=121)
    with monkeypatch.context() as patch:
        patch.setattr(executions, "start_execution", _throttled)
        assert office.reconcile() == {}

    assert office.reconcile() == {"unserved": 1}
    assert office.executions("RUNNING") == [f"{case.id}-2"]


def _throttled(*_: Any) -> bool:
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")


def _forget_executions(office: Office) -> None:
    """As if no execution had been started."""
    backend = stepfunctions_backends["123456789012"][boto3.Session().region_name]
    for machine in backend.state_machines:
        machine.executions.clear()


def test_restarts_that_lose_waiting_executions_never_use_up_a_case(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review()
    really = executions.describe_execution

    def by_our_clock(arn: str, name: str) -> executions.ExecutionSummary | None:
        """The service's clock does not run ahead with the office's."""
        found = really(arn, name)
        return found and replace(found, stopped_at=task_state.now())

    monkeypatch.setattr(executions, "describe_execution", by_our_clock)
    for _ in range(MAX_RUNS + 3):
        wait_with(office, office.now_case(case))
        office.later(seconds=121)
        office.end_execution(office.now_case(case))
        assert office.reconcile() == {"unserved": 1}

    now = office.now_case(case)
    assert (now.run, now.stuck) == (MAX_RUNS + 4, None)
    assert office.executions("RUNNING") == [now.execution]


@pytest.mark.parametrize("ends", ["reject", "close"])
def test_report_that_joined_unseen_as_its_case_ended_gets_a_case_of_its_own(
    office: Office, ends: str
) -> None:
    begin = office.in_review if ends == "reject" else office.published
    case = begin(locations=PHONE)
    if ends == "close":
        office.acknowledge(case)
    seen, unseen = office.accept(locations=PHONE), office.accept(locations=PHONE)
    office.deliver(seen)
    admitting.admit(office.table, case.id, task_state.now(), "somebody")
    office.deliver(unseen)
    office.later(hours=2)
    getattr(office, ends)(case)
    office.end_execution(case)
    office.later(seconds=121)

    sweep_at_once(office)
    office.later(seconds=121)
    office.reconcile()

    assert office.case_of(seen).id == case.id
    again = office.case_of(unseen)
    assert again.id != case.id
    assert again.status is Status.IN_REVIEW


def test_report_brought_by_a_merge_stays_in_the_case_that_was_rejected_with_it(
    office: Office,
) -> None:
    """It opened a case that people looked at and merged: it did not join unseen."""
    case, kept = office.in_review(locations=PHONE), office.in_review(locations=[])
    merged = office.table.update(
        case.id,
        lambda now: merges.merge_case(now, kept, task_state.now(), "an analyst", {}, clocks_of(60)),
    ).case
    assert move_reports_to_case(office.table, merged, task_state.now()) is None
    office.reject(kept)
    office.end_execution(kept)
    office.later(seconds=121)

    sweep_at_once(office)
    office.later(seconds=121)
    office.reconcile()

    assert office.case_of(case.opened_by).id == kept.id


def test_an_execution_that_missed_a_decision_ends_once_a_later_one_waits(
    office: Office, answers: list[dict[str, Any]]
) -> None:
    """The case no longer holds its token: it would run until its timeout, days later."""
    case = office.in_review()
    wait_with(office, case, "the-first")
    office.ask(case)
    office.table.update(case.id, lambda now: expire_question(now, task_state.now()))
    again = office.now_case(case)
    assert again.run == 2
    office.take("triage", again, "the-second")
    assert [(each["token"], each["status"]) for each in answers] == [("the-first", "superseded")]
    waiting = office.table.waits.get_token(case.id)
    assert waiting is not None
    assert waiting.token == "the-second"
