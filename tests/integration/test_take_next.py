"""A person asks for work and gets the most urgent case that nobody works on, held for them."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from casework.case.case import Case
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from functions.desk import deployment
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, CONFIRM, REJECT, Desk, an_event
from tests.tables import one_call_at_a_time


def take(desk: Desk, by: str, **asked: object) -> Answered:
    headers = {"idempotency-key": str(uuid.uuid4()), "content-type": "application/json"}
    body = json.dumps(asked)
    return desk.call(an_event("POST", "/v1/desk/next", by, headers=headers, body=body))


def taken(desk: Desk, by: str, **asked: object) -> str:
    answered = take(desk, by, **asked)
    assert answered.status == 200, answered.text
    return str(answered.document["id"])


def test_the_most_urgent_case_comes_first_and_is_held(desk: Desk) -> None:
    desk.in_review(Priority.STANDARD)
    urgent = desk.in_review(Priority.URGENT)
    ana = desk.enrol(Role.ANALYST)
    answered = take(desk, ana)
    assert (answered.status, answered.document["id"]) == (200, urgent.id)
    assert answered.document["hold"]["by"] == ana
    assert answered.document == desk.case(urgent, ana).document
    assert desk.review(urgent, CONFIRM, ana, **{"if-match": answered.etag}).status == 202


def test_a_case_that_one_holds_already_comes_again(desk: Desk) -> None:
    """An answer that was lost on the way costs no case a quarter of an hour."""
    first = desk.in_review(Priority.STANDARD)
    ana = desk.enrol(Role.ANALYST)
    assert taken(desk, ana) == first.id
    urgent = desk.in_review(Priority.URGENT)
    assert taken(desk, ana) == first.id
    assert taken(desk, ana, skip=[first.id]) == urgent.id


def test_taking_again_holds_a_case_no_longer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.in_review()
    ana = desk.enrol(Role.ANALYST)
    until = take(desk, ana).document["hold"]["until"]
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(minutes=5))
    assert take(desk, ana).document["hold"]["until"] == until


def test_nobody_keeps_a_whole_queue_from_others(desk: Desk) -> None:
    """Who passes over what they hold has to give it back."""
    for _ in range(5):
        desk.in_review()
    ana, bea = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    mine = list[str]()
    for _ in range(3):
        mine.append(taken(desk, ana, skip=mine))
    refused = take(desk, ana, skip=mine)
    assert (refused.status, problem(refused)) == (409, "too-many")
    assert taken(desk, bea) not in mine
    case = desk.table.get_case(mine[0])
    desk.call(an_event("DELETE", f"/v1/desk/cases/{case.id}/hold", ana))
    assert taken(desk, ana, skip=mine) not in mine


def test_nothing_is_taken_where_nothing_waits(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    assert (take(desk, ana).status, take(desk, ana).text) == (204, "")
    case = desk.in_review()
    assert taken(desk, ana) == case.id
    bea = desk.enrol(Role.ANALYST)
    assert take(desk, bea).status == 204, "a colleague works on the only one"
    desk.review(case, REJECT, ana)
    assert take(desk, ana).status == 204


def test_cases_beyond_the_first_page_are_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.desk.queries.lists.CASE_BATCH_SIZE", 2)
    waiting = [desk.in_review() for _ in range(5)]
    people, seen = [desk.enrol(Role.ANALYST) for _ in waiting], list[str]()
    for each in people:
        seen.append(taken(desk, each, skip=seen))
    assert sorted(seen) == sorted(each.id for each in waiting)
    assert take(desk, people[0], skip=seen).status == 204


def test_another_kind_comes_between_two_that_are_hard_to_bear(desk: Desk) -> None:
    def waiting(category: str, priority: Priority, minute: int) -> Case:
        opened = f"2026-03-02T11:{minute:02}:00.000Z"
        return desk.in_review(priority, opened_at=opened, category=category)

    hard = waiting("terrorism", Priority.URGENT, 1)
    other = waiting("fraud", Priority.STANDARD, 2)
    ana = desk.enrol(Role.ANALYST)
    assert taken(desk, ana, other_than="terrorism") == other.id
    bea = desk.enrol(Role.ANALYST)
    assert taken(desk, bea, other_than="terrorism") == hard.id, "there is no other left"
    waiting("terrorism", Priority.STANDARD, 3)
    now = waiting("terrorism", Priority.IMMEDIATE, 4)
    waiting("fraud", Priority.STANDARD, 5)
    carl = desk.enrol(Role.ANALYST)
    assert taken(desk, carl, other_than="terrorism") == now.id, "danger does not wait for a rest"


def test_whoever_used_up_the_hour_gets_another_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = desk.in_review(Priority.URGENT), desk.in_review(Priority.STANDARD)
    ana = desk.enrol(Role.ANALYST)
    for minutes in (0, 14, 28, 42, 56):
        monkeypatch.setattr(deployment, "now", lambda at=minutes: NOON + timedelta(minutes=at))
        assert taken(desk, ana) == first.id
        headers = {"idempotency-key": str(uuid.uuid4())}
        held = an_event("POST", f"/v1/desk/cases/{first.id}/hold", ana, headers=headers)
        assert desk.call(held).status == 200
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(minutes=61))
    assert taken(desk, ana) == second.id


def test_who_proposed_gets_another_case_until_a_second_person_has_looked(desk: Desk) -> None:
    case = desk.in_review(category="terrorism")
    ana, bea = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    shown = take(desk, ana)
    confirm = {**CONFIRM, "category": "terrorism"}
    assert desk.review(case, confirm, ana, **{"if-match": shown.etag}).status == 200
    assert take(desk, ana).status == 204
    answered = take(desk, bea)
    assert (answered.document["id"], answered.document["proposed_by"]) == (case.id, ana)
    assert answered.document["people"].keys() >= {ana, bea}


def test_an_officer_takes_the_next_referral_of_the_own_unit(desk: Desk) -> None:
    desk.referred(SALE)
    mine = desk.referred(RABAT)
    rahma = desk.enrol(Role.OFFICER, RABAT)
    answered = take(desk, rahma)
    assert answered.document["id"] == mine.id
    assert answered.document["referral"]["opened_at"], "the unit has opened it"
    assert desk.acknowledge(mine, ACCEPT, rahma, **{"if-match": answered.etag}).status == 202
    assert take(desk, rahma).status == 204


def test_people_who_ask_at_once_get_different_cases(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_call_at_a_time(monkeypatch)
    waiting = {desk.in_review().id for _ in range(8)}
    people = [desk.enrol(Role.ANALYST) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda each: taken(desk, each), people))
    assert sorted(found) == sorted(waiting)


@pytest.mark.parametrize("role", [Role.CUSTODIAN, Role.AUDITOR, Role.ADMIN])
def test_those_who_have_no_queue_take_nothing(desk: Desk, role: Role) -> None:
    desk.in_review()
    assert take(desk, desk.enrol(role)).status == 403


@pytest.mark.parametrize("skip", [["x"], ["C-" + "0" * 17], "C", [1]])
def test_only_cases_can_be_passed_over(desk: Desk, skip: object) -> None:
    refused = take(desk, desk.enrol(Role.ANALYST), skip=skip)
    assert (refused.status, problem(refused)) == (422, "not-valid")
    assert refused.document["errors"][0]["pointer"].startswith("#/skip")


def test_the_page_names_what_reports_name_and_who_acted(desk: Desk) -> None:
    case = desk.in_review()
    reference = desk.report(case, 1)
    ana = desk.enrol(Role.ANALYST)
    shown = take(desk, ana).document
    assert shown["people"] == {ana: "A person"}
    stored = desk.table.reports.get_report(reference)
    assert stored is not None
    own = set(stored.own_named)
    named = {
        (mark.partition(":")[0], value) for mark, value in stored.named.items() if mark not in own
    }
    assert named, "the report names something"
    assert {(each["kind"], each["value"]) for each in shown["identifiers"]} == named
    assert all(each["reports"] == [reference] for each in shown["identifiers"])
