"""People decide once, on the version that they saw, and the workflow is told."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.referral import DeclineReason
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, Priority
from casework.decisions.staff import Role
from casework.moves import deadlines, referrals
from tests.builders import NOON, RABAT, SALE, made
from tests.integration.answers import Answered, problem
from tests.integration.desks import (
    ACCEPT,
    CONFIRM,
    DECLINE,
    MONEY,
    REJECT,
    REVIEWING,
    TOKEN,
    Desk,
    a_decision,
    an_event,
    told_of,
)

# ---- deciding ----------------------------------------------------------------------------------


def test_an_analyst_confirms_and_the_workflow_goes_on(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    seen = desk.case(case, ana)
    assert (seen.etag, seen.document["may"]) == (case.etag, REVIEWING)

    answered = desk.review(case, CONFIRM, ana)

    assert answered.status == 200
    assert answered.document == {
        "id": case.id,
        "decision": "confirm",
        "status": "reviewed",
        "at": "2026-03-02T12:00:00.000Z",
        "event": 3,
    }
    decided = desk.table.get_case(case.id)
    assert answered.etag == decided.etag
    assert (decided.status, decided.priority) == (Status.REVIEWED, Priority.URGENT)
    assert desk.step_functions.told == [
        {"taskToken": TOKEN, "output": told_of(decided)},
    ]
    assert find_first_break(desk.table.events(case.id)) is None


def test_an_analyst_rejects_and_reports_that_joined_meanwhile_are_linked_again(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    assert desk.review(case, REJECT, ana).status == 200
    closed = desk.table.get_case(case.id)
    assert (closed.status, closed.closed) == (Status.CLOSED, "duplicate")
    assert closed.pending_deadlines[DeadlineKind.UNSEEN].due == format_timestamp(
        NOON + timedelta(minutes=1)
    )


def test_an_officer_takes_the_case_of_the_own_unit(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    desk.waits(case)
    answered = desk.acknowledge(case, ACCEPT, omar)
    assert (answered.status, answered.document["status"]) == (200, "awaiting_authorisation")
    held = desk.table.get_case(case.id)
    assert held.status is Status.AWAITING_AUTHORISATION
    assert "acknowledge" not in desk.case(case, omar).document["may"]
    assert desk.queue(omar).document["cases"] == []


def test_an_officer_declines_naming_the_competent_unit(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    desk.waits(case)
    assert desk.acknowledge(case, DECLINE, omar).status == 200
    declined = desk.table.get_case(case.id)
    assert (declined.status, declined.named, declined.declines) == (Status.DECLINED, SALE, 1)
    *_, event = desk.table.events(case.id)
    assert (event.by, event.data["unit"], event.data["reason"]) == (omar, RABAT, "other_territory")


def test_a_unit_that_declined_reads_the_case_no_more(desk: Desk) -> None:
    """This holds at once; the officer who declined gets the same answer on a repeat."""
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    first, key = desk.acknowledge(case, DECLINE, omar), {"idempotency-key": str(uuid.uuid4())}
    for page in ("", "/dossier", "/freeze-request", "/identity-requests"):
        assert desk.get(f"cases/{case.id}{page}", omar).status == 404
    for answered in (
        desk.decide(case, "messages", {"text": "Merci."}, omar),
        desk.call(an_event("POST", f"/v1/desk/cases/{case.id}/hold", omar, headers=key)),
    ):
        assert (answered.status, problem(answered)) == (404, "case-not-found")
    again = desk.acknowledge(case, DECLINE, omar)
    assert (again.status, again.document) == (first.status, first.document)


def test_a_supervisor_settles_a_case_that_units_contest(desk: Desk) -> None:
    ana, sara, case = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR), desk.contested()
    assert problem(desk.review(case, CONFIRM, ana)) == "not-allowed"
    assert desk.case(case, ana).document["may"] == [*MONEY, "keep_apart"]
    assert desk.case(case, sara).document["may"] == [*REVIEWING, "court_hold"]
    assert desk.review(case, {**CONFIRM, "unit": SALE}, sara).status == 202
    decided = desk.table.get_case(case.id)
    assert (decided.named, decided.supervision) == (SALE, False)


@pytest.mark.parametrize(
    ("document", "findings"),
    [
        ({**CONFIRM, "category": "heresy"}, {"#/category": "category.unknown"}),
        ({**CONFIRM, "territory": "99"}, {"#/territory": "territory.unknown"}),
        ({**CONFIRM, "country": "XX"}, {"#/country": "country.unknown"}),
        ({**CONFIRM, "unit": "pj-99"}, {"#/unit": "unit.unknown"}),
        ({**CONFIRM, "ground": "place_of_birth"}, {"#/ground": "ground.unknown"}),
        ({**CONFIRM, "ground": "national_unit"}, {"#/ground": "ground.unknown"}),
        (
            {**CONFIRM, "territory": None, "ground": "place_of_arrest"},
            {"#/ground": "ground.unknown"},
        ),
        ({**CONFIRM, "status": "closed"}, {"#/status": "extra_forbidden"}),
        ({"outcome": "burn"}, {"#": "union_tag_invalid"}),
    ],
)
def test_a_refused_decision_points_at_the_wrong_field(
    desk: Desk, document: dict[str, Any], findings: dict[str, str]
) -> None:
    case = desk.in_review()
    answered = desk.review(case, document, desk.enrol(Role.ANALYST))
    assert (answered.status, problem(answered)) == (422, "not-valid")
    assert {each["pointer"]: each["code"] for each in answered.document["errors"]} == findings
    assert desk.table.get_case(case.id) == case


@pytest.mark.parametrize(
    ("unit", "code"), [(RABAT, "unit.own"), ("pj-99", "unit.unknown"), (7, "string_type")]
)
def test_a_unit_cannot_decline_without_naming_another_unit(
    desk: Desk, unit: Any, code: str
) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    answered = desk.acknowledge(case, {**DECLINE, "competent_unit": unit}, omar)
    assert answered.status == 422
    assert answered.document["errors"][0]["pointer"] == "#/competent_unit"
    assert answered.document["errors"][0]["code"] == code


def test_a_decision_out_of_turn_is_a_conflict_and_changes_nothing(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.referred()
    answered = desk.review(case, CONFIRM, ana)
    assert (answered.status, problem(answered)) == (409, "illegal-move")
    assert desk.table.get_case(case.id) == case


def test_a_decline_gives_one_of_the_listed_reasons(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    for reason in DeclineReason:
        case = desk.referred()
        answered = desk.acknowledge(case, {**DECLINE, "reason": reason.value}, omar)
        assert answered.status == 202
    assert desk.acknowledge(desk.referred(), {**DECLINE, "reason": "busy"}, omar).status == 422


# ---- on the version that was seen --------------------------------------------------------------


@pytest.mark.parametrize("tag", [None, "", " "])
def test_a_decision_without_the_etag_of_the_case_is_refused(desk: Desk, tag: str | None) -> None:
    case = desk.in_review()
    answered = desk.review(case, CONFIRM, desk.enrol(Role.ANALYST), if_match=tag)
    assert (answered.status, problem(answered)) == (428, "precondition-missing")
    assert desk.table.get_case(case.id) == case


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("2", "quotes"),
        ("W/2", "quotes"),
        ("*", "names no version"),
        ('W/"2", "3"', "not several"),
        ('"2", "3"', "not several"),
        ('w/"2"', "no ETag"),
        ('"two"', "no ETag"),
        ('"٢"', "no ETag"),
    ],
)
def test_a_malformed_if_match_is_refused_with_the_mistake(desk: Desk, tag: str, said: str) -> None:
    case = desk.in_review()
    answered = desk.review(case, CONFIRM, desk.enrol(Role.ANALYST), if_match=tag)
    assert (answered.status, problem(answered)) == (400, "if-match-unreadable")
    assert said in answered.document["detail"]
    assert desk.table.get_case(case.id) == case


def test_a_decision_holds_on_an_etag_that_compression_weakened(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    answered = desk.review(case, CONFIRM, ana, if_match=f"W/{case.etag}")
    assert answered.status in {200, 202}
    again = desk.review(case, CONFIRM, ana)
    assert again.etag == answered.etag


@pytest.mark.parametrize("key", [None, "", "again", "00000000-0000-0000-0000-000000000000"])
def test_a_decision_without_an_idempotency_key_is_refused(desk: Desk, key: str | None) -> None:
    case = desk.in_review()
    answered = desk.review(case, CONFIRM, desk.enrol(Role.ANALYST), idempotency_key=key)
    assert (answered.status, problem(answered)) == (400, "key-missing")


@pytest.mark.parametrize("tag", ['"0"', '"1"', '"3"', '"002"', f'"{"9" * 5000}"'])
def test_a_decision_on_another_version_shows_the_case_as_it_is(desk: Desk, tag: str) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    answered = desk.review(case, CONFIRM, ana, if_match=tag)
    assert (answered.status, problem(answered)) == (412, "case-changed")
    assert answered.etag == case.etag
    current = answered.document["current"]
    assert (current["id"], current["status"], current["may"]) == (
        case.id,
        "in_review",
        REVIEWING,
    )
    assert desk.table.get_case(case.id) == case


def test_a_join_or_an_escalation_does_not_invalidate_a_decision(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.table.save(made(deadlines.escalate_missed_deadline(case, NOON, (60, 60))))
    desk.report(case, 77)
    assert desk.review(case, CONFIRM, ana).status == 202


def at_once(monkeypatch: pytest.MonkeyPatch, calls: list[Callable[[], Answered]]) -> list[Answered]:
    """The answers to calls that have all read the case before any of them writes it."""
    together, save, met = threading.Barrier(len(calls)), CaseTable.save, threading.local()

    def save_together(table: CaseTable, change: Change, also: Any = ()) -> Case:
        if not getattr(met, "yes", False):
            met.yes = True
            together.wait(20)
        return save(table, change, also=also)

    monkeypatch.setattr(CaseTable, "save", save_together)
    with ThreadPoolExecutor(len(calls)) as people:
        return [each.result() for each in [people.submit(call) for call in calls]]


def test_two_people_decide_at_once_and_the_loser_sees_the_decision_of_the_winner(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, people = desk.in_review(), [desk.enrol(Role.ANALYST) for _ in range(8)]
    desk.waits(case)
    events = [
        a_decision(case, "review", document, by)
        for by, document in zip(people, [CONFIRM, REJECT] * 4, strict=True)
    ]
    answers = at_once(monkeypatch, [partial(desk.call, event) for event in events])

    assert sorted(answered.status for answered in answers) == [200] + [412] * 7
    (winner,) = (answered for answered in answers if answered.status == 200)
    for loser in (answered for answered in answers if answered.status == 412):
        assert problem(loser) == "case-changed"
        assert loser.document["current"]["status"] == winner.document["status"]
        assert loser.etag == winner.etag
    assert len(list(desk.table.events(case.id))) == 3
    assert len(desk.step_functions.told) == 1


def test_the_same_person_pressing_twice_at_once_decides_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    desk.waits(case)
    event = a_decision(case, "review", CONFIRM, ana)
    first, second = at_once(monkeypatch, [partial(desk.call, event), partial(desk.call, event)])
    assert {first.status, second.status} <= {200, 202}
    assert first.text == second.text
    assert len(list(desk.table.events(case.id))) == 3


# ---- repeating ---------------------------------------------------------------------------------


def test_a_repeated_decision_gets_the_same_answer(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    event = a_decision(case, "review", CONFIRM, ana)
    first, again = desk.call(event), desk.call(event)
    assert (first.status, again.status) == (202, 202)
    assert first.text == again.text
    assert first.etag == again.etag


def test_a_repeated_decision_tells_a_workflow_that_was_not_told(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    event = a_decision(case, "review", REJECT, ana)
    assert desk.call(event).status == 202
    desk.waits(case)
    assert desk.call(event).status == 200
    assert desk.call(event).status == 200
    answers = [each["output"]["status"] for each in desk.step_functions.told]
    assert set(answers) == {"closed"}, "an answered token may be answered again"


def test_a_decision_is_recognised_after_the_workflow_has_moved_the_case_on(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    event = a_decision(case, "review", CONFIRM, ana)
    first = desk.call(event)
    desk.table.save(
        referrals.queue_referral(desk.table.get_case(case.id), NOON, unit=RABAT, data={})
    )
    again = desk.call(event)
    assert (first.status, again.status) == (202, 200)
    assert first.text == again.text
    assert first.etag == again.etag


def test_an_officer_who_lost_the_answer_gets_it_again_after_the_case_moved_on(
    desk: Desk,
) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    event = a_decision(case, "acknowledgement", DECLINE, omar)
    first = desk.call(event)
    rerouted = referrals.reroute_referral(
        desk.table.get_case(case.id), NOON, unit=SALE, most_declines=3, review_seconds=(60,)
    )
    desk.table.save(rerouted)
    assert desk.case(case, omar).status == 404
    assert desk.call(event).text == first.text


def test_a_decision_by_another_person_or_with_another_outcome_is_no_repeat(desk: Desk) -> None:
    ana, ali, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    desk.review(case, CONFIRM, ana)
    assert desk.review(case, CONFIRM, ali).status == 412
    assert desk.review(case, REJECT, ana).status == 412
    assert desk.review(case, {**CONFIRM, "priority": "standard"}, ana).status == 412


# ---- telling -----------------------------------------------------------------------------------


def test_a_decision_is_kept_when_no_workflow_waits_yet(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, CONFIRM, ana).status == 202
    assert desk.table.get_case(case.id).status is Status.REVIEWED


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "KmsFailure"])
def test_a_decision_stands_when_telling_fails_and_the_token_is_kept(desk: Desk, code: str) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    desk.step_functions.refuses = code
    answered = desk.review(case, CONFIRM, ana)
    assert answered.status == 202
    assert desk.table.get_case(case.id).status is Status.REVIEWED
    assert desk.table.waits.get_token(case.id) is not None
    assert code in desk.logs.getvalue()

    assert desk.queue(ana).document["cases"] == [], "nobody else is shown it meanwhile"


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "InvalidToken", "TaskTimedOut"])
def test_a_wait_that_is_over_is_no_failure(desk: Desk, code: str) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    desk.step_functions.refuses = code
    assert desk.review(case, CONFIRM, ana).status == 200


def test_a_decision_stands_when_step_functions_cannot_be_reached(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()

    def unreachable(*_: Any) -> bool:
        raise EndpointConnectionError(endpoint_url="https://states.invalid/")

    monkeypatch.setattr("casework.aws.steps.executions.resume_after_decision", unreachable)
    assert desk.review(case, CONFIRM, ana).status == 202
    assert desk.table.get_case(case.id).status is Status.REVIEWED


def test_a_decision_sent_again_under_its_key_on_a_newer_version_is_not_taken_again(
    desk: Desk,
) -> None:
    ana, case, key = desk.enrol(Role.ANALYST), desk.in_review(), str(uuid.uuid4())
    paid = {"told_by": "victim", "channel": "telephone", "amount": "777", "currency": "MAD"}
    under = {"idempotency-key": key}
    first = desk.decide(case, "payments", paid, ana, **under)
    again = desk.decide(desk.table.get_case(case.id), "payments", paid, ana, **under)
    assert (again.status, again.document, again.etag) == (200, first.document, first.etag)
    assert [each.move for each in desk.table.events(case.id)].count("payment") == 1
    other = {**paid, "amount": "778"}
    refused = desk.decide(desk.table.get_case(case.id), "payments", other, ana, **under)
    assert (refused.status, problem(refused)) == (422, "key-conflict")
    colleague = desk.enrol(Role.SUPERVISOR)
    own = desk.decide(desk.table.get_case(case.id), "payments", paid, colleague, **under)
    assert own.document["event"] != first.document["event"], "a key is its author's"
