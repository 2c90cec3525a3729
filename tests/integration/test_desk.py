"""People decide: once, on what they saw, for cases that are theirs, and nothing else is shown."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from casework.aws import keys
from casework.aws.case_table import CaseTable
from casework.aws.linked_reports import LinkedReports
from casework.aws.wire import to_wire
from casework.case import Case, Duty, Priority
from casework.change import Change
from casework.history import first_broken
from casework.lifecycle import Status
from casework.moves import deadlines, referring, review, running
from casework.referral import DeclineReason
from casework.staff import Role
from functions.desk import cursors, deployment, lists
from tests.builders import NOON, RABAT, SALE, a_case, a_reference
from tests.integration.desks import (
    CLIENT,
    TABLE,
    TOKEN,
    Answered,
    Desk,
    a_decision,
    an_event,
    open_desk,
)

CONFIRM = {"outcome": "confirm", "category": "fraud", "priority": "urgent", "territory": "04.421"}
REJECT = {"outcome": "reject", "reason": "duplicate"}
ACCEPT = {"outcome": "accept"}
REVIEWING = ["confirm", "reject", "ask", "merge"]
DECLINE = {"outcome": "decline", "reason": "other_territory", "competent_unit": SALE}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with open_desk(monkeypatch) as opened:
        yield opened
        for answer in opened.shown:  # after every test of this file: no token in any answer
            assert TOKEN not in answer
        assert TOKEN not in opened.logs.getvalue()


def problem(answered: Answered) -> str:
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert answered.document["status"] == answered.status
    assert answered.document["cure"]
    return str(answered.document["type"].removeprefix("urn:e-iblagh:problem:"))


def ids(answered: Answered) -> list[str]:
    assert answered.status == 200, answered.text
    return [line["id"] for line in answered.document["cases"]]


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
    decided = desk.table.case(case.id)
    assert answered.etag == decided.etag
    assert (decided.status, decided.priority) == (Status.REVIEWED, Priority.URGENT)
    assert desk.step_functions.told == [
        {"taskToken": TOKEN, "output": decided.journey(NOON)},
    ]
    assert desk.table.waits.of(case.id) is None
    assert first_broken(desk.table.events(case.id)) is None


def test_an_analyst_rejects_and_what_joined_meanwhile_is_looked_for_before_it_is_settled(
    desk: Desk,
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    assert desk.review(case, REJECT, ana).status == 200
    closed = desk.table.case(case.id)
    assert (closed.status, closed.closed, closed.settled) == (Status.CLOSED, "duplicate", False)


def test_an_officer_takes_the_case_of_the_own_unit(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    desk.waits(case)
    answered = desk.acknowledge(case, ACCEPT, omar)
    assert (answered.status, answered.document["status"]) == (200, "acknowledged")
    held = desk.table.case(case.id)
    assert (held.status, held.settled) == (Status.ACKNOWLEDGED, True)
    assert "acknowledge" not in desk.case(case, omar).document["may"]
    assert desk.queue(omar).document["cases"] == []


def test_an_officer_declines_naming_the_competent_unit(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    desk.waits(case)
    assert desk.acknowledge(case, DECLINE, omar).status == 200
    declined = desk.table.case(case.id)
    assert (declined.status, declined.named, declined.declines) == (Status.DECLINED, SALE, 1)
    *_, event = desk.table.events(case.id)
    assert (event.by, event.data["unit"], event.data["reason"]) == (omar, RABAT, "other_territory")


def test_a_supervisor_settles_what_units_contest(desk: Desk) -> None:
    ana, sara, case = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR), desk.contested()
    assert problem(desk.review(case, CONFIRM, ana)) == "not-allowed"
    assert desk.case(case, ana).document["may"] == []
    assert desk.case(case, sara).document["may"] == REVIEWING
    assert desk.review(case, {**CONFIRM, "unit": SALE}, sara).status == 202
    decided = desk.table.case(case.id)
    assert (decided.named, decided.supervision) == (SALE, False)


@pytest.mark.parametrize(
    ("document", "findings"),
    [
        ({**CONFIRM, "category": "heresy"}, {"#/category": "category.unknown"}),
        ({**CONFIRM, "territory": "99"}, {"#/territory": "territory.unknown"}),
        ({**CONFIRM, "unit": "pj-99"}, {"#/unit": "unit.unknown"}),
        ({**CONFIRM, "status": "closed"}, {"#/status": "extra_forbidden"}),
        ({**CONFIRM, "country": "FR"}, {"#": "place.two"}),
        ({"outcome": "confirm", "category": "fraud"}, {"#/priority": "missing"}),
        ({"outcome": "burn"}, {"#": "union_tag_invalid"}),
    ],
)
def test_what_is_wrong_with_a_decision_is_pointed_at(
    desk: Desk, document: dict[str, Any], findings: dict[str, str]
) -> None:
    case = desk.in_review()
    answered = desk.review(case, document, desk.enrol(Role.ANALYST))
    assert (answered.status, problem(answered)) == (422, "not-valid")
    assert {each["pointer"]: each["code"] for each in answered.document["errors"]} == findings
    assert desk.table.case(case.id) == case


@pytest.mark.parametrize(
    ("unit", "code"), [(RABAT, "unit.own"), ("pj-99", "unit.unknown"), (7, "string_type")]
)
def test_a_unit_cannot_decline_to_nobody_or_to_itself(desk: Desk, unit: Any, code: str) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    answered = desk.acknowledge(case, {**DECLINE, "competent_unit": unit}, omar)
    assert answered.status == 422
    assert answered.document["errors"][0]["pointer"] == "#/competent_unit"
    assert answered.document["errors"][0]["code"] == code


def test_a_decision_out_of_turn_is_a_conflict_and_changes_nothing(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.referred()
    answered = desk.review(case, CONFIRM, ana)
    assert (answered.status, problem(answered)) == (409, "illegal-move")
    assert desk.table.case(case.id) == case


# ---- on what was seen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag", [None, "", "*", "2", "W/2", 'w/"2"', 'W/"2", "3"', '"2", "3"', '"two"', '"٢"']
)
def test_a_decision_without_the_etag_of_what_was_seen_is_refused(
    desk: Desk, tag: str | None
) -> None:
    case = desk.in_review()
    answered = desk.review(case, CONFIRM, desk.enrol(Role.ANALYST), if_match=tag)
    assert (answered.status, problem(answered)) == (428, "precondition-missing")
    assert desk.table.case(case.id) == case


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
    assert desk.table.case(case.id) == case


def test_joining_and_escalating_do_not_take_the_case_from_under_a_decision(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.table.save(deadlines.escalated(case, NOON, (60, 60)))
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


def test_of_two_people_deciding_at_once_one_wins_and_the_other_sees_what_holds(
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
    assert len(desk.step_functions.told) == 1
    assert desk.call(event).status == 202  # nothing waits any more; the reconciler settles it
    assert len(desk.step_functions.told) == 1


def test_a_decision_is_recognised_after_the_workflow_has_moved_the_case_on(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    event = a_decision(case, "review", CONFIRM, ana)
    first = desk.call(event)
    desk.table.save(referring.referred(desk.table.case(case.id), NOON, unit=RABAT, data={}))
    again = desk.call(event)
    assert (first.status, again.status) == (202, 200)
    assert first.text == again.text
    assert first.etag == again.etag


def test_an_officer_whose_answer_got_lost_hears_it_again_though_the_case_is_gone(
    desk: Desk,
) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    event = a_decision(case, "acknowledgement", DECLINE, omar)
    first = desk.call(event)
    rerouted = referring.rerouted(
        desk.table.case(case.id), NOON, unit=SALE, most_declines=3, review_seconds=(60,)
    )
    desk.table.save(rerouted)
    assert desk.case(case, omar).status == 404
    assert desk.call(event).text == first.text


def test_what_another_decided_or_what_one_decides_otherwise_is_no_repeat(desk: Desk) -> None:
    ana, ali, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    desk.review(case, CONFIRM, ana)
    assert desk.review(case, CONFIRM, ali).status == 412
    assert desk.review(case, REJECT, ana).status == 412
    assert desk.review(case, {**CONFIRM, "priority": "standard"}, ana).status == 412


# ---- telling -----------------------------------------------------------------------------------


def test_a_decision_stands_when_no_workflow_waits_yet(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, CONFIRM, ana).status == 202
    assert desk.table.case(case.id).status is Status.REVIEWED


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "KmsFailure"])
def test_a_decision_stands_when_telling_fails_and_the_token_is_kept(desk: Desk, code: str) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    desk.step_functions.refuses = code
    answered = desk.review(case, CONFIRM, ana)
    assert answered.status == 202
    assert desk.table.case(case.id).status is Status.REVIEWED
    assert desk.table.waits.of(case.id) is not None
    assert code in desk.logs.getvalue()

    desk.step_functions.refuses = ""
    assert desk.table.queue("decided", 10).ids == [case.id]


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "InvalidToken", "TaskTimedOut"])
def test_a_wait_that_is_over_is_no_failure(desk: Desk, code: str) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    desk.step_functions.refuses = code
    assert desk.review(case, CONFIRM, ana).status == 200
    assert desk.table.waits.of(case.id) is None


def test_a_decision_stands_when_step_functions_cannot_be_reached(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()

    def unreachable(*_: Any) -> bool:
        raise EndpointConnectionError(endpoint_url="https://states.invalid/")

    monkeypatch.setattr("casework.aws.workflow.tell", unreachable)
    assert desk.review(case, CONFIRM, ana).status == 202
    assert desk.table.case(case.id).status is Status.REVIEWED


# ---- who sees what -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_each_role_is_let_in_or_not_at_each_call(desk: Desk, role: Role) -> None:
    member, own, other = desk.enrol(role, RABAT), desk.referred(RABAT), desk.referred(SALE)
    statuses = {
        "queue": desk.queue(member).status,
        "own": desk.case(own, member).status,
        "other": desk.case(other, member).status,
        "review": desk.review(own, CONFIRM, member).status,
        "acknowledge": desk.acknowledge(other, ACCEPT, member).status,
        "duty": desk.get("duty", member).status,
    }
    central = {
        "queue": 200,
        "own": 200,
        "other": 200,
        "review": 409,
        "acknowledge": 403,
        "duty": 200,
    }
    assert statuses == {
        Role.ANALYST: central,
        Role.SUPERVISOR: central,
        Role.OFFICER: {
            "queue": 200,
            "own": 200,
            "other": 404,
            "review": 403,
            "acknowledge": 404,
            "duty": 403,
        },
    }.get(role, dict.fromkeys(central, 403))


def test_another_units_case_answers_like_no_case(desk: Desk) -> None:
    omar, other = desk.enrol(Role.OFFICER, RABAT), desk.referred(SALE)

    def told(answered: Answered) -> dict[str, Any]:
        return {name: text for name, text in answered.document.items() if name != "instance"}

    nowhere = a_case(4_000)
    assert told(desk.case(other, omar)) == told(desk.case(nowhere, omar))
    assert told(desk.acknowledge(other, ACCEPT, omar)) == told(
        desk.acknowledge(nowhere, ACCEPT, omar)
    )
    assert told(desk.acknowledge(other, ACCEPT, omar, if_match='"0"')) == told(
        desk.acknowledge(nowhere, ACCEPT, omar, if_match='"0"')
    )
    assert desk.table.case(other.id) == other


@pytest.mark.parametrize("case_id", ["C-1", "x", "C-0000-0000-0000-0000-1", "%2e%2e", 'a"b'])
def test_what_is_no_case_id_is_not_found(desk: Desk, case_id: str) -> None:
    answered = desk.get(f"cases/{case_id}", desk.enrol(Role.ANALYST))
    assert (answered.status, problem(answered)) == (404, "case-not-found")


def test_a_case_id_may_be_typed_as_people_do(desk: Desk) -> None:
    case = desk.in_review()
    answered = desk.get(f"cases/{case.id.lower()}", desk.enrol(Role.ANALYST))
    assert answered.document["id"] == case.id


def test_a_changed_staff_item_holds_at_the_next_call(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred(RABAT)
    assert desk.case(case, omar).status == 200
    desk.keep_staff(omar, role="officer", unit=SALE)
    assert desk.case(case, omar).status == 404
    desk.keep_staff(omar, role="analyst", unit=None)
    assert desk.case(case, omar).status == 200
    desk.keep_staff(omar, role="analyst", active=False)
    assert (desk.case(case, omar).status, problem(desk.case(case, omar))) == (403, "not-allowed")
    boto3.client("dynamodb").delete_item(TableName=TABLE, Key=to_wire(keys.staff_key(omar)))
    assert (desk.case(case, omar).status, problem(desk.case(case, omar))) == (401, "not-signed-in")


@pytest.mark.parametrize(
    "claims",
    [
        {"token_use": "id", "aud": CLIENT, "client_id": ""},
        {"token_use": "id"},
        {"token_use": ""},
        {"client_id": "another application"},
        {"client_id": ""},
        {"sub": ""},
        {"sub": "nobody", "cognito:groups": "[admin]", "custom:unit": RABAT},
    ],
)
def test_only_an_access_token_of_this_application_and_a_known_person_signs_in(
    desk: Desk, claims: dict[str, str]
) -> None:
    ana = desk.enrol(Role.ANALYST)
    event = an_event("GET", "/v1/desk/queue", ana)
    event["requestContext"]["authorizer"]["jwt"]["claims"] |= claims
    answered = desk.call(event)
    assert (answered.status, problem(answered)) == (401, "not-signed-in")
    assert answered.headers["WWW-Authenticate"] == "Bearer"


def test_a_call_past_the_edge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "e" * 64
    with open_desk(monkeypatch, origin=secret) as desk:
        ana = desk.enrol(Role.ANALYST)
        assert problem(desk.queue(ana)) == "not-through-the-edge"
        headers = {"x-origin-secret": secret}
        assert desk.call(an_event("GET", "/v1/desk/queue", ana, headers=headers)).status == 200


# ---- queues ------------------------------------------------------------------------------------


def test_a_queue_is_most_urgent_first_and_then_the_oldest(desk: Desk) -> None:
    def waiting(priority: Priority, minute: int) -> str:
        return desk.in_review(priority, opened_at=f"2026-03-02T11:{minute:02}:00.000Z").id

    late = waiting(Priority.STANDARD, 30)
    early = waiting(Priority.STANDARD, 10)
    information = waiting(Priority.INFORMATION, 1)
    immediate = waiting(Priority.IMMEDIATE, 50)
    urgent = waiting(Priority.URGENT, 40)
    assert ids(desk.queue(desk.enrol(Role.ANALYST))) == [
        immediate,
        urgent,
        early,
        late,
        information,
    ]


def test_a_queue_is_read_page_by_page_without_a_gap_or_a_repeat(desk: Desk) -> None:
    ana, waiting = desk.enrol(Role.ANALYST), {desk.in_review().id for _ in range(7)}
    seen: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    for expected in (3, 3, 1):
        page = desk.queue(ana, **query)
        assert len(ids(page)) == expected
        seen += ids(page)
        query["cursor"] = page.document.get("cursor", "")
    assert query["cursor"] == ""
    assert (len(seen), set(seen)) == (7, waiting)


def test_a_line_of_the_queue_says_what_is_urgent_about_it(desk: Desk) -> None:
    case = desk.referred()
    (line,) = desk.queue(desk.enrol(Role.OFFICER, RABAT)).document["cases"]
    assert line["id"] == case.id
    assert line["wait"] == {
        "since": "2026-03-02T12:00:00.000Z",
        "due": "2026-03-02T13:00:00.000Z",
        "seconds_left": 3_600,
        "level": 0,
    }
    assert line["referral"] == {
        "hop": 1,
        "unit": RABAT,
        "published_at": "2026-03-02T12:00:00.000Z",
        "failures": 0,
    }


def test_time_left_never_runs_below_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.referred()
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))
    (line,) = desk.queue(desk.enrol(Role.OFFICER, RABAT)).document["cases"]
    assert line["wait"]["seconds_left"] == 0


def test_each_desk_has_its_own_queue(desk: Desk) -> None:
    review, contested = desk.in_review(), desk.contested()
    rabat, sale = desk.referred(RABAT), desk.referred(SALE)
    assert ids(desk.queue(desk.enrol(Role.ANALYST))) == [review.id]
    assert ids(desk.queue(desk.enrol(Role.SUPERVISOR))) == [contested.id, review.id]
    assert ids(desk.queue(desk.enrol(Role.OFFICER, RABAT))) == [rabat.id]
    assert ids(desk.queue(desk.enrol(Role.OFFICER, SALE))) == [sale.id]


def test_a_supervisor_reads_on_from_one_queue_to_the_next(desk: Desk) -> None:
    contested, review = [desk.contested().id, desk.contested().id], desk.in_review().id
    sara, seen, query = desk.enrol(Role.SUPERVISOR), [], {"limit": "2"}
    first = desk.queue(sara, **query)
    seen += ids(first)
    last = desk.queue(sara, cursor=first.document["cursor"], **query)
    seen += ids(last)
    assert (set(seen[:2]), seen[2:]) == (set(contested), [review])
    assert "cursor" not in last.document


def test_a_case_that_has_left_the_queue_is_not_shown_though_the_index_lags(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, gone, waiting = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    stale = desk.table.queue("review", 10)
    desk.review(gone, REJECT, ana)
    monkeypatch.setattr(CaseTable, "queue", lambda *_: stale)
    assert ids(desk.queue(ana)) == [waiting.id]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "", "1e1", "١", "1000000"])
def test_a_page_has_one_to_a_hundred_entries(desk: Desk, limit: str) -> None:
    answered = desk.queue(desk.enrol(Role.ANALYST), limit=limit)
    assert (answered.status, answered.document["errors"][0]["pointer"]) == (422, "#/limit")


def test_a_cursor_of_another_queue_is_refused(desk: Desk) -> None:
    for _ in range(2):
        desk.referred(RABAT)
    page = desk.queue(desk.enrol(Role.OFFICER, RABAT), limit="1")
    answered = desk.queue(desk.enrol(Role.OFFICER, SALE), cursor=page.document["cursor"])
    assert (answered.status, problem(answered)) == (422, "not-valid")
    forged = cursors.write("supervision", "")
    assert desk.queue(desk.enrol(Role.ANALYST), cursor=forged).status == 422


# ---- a case ------------------------------------------------------------------------------------


def test_a_case_shows_its_reports_reasons_and_history(desk: Desk) -> None:
    case = desk.referred()
    reference = desk.report(case, 1, narrative="« Votre colis » : سرقوا 8 400 درهم")
    joined = desk.report(case, 2, at="2026-03-02T11:05:00.000Z", danger_now=True)
    view = desk.case(case, desk.enrol(Role.OFFICER, RABAT)).document
    first, second = view["reports"]
    assert (first["reference"], first["linked_by"]) == (reference, [])
    assert first["narrative"] == "« Votre colis » : سرقوا 8 400 درهم"
    assert (first["language"], first["disclosure"]) == ("fr", "anonymous")
    assert first["facts"]["locations"][0]["value"] == "https://banque.example/verification"
    assert (second["reference"], second["linked_by"]) == (joined, ["phone"])
    assert second["facts"]["danger_now"] is True
    assert view["assessment"] == {"priority": {"reasons": ["money_lost"]}}
    assert view["competence"] == {"unit": RABAT, "rule": "territory"}
    assert [event["move"] for event in view["history"]] == [
        *("open", "assess", "confirm", "refer"),
        "read",  # by this officer, just now
    ]
    assert view["history"][2]["by"] == "an analyst"
    assert view["may"] == ["acknowledge", "decline"]


def test_no_answer_holds_who_reported_nor_what_proves_or_wakes(desk: Desk) -> None:
    case = desk.referred()
    desk.waits(case)
    desk.report(
        case,
        1,
        disclosure={
            "kind": "identified",
            "contact": {"email": "canary@example.org"},
            "identity": {"name": "Canary Person"},
        },
    )
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    assert desk.case(case, ana).document["reports"][0]["disclosure"] == "identified"
    desk.queue(omar)
    desk.case(case, omar)
    desk.acknowledge(case, ACCEPT, omar, if_match='"0"')
    desk.acknowledge(case, ACCEPT, omar)
    shown = "".join(desk.shown)
    for canary in ("canary", "Canary", TOKEN, "contact_box", "identity_box", "verifier", "pepper"):
        assert canary not in shown
    assert any(TOKEN in str(item) for item in desk.items()) is False
    assert "banque" not in desk.logs.getvalue()


def test_reports_are_read_page_by_page_though_many_came_in_the_same_millisecond(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "REPORTS_SHOWN", 4)
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    sent = {desk.report(case, number) for number in range(1, 11)}
    seen: list[str] = []
    query: dict[str, str] = {}
    while True:
        view = desk.case(case, ana, **query).document
        assert len(view["reports"]) <= 4
        seen += [report["reference"] for report in view["reports"]]
        if "cursor" not in view:
            break
        query = {"cursor": view["cursor"]}
    assert (len(seen), set(seen)) == (10, sent)


def test_a_page_of_long_reports_stays_within_what_can_be_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LARGEST_PAGE", 5_000)
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    sent = [
        desk.report(case, number, at=f"2026-03-02T11:00:0{number}.000Z", narrative="ن" * 2_000)
        for number in range(1, 6)
    ]
    first = desk.case(case, ana).document
    assert [report["reference"] for report in first["reports"]] == sent[:2]
    second = desk.case(case, ana, cursor=first["cursor"]).document
    assert [report["reference"] for report in second["reports"]] == sent[2:4]


def test_a_report_that_moved_to_another_case_is_not_shown_with_the_old_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, old, new = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    desk.report(old, 50)
    stale = desk.table.reports.of(old.id, 10)
    desk.table.reports.link(a_reference(50), new.id, "2026-03-02T11:00:00.000Z", ["phone"])
    monkeypatch.setattr(LinkedReports, "of", lambda *_: stale)
    assert desk.case(old, ana).document["reports"] == []


def test_a_cursor_of_another_case_is_refused(desk: Desk) -> None:
    case = desk.in_review()
    forged = cursors.write(a_case(9).id, f"2026-03-02T11:00:00.000Z#{a_reference()}")
    assert desk.case(case, desk.enrol(Role.ANALYST), cursor=forged).status == 422


# ---- the duty desk -----------------------------------------------------------------------------


def test_the_duty_desk_sees_what_is_imminent_overdue_undelivered_or_stuck(desk: Desk) -> None:
    desk.in_review()
    imminent = desk.in_review(Priority.IMMEDIATE, imminent=True)
    overdue = desk.table.save(deadlines.escalated(desk.in_review(), NOON, (60, 60)))
    stuck = desk.table.save(running.stuck(desk.in_review(), NOON, "restarts"))
    queued = desk.table.save(
        referring.referred(
            desk.table.save(
                review.confirmed(
                    desk.in_review(),
                    NOON,
                    "ana",
                    category="fraud",
                    priority=Priority.URGENT,
                    territory=None,
                    country=None,
                    unit=None,
                )
            ),
            NOON,
            unit=RABAT,
            data={},
        )
    )
    undelivered = desk.table.save(referring.undelivered(queued, NOON, "NotFound"))

    duty = desk.get("duty", desk.enrol(Role.SUPERVISOR)).document
    assert {kind: [line["id"] for line in duty[kind]] for kind in Duty} == {
        "imminent": [imminent.id],
        "overdue": [overdue.id],
        "undelivered": [undelivered.id],
        "stuck": [stuck.id],
    }
    assert duty["undelivered"][0]["referral"]["failure"] == "NotFound"
    assert duty["undelivered"][0]["referral"]["failures"] == 1
    assert duty["stuck"][0]["stuck"] == "restarts"


def test_what_was_dealt_with_leaves_the_duty_desk(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = desk.table.save(
        deadlines.escalated(desk.in_review(Priority.IMMEDIATE, imminent=True), NOON, (60, 60))
    )
    assert desk.review(case, CONFIRM, ana).status == 202
    case = desk.table.case(case.id)
    case = desk.table.save(referring.referred(case, NOON, unit=RABAT, data={}))
    desk.acknowledge(case, ACCEPT, desk.enrol(Role.OFFICER, RABAT))
    duty = desk.get("duty", ana).document
    assert all(duty[kind] == [] for kind in Duty)
    assert not [item for item in desk.items() if item["pk"] == keys.DUTY_PARTITION]


def test_a_line_that_is_no_longer_true_is_not_shown(desk: Desk) -> None:
    case = desk.in_review()
    item = to_wire(keys.duty_key("overdue", case.id))
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)
    assert desk.get("duty", desk.enrol(Role.ANALYST)).document["overdue"] == []


def test_a_long_list_of_the_duty_desk_goes_on_at_its_cursor(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    late = {
        desk.table.save(deadlines.escalated(desk.in_review(), NOON, (60, 60))).id for _ in range(5)
    }
    stuck = desk.table.save(running.stuck(desk.in_review(), NOON, "restarts"))
    duty = desk.get("duty", ana, limit="2").document
    assert [line["id"] for line in duty["stuck"]] == [stuck.id]
    seen: list[str] = [line["id"] for line in duty["overdue"]]
    while "overdue" in duty["cursors"]:
        duty = desk.get("duty", ana, limit="2", cursor=duty["cursors"]["overdue"]).document
        assert duty["stuck"] == []
        seen += [line["id"] for line in duty["overdue"]]
    assert (len(seen), set(seen)) == (5, late)


# ---- the document ------------------------------------------------------------------------------


def test_a_body_that_is_not_strict_json_is_refused(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    twice = '{"outcome":"reject","outcome":"confirm","reason":"duplicate"}'
    assert problem(desk.review(case, twice, ana)) == "not-json"
    assert problem(desk.review(case, REJECT, ana, content_type="text/plain")) == (
        "unsupported-encoding"
    )


def test_answers_are_not_kept_by_anybody(desk: Desk) -> None:
    answered = desk.queue(desk.enrol(Role.ANALYST))
    assert answered.headers["Cache-Control"] == "no-store"
    assert answered.headers["X-Content-Type-Options"] == "nosniff"


def test_nobody_is_named_in_the_logs(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    key = str(uuid.uuid4())
    desk.review(case, CONFIRM, ana, idempotency_key=key)
    logged = desk.logs.getvalue()
    assert case.id in logged
    assert key not in logged
    assert all(json.loads(line) for line in logged.splitlines())


def test_a_decline_reason_is_one_of_the_few(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    for reason in DeclineReason:
        case = desk.referred()
        answered = desk.acknowledge(case, {**DECLINE, "reason": reason.value}, omar)
        assert answered.status == 202
    assert desk.acknowledge(desk.referred(), {**DECLINE, "reason": "busy"}, omar).status == 422
