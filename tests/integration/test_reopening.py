"""A rejected case can be reviewed again, and takes back nothing from other cases."""

from __future__ import annotations

from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.decisions.staff import Role
from tests import decided
from tests.builders import RABAT, clocks_of
from tests.integration.answers import problem
from tests.integration.desks import CONFIRM, REJECT, Desk
from tests.integration.lives import to_court
from tests.office import ANALYST, Office

PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]
REOPEN: dict[str, Any] = {"outcome": "reopen", "because": "error"}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR])
def test_a_reviewer_reopens_a_rejection_and_a_new_execution_serves_it(
    desk: Desk, role: Role
) -> None:
    ana, somebody = desk.enrol(Role.ANALYST), desk.enrol(role)
    case = desk.in_review()
    desk.waits(case)
    assert desk.review(case, REJECT, ana).status == 200
    closed = desk.table.get_case(case.id)
    assert "reopen" in desk.case(closed, somebody).document["may"]

    answered = desk.review(closed, REOPEN, somebody)

    assert (answered.status, answered.document["status"]) == (200, "in_review")
    again = desk.table.get_case(case.id)
    assert (again.status, again.run) == (Status.IN_REVIEW, closed.run + 1)
    assert (again.closed, again.closed_at, again.retention, again.unseen) == (None,) * 4
    assert again.wait is not None
    assert again.wait.since == again.moved_at, "its clock is that of a new one"
    assert desk.step_functions.started[-1]["name"] == again.execution
    assert [line["id"] for line in desk.queue(somebody).document["cases"]] == [case.id]
    events = list(desk.table.events(case.id))
    assert (events[-1].data["because"], events[-1].data["reason"]) == ("error", "duplicate")
    assert find_first_break(events) is None
    assert find_first_difference(again, events) is None
    desk.waits(again)
    assert desk.review(again, CONFIRM, ana).status == 200, "it goes its way like any other"


def test_the_same_request_again_is_answered_alike(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, REJECT, ana).status in (200, 202)
    closed = desk.table.get_case(case.id)
    first, second = (desk.review(closed, REOPEN, ana) for _ in range(2))
    assert (first.document, second.status) == (second.document, 200)
    assert [event.move for event in desk.table.events(case.id)].count("reopen") == 1


def test_a_case_ended_by_a_unit_is_not_reopened_and_the_refusal_says_why(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = to_court(desk, omar)
    assert "reopen" not in desk.case(case, sara).document["may"]
    refused = desk.review(case, REOPEN, sara)
    assert (refused.status, problem(refused)) == (409, "illegal-move")
    assert "a unit ended this case" in refused.document["detail"]
    assert desk.table.get_case(case.id) == case


def test_an_officer_cannot_reopen_a_case(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    case = desk.in_review()
    desk.review(case, REJECT, ana)
    refused = desk.review(desk.table.get_case(case.id), REOPEN, omar)
    assert (refused.status, problem(refused)) == (403, "not-allowed")


def test_a_report_that_joined_another_case_meanwhile_stays_there(office: Office) -> None:
    case = office.reject(office.in_review(locations=PHONE))
    later = office.accept(locations=PHONE)
    office.deliver(later)
    other = office.case_of(later)
    assert other.id != case.id

    reopened(office, case.id)
    office.deliver(office.accept(locations=PHONE))

    assert office.case_of(later).id == other.id
    assert office.now_case(case).status is Status.IN_REVIEW
    (mine,) = office.items("IDENTIFIER#phone", "IDENTIFIER")
    assert mine["case_id"] == other.id


def test_a_report_released_at_the_end_of_a_case_comes_back_when_it_is_reopened(
    office: Office,
) -> None:
    """It waits to look for a case when its own is reopened: it stays where it was."""
    case = office.in_review(locations=PHONE)
    late = office.accept(locations=PHONE)
    office.deliver(late)
    office.reject(office.now_case(case))
    office.later(minutes=1, seconds=1)
    assert office.sweep() == {"unseen": 1}
    reopened(office, case.id)
    office.later(minutes=2)

    office.reconcile()
    office.reconcile()

    assert office.case_of(late).id == case.id
    report = office.table.reports.get_report(late)
    assert report is not None
    assert report.flow is None, "it waits for nothing more"
    assert late in office.table.reports.page_references(case.id, 10).ids


def reopened(office: Office, case_id: str) -> Any:
    return office.table.update(
        case_id,
        lambda now: decided.reopened(now, task_state.now(), ANALYST, "new_facts", clocks_of(600)),
    ).case
