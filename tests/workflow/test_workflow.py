"""A case goes its way through the workflow that is deployed, with the deployed handlers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from casework.aws.services import notifications
from casework.aws.steps import executions, task_state
from casework.case.case import Case
from casework.case.execution_state import ExecutionState
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.moves.executions import claim_next_run
from casework.moves.questions import expire_question
from tests.builders import RABAT, SALE
from tests.office import Office
from tests.workflow.machine import LONG, SHORT, Running, open_running

Start = Callable[..., Running]
HAPPY = ["Triage", "Referral"]
CANARY = "canary"
PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:
        yield lambda **deadlines: stack.enter_context(
            open_running(monkeypatch, tmp_path, **deadlines)
        )


def a_waiting_case(running: Running, **said: Any) -> Case:
    """A report was sent, and its case waits for an analyst."""
    case = running.office.in_review(**said)
    running.waits(case, "in_review")
    return running.office.now_case(case)


def confirm(running: Running, case: Case, unit: str | None = RABAT) -> None:
    running.office.confirm(case, unit)
    assert running.office.tell(case)


def acknowledge(running: Running, case: Case) -> None:
    running.office.acknowledge(case)
    assert running.office.tell(case)


def decline(running: Running, case: Case, named: str = SALE) -> None:
    running.office.decline(case, named)
    assert running.office.tell(case)


def down(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Let the topic refuse one kind of notification."""
    really = notifications.publish_notification

    def publish(topic: str, announcement: Any, at: Any) -> None:
        if announcement.kind == kind:
            raise ConnectionError(CANARY)
        really(topic, announcement, at)

    monkeypatch.setattr(notifications, "publish_notification", publish)


def units_told(office: Office) -> list[str]:
    return [each["attributes"]["unit"] for each in office.told("case.referred")]


def test_case_goes_from_report_to_the_unit_that_takes_it(start: Start) -> None:
    running = start()
    case = a_waiting_case(running, territory={"code": "04.421"})
    confirm(running, case, unit=None)
    running.waits(case, "published")
    acknowledge(running, case)

    assert running.ends(case) == "SUCCEEDED"
    assert running.visited(case) == HAPPY
    after = running.office.now_case(case)
    assert after.status is Status.ACKNOWLEDGED
    assert running.office.moves(case) == [
        "open",
        "assess",
        "confirm",
        "refer",
        "publish",
        "acknowledge",
    ]
    assert find_first_break(running.office.table.events(case.id)) is None
    assert units_told(running.office) == [RABAT]


def test_rejected_case_ends(start: Start) -> None:
    running = start()
    case = a_waiting_case(running)
    running.office.reject(case)
    running.office.tell(case)

    assert running.ends(case) == "SUCCEEDED"
    assert running.visited(case) == ["Triage", "Referral"], "it passes where no unit is told"
    assert units_told(running.office) == []


def test_declined_case_goes_to_the_unit_named_with_its_history(start: Start) -> None:
    running = start()
    case = a_waiting_case(running)
    confirm(running, case)
    running.waits(case, "published")
    decline(running, case, SALE)
    running.waits(case, "published", hop=2)
    acknowledge(running, case)

    assert running.ends(case) == "SUCCEEDED"
    assert running.visited(case) == ["Triage", "Referral", "LateReferral", "Referral"]
    assert units_told(running.office) == [RABAT, SALE]
    assert running.office.moves(case)[2:] == [
        "confirm", "refer", "publish", "decline", "reroute", "publish", "acknowledge",
    ]  # fmt: skip
    declined = next(each for each in running.office.table.events(case.id) if each.move == "decline")
    assert declined.data["unit"] == RABAT
    assert declined.data["named"] == SALE


def test_case_declined_too_often_goes_to_a_supervisor_and_from_there_to_another_unit(
    start: Start,
) -> None:
    running = start()
    case = a_waiting_case(running)
    confirm(running, case)
    for hop in range(1, 5):  # the pack lets three units decline
        running.waits(case, "published", hop=hop)
        decline(running, case, SALE if hop % 2 else RABAT)
    running.waits(case, "in_review")
    contested = running.office.now_case(case)
    assert contested.supervision
    assert running.office.table.queue("supervision", 10).ids == [case.id]

    confirm(running, case, "national-desk")
    running.waits(case, "published", hop=5)
    acknowledge(running, case)

    assert running.ends(case) == "SUCCEEDED"
    assert units_told(running.office)[-1] == "national-desk"
    assert running.office.moves(case).count("contest") == 1


def test_an_overdue_review_escalates_once_for_each_level(start: Start) -> None:
    running = start(review=(1, 1, LONG))
    case = a_waiting_case(running)
    running.did("Triage", 3)

    now = running.office.now_case(case)
    assert now.wait is not None
    assert now.wait.level == 2
    late = running.office.told("case.late")
    assert [each["attributes"]["unit"] for each in late] == [notifications.SUPERVISION_RECEIVER] * 2
    assert len({each["id"] for each in late}) == 2
    assert running.visited(case) == ["Triage", *(("LateTriage", "Triage") * 2)]
    confirm(running, case)
    running.waits(case, "published")


def test_unit_that_does_not_answer_is_escalated_and_can_still_take_the_case(start: Start) -> None:
    running = start(acknowledge=(SHORT, LONG))
    case = a_waiting_case(running)
    confirm(running, case)
    running.did("Referral", 2)
    acknowledge(running, case)

    assert running.ends(case) == "SUCCEEDED"
    assert len(running.office.told("case.late")) == 1
    assert units_told(running.office) == [RABAT]


def test_a_question_and_its_answer_are_two_runs_of_two_states(start: Start) -> None:
    running = start()
    case = a_waiting_case(running)
    running.office.ask(case)
    assert running.office.tell(case)
    assert running.ends(case) == "SUCCEEDED"

    again = running.office.table.update(
        case.id, lambda now: expire_question(now, task_state.now())
    ).case
    assert executions.start_execution(
        running.office.workflow, again, task_state.now(), running.office.clocks
    )
    running.waits(again, "in_review")
    confirm(running, again)
    running.waits(again, "published")
    acknowledge(running, again)

    assert running.ends(again, 2) == "SUCCEEDED"
    assert [running.visited(case, run) for run in (1, 2)] == [HAPPY, HAPPY]


@pytest.mark.parametrize("status", ["in_review", "published"])
def test_a_wait_that_became_urgent_escalates_in_time_though_its_execution_waits_longer(
    start: Start, status: str
) -> None:
    running = start(immediate=(1, LONG))
    office = running.office
    case = a_waiting_case(running, locations=PHONE)
    if status == "published":
        confirm(running, case)
        running.waits(case, "published")
    office.deliver(office.accept(locations=PHONE, danger_now=True))

    running.until(lambda: "wait" in office.sweep(), seconds=30)

    assert running.status(case) == "RUNNING"
    assert "Escalate" not in running.calls, "its execution has ten minutes"
    (late,) = late_waits(office)
    assert late["attributes"]["priority"] == "immediate"
    if status == "in_review":
        confirm(running, case)
        running.waits(case, "published")
    acknowledge(running, case)
    assert running.ends(case) == "SUCCEEDED"


def test_an_execution_that_times_out_later_does_not_escalate_again(start: Start) -> None:
    running = start(review=(4, LONG), immediate=(1, LONG))
    office = running.office
    case = a_waiting_case(running, locations=PHONE)
    office.deliver(office.accept(locations=PHONE, danger_now=True))
    running.until(lambda: "wait" in office.sweep(), seconds=30)

    running.did("Escalate", 1)
    running.did("Triage", 2)

    assert office.moves(case).count("escalate") == 1
    assert len(late_waits(office)) == 1
    confirm(running, case)
    running.waits(case, "published")


def late_waits(office: Office) -> list[dict[str, Any]]:
    """The messages to supervisors about the wait; the joined report has its own deadline."""
    told = office.told("case.late")
    return [each for each in told if each["id"].rpartition("-")[2].isdigit()]


def test_imminent_danger_alerts_the_duty_desk_before_the_review(start: Start) -> None:
    running = start()
    case = a_waiting_case(running, danger_now=True)

    assert running.calls == ["Triage"]
    alerts = running.office.told("case.alert")
    assert [each["attributes"]["unit"] for each in alerts] == [notifications.DUTY_RECEIVER]
    assert alerts[0]["data"]["priority"] == "immediate"
    confirm(running, case)
    running.waits(case, "published")
    acknowledge(running, case)
    assert running.ends(case) == "SUCCEEDED"
    assert running.visited(case) == HAPPY


def test_people_review_even_when_the_duty_desk_cannot_be_told(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start()
    down(monkeypatch, "case.alert")

    case = a_waiting_case(running, danger_now=True)

    assert not case.alerted
    assert "imminent" in {duty.value for duty in case.duties}


def test_step_that_fails_for_a_while_is_tried_again(start: Start) -> None:
    running = start()
    running.broken["Triage"] = 2

    case = a_waiting_case(running)

    assert running.calls == ["Triage", "Triage", "Triage"]
    assert running.office.moves(case) == ["open", "assess"]


def test_case_with_a_step_that_keeps_failing_goes_to_the_duty_desk(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start()
    case = a_waiting_case(running)

    down(monkeypatch, "case.referred")
    confirm(running, case)

    assert running.ends(case) == "FAILED"
    now = running.office.now_case(case)
    assert (now.status, now.stuck) == (Status.QUEUED, "retries_exhausted")
    assert {duty.value for duty in now.duties} == {"money", "stuck", "undelivered"}
    assert now.referral is not None
    assert now.referral.failure == "ConnectionError"
    assert running.office.moves(case)[-2:] == ["undelivered", "stick"]
    assert [each["data"]["case"] for each in running.office.told("case.stuck")] == [case.id]
    assert CANARY not in json.dumps(running.history(case), default=str)
    assert running.office.reconcile() == {}


def test_decision_saved_before_the_token_is_handed_out_wakes_the_workflow(start: Start) -> None:
    running = start()
    running.before["Triage"] = lambda: running.office.confirm(running.office.cases()[0])
    case = running.office.in_review()
    running.waits(case, "published")

    assert running.visited(case) == HAPPY
    assert running.office.moves(case) == ["open", "assess", "confirm", "refer", "publish"]


def test_unit_that_answers_before_it_was_told_is_not_asked_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start()
    case = a_waiting_case(running)
    down(monkeypatch, "case.referred")

    def acknowledge_what_is_queued() -> None:
        running.before["Referral"] = lambda: running.office.acknowledge(case)

    running.before["Referral"] = acknowledge_what_is_queued
    confirm(running, case)

    assert running.ends(case) == "SUCCEEDED"
    assert running.calls == ["Triage", "Referral", "Referral"]
    assert running.office.now_case(case).status is Status.ACKNOWLEDGED
    assert units_told(running.office) == []


def test_new_execution_of_a_reviewed_case_asks_for_no_second_review(start: Start) -> None:
    running = start()
    case = a_waiting_case(running)
    running.office.end_execution(case)
    running.office.confirm(case)  # decided on a token that is dead
    running.office.tell(case)
    assert running.ends(case) == "ABORTED"

    running.office.later(minutes=2)
    assert running.office.reconcile() == {"unserved": 1}

    running.waits(case, "published")
    assert running.visited(case, 2) == HAPPY
    acknowledge(running, case)
    assert running.ends(case, 2) == "SUCCEEDED"
    assert running.office.moves(case) == [
        *("open", "assess", "confirm", "refer", "publish", "acknowledge")
    ]


def test_execution_that_was_replaced_ends_without_taking_the_wait_over(start: Start) -> None:
    running = start(review=(SHORT, LONG))
    running.before["Escalate"] = lambda: running.office.table.update(
        running.office.cases()[0].id, lambda seen: claim_next_run(seen, served=False)
    )
    case = a_waiting_case(running)
    old = running.office.table.waits.get_token(case.id)

    assert running.ends(case) == "SUCCEEDED"
    assert running.visited(case) == ["Triage", "LateTriage", "Triage", "Referral"]
    assert running.office.table.waits.get_token(case.id) == old
    assert running.office.moves(case) == ["open", "assess"]


def test_history_of_an_execution_holds_ids_enums_and_seconds_only(start: Start) -> None:
    running = start(review=(SHORT, LONG))
    running.broken["Referral"] = 1
    case = a_waiting_case(running, danger_now=True, narrative=f"{CANARY} 0600000000")
    running.did("Triage", 2)
    confirm(running, case)
    running.waits(case, "published")
    acknowledge(running, case)
    assert running.ends(case) == "SUCCEEDED"

    assert_says_nothing_else(running, case)


def assert_says_nothing_else(running: Running, case: Case) -> None:
    history = json.dumps(running.history(case), default=str)
    assert CANARY not in history
    for event in running.history(case):
        for name, details in event.items():
            if not name.endswith("EventDetails"):
                continue
            for part in ("input", "output"):
                if part in details:
                    assert_is_a_journey(details[part])
            if "cause" in details:
                cause = json.loads(details["cause"]) if details["cause"] else {}
                assert set(cause) <= {"errorType", "errorMessage"}


def assert_is_a_journey(text: str) -> None:
    """A journey, or the envelope that a service puts around one."""
    said = json.loads(text)
    for journey in (said, *(said.get(name) for name in ("Payload", "journey"))):
        if isinstance(journey, dict):
            try:
                ExecutionState.model_validate(journey)
            except ValidationError:
                continue
            return
    assert set(said) <= {"ExecutedVersion", "Payload", "SdkHttpMetadata", "StatusCode"}, said
