"""A case weighs as much as its heaviest report, in any order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, Priority
from tests import admitting, decided
from tests.builders import RABAT
from tests.integration.test_killed import everywhere
from tests.office import ANALYST, Office

PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]
LOST_TODAY: dict[str, Any] = {
    "narrative": "Il m'a pris 90 000 dirhams aujourd'hui par virement, il se dit de ma banque.",
    "money_lost": [
        {
            "amount": "90000",
            "currency": "MAD",
            "means": "bank_transfer",
            "at": datetime.now(UTC).date().isoformat(),
        }
    ],
}
CHATTER: dict[str, Any] = {"category": "fraud", "narrative": "blabla"}


@pytest.mark.parametrize("first", ["the victim", "the chatter"])
def test_the_order_of_reports_does_not_change_the_urgency_of_their_case(
    office: Office, first: str
) -> None:
    sent = [LOST_TODAY, CHATTER] if first == "the victim" else [CHATTER, LOST_TODAY]
    begun = task_state.now()
    case = office.in_review(locations=PHONE, **sent[0])
    assert (case.priority is Priority.URGENT) == (first == "the victim")
    joining = office.accept(locations=PHONE, **sent[1])
    office.deliver(joining)

    now = office.now_case(case)
    assert office.case_of(joining).id == case.id
    assert now.priority.value == "urgent"
    assert now.wait is not None
    assert now.wait.due <= format_timestamp(begun + timedelta(hours=2, minutes=1))
    assert now.etag == case.etag, "who decided on what they saw decided well"
    (line,) = office.table.queue("review", 10).ids
    assert line == case.id


def test_a_report_that_joins_before_the_assessment_has_its_full_weight(office: Office) -> None:
    case = office.in_review(locations=PHONE, **CHATTER)
    office.deliver(office.accept(locations=PHONE, **LOST_TODAY))
    office.take("triage", office.now_case(case))
    now = office.now_case(case)
    assert (now.status, now.priority.value) == (Status.IN_REVIEW, "urgent")
    assert now.wait is not None
    assert now.wait.due <= format_timestamp(task_state.now() + timedelta(hours=2))


def test_a_new_report_raises_a_lowered_priority_and_a_repeated_one_does_not(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE, **CHATTER)
    joined = office.accept(locations=PHONE, **LOST_TODAY)
    office.deliver(joined)
    lowered = office.table.update(
        case.id,
        lambda now: decided.confirmed(
            now,
            task_state.now(),
            "an analyst",
            category="fraud",
            priority=Priority.STANDARD,
            territory=None,
            country=None,
            unit=RABAT,
        ),
    ).case

    office.deliver(joined)
    assert office.now_case(case) == lowered
    office.deliver(office.accept(locations=PHONE, **LOST_TODAY))
    assert office.now_case(case).priority is Priority.URGENT


def test_a_review_that_became_urgent_is_overdue_by_the_nearer_deadline_and_told_once(
    office: Office,
) -> None:
    """The execution that waits has two days; the sweeper has two hours."""
    case = office.in_review(locations=PHONE, **CHATTER)
    office.deliver(office.accept(locations=PHONE, **LOST_TODAY))
    assert DeadlineKind.WAIT in office.now_case(case).pending_deadlines
    admitting.admit(office.table, case.id, task_state.now(), ANALYST)

    office.later(hours=1)
    assert office.sweep() == {}
    office.later(hours=1, minutes=1)
    assert office.sweep() == {"wait": 1, "alone": 1}, "the joiner hears, too, that nobody looked"
    assert office.sweep() == {}

    now = office.now_case(case)
    assert now.wait is not None
    assert (now.wait.level, now.status) == (1, Status.IN_REVIEW)
    assert office.moves(case)[-1] == "escalate"
    assert len(office.told("case.late")) == 1
    office.take("escalate", now)  # its execution, when the time it knew of has passed
    assert office.now_case(case) == now

    office.later(hours=2, minutes=1)
    assert office.sweep() == {"wait": 1}, "the next level is the sweeper's, too"
    assert len({each["id"] for each in office.told("case.late")}) == 2


def test_a_killed_delivery_still_raises_the_case_and_ends_its_wait_for_an_answer() -> None:
    def asked(office: Office) -> tuple[Case, str]:
        case = office.ask(office.in_review(locations=PHONE, **CHATTER))
        office.end_execution(case)
        return case, office.accept(locations=PHONE, danger_now=True)

    def delivered(office: Office, subject: tuple[Case, str]) -> None:
        office.deliver(subject[1])

    def raised_once(office: Office, subject: tuple[Case, str]) -> None:
        now = office.now_case(subject[0])
        assert (now.status, now.imminent) == (Status.IN_REVIEW, True)
        office.later(minutes=2)
        office.reconcile()
        assert now.execution in office.executions()
        assert office.moves(now).count("raise") == 1
        assert office.moves(now).count("unanswered") == 1
        assert len({each["id"] for each in office.told("case.alert")}) == 1

    assert everywhere(asked, delivered, delivered, raised_once) >= 12
