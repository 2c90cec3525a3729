"""Supervisors see on one board what waits, what is late, and who has how much."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.moves import deadlines, triage
from casework.moves.severity import CaseSeverity
from functions.desk import deployment
from functions.desk.oversight import board as board_page
from tests.builders import NOON, RABAT, SALE, clocks_of
from tests.integration.answers import problem
from tests.integration.desks import (
    ACCEPT,
    CONFIRM,
    DECLINE,
    REJECT,
    Desk,
    a_decision,
    an_event,
    ids,
)
from tests.integration.test_dangers_on_the_duty_desk import endangered


def board_of(desk: Desk, by: str = "") -> dict[str, Any]:
    answered = desk.get("board", by or desk.enrol(Role.SUPERVISOR))
    assert answered.status == 200, answered.text
    return dict(answered.document)


def hold(desk: Desk, case: Case, by: str) -> None:
    headers = {"idempotency-key": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    path = f"/v1/desk/cases/{case.id}/hold"
    assert desk.call(an_event("POST", path, by, headers=headers)).status == 200


def at_time(monkeypatch: pytest.MonkeyPatch, **later: int) -> None:
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(**later))


def test_what_waits_is_counted_by_desk_priority_and_age(desk: Desk) -> None:
    for minutes in (10, 30, 90, 5 * 24 * 60):
        desk.in_review(opened_at=format_timestamp(NOON - timedelta(minutes=minutes)))
    desk.in_review(Priority.URGENT, opened_at=format_timestamp(NOON - timedelta(hours=5)))
    desk.contested()
    found = {(each["desk"], each["priority"]): each["ages"] for each in board_of(desk)["waiting"]}
    assert found[("review", "standard")] == [2, 1, 0, 0, 1]
    assert found[("review", "urgent")] == [0, 0, 1, 0, 0]
    assert sum(found[("supervision", "standard")]) == 1
    assert len(found) == 3


def test_late_contested_and_held_cases_and_second_looks_are_lists_to_act_on(desk: Desk) -> None:
    late, contested, held = desk.in_review(), desk.contested(), desk.in_review()
    severe = desk.in_review(category="child_sexual_exploitation")
    ana = desk.enrol(Role.ANALYST)
    escalated = deadlines.escalate_missed_deadline(
        late, NOON + timedelta(hours=5), (14_400, 14_400)
    )
    assert escalated is not None
    desk.table.save(escalated)
    hold(desk, held, ana)
    desk.review(severe, {"outcome": "confirm", "territory": "04.421"}, ana)
    board = board_of(desk)
    lists = {name: [each["id"] for each in board[name]] for name in ("late", "contested", "held")}
    assert lists == {"late": [late.id], "contested": [contested.id], "held": [held.id]}
    (second,) = board["second_looks"]
    assert (second["id"], second["proposed_by"]) == (severe.id, ana)
    assert board["people"][ana] == "A person"


def test_all_holds_are_one_list_oldest_first_however_calm_the_case_is_and_wherever_it_waits(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "MAX_REVIEW_CASES_READ", 0)
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    sara = desk.enrol(Role.SUPERVISOR)
    calm, given, over = (desk.in_review() for _ in range(3))
    of_unit = desk.referred(RABAT)
    for minutes, case, by in ((0, over, ana), (5, calm, ana), (9, of_unit, omar), (12, given, ana)):
        at_time(monkeypatch, minutes=minutes)
        hold(desk, case, by)
    at_time(monkeypatch, minutes=16)
    desk.call(an_event("DELETE", f"/v1/desk/cases/{given.id}/hold", ana))
    hold(desk, calm, ana)

    board = board_of(desk, sara)
    assert [each["id"] for each in board["held"]] == [calm.id, of_unit.id]
    assert board["held"][0]["hold"]["since"] == format_timestamp(NOON + timedelta(minutes=5))
    assert {each["by"]: each["held"] for each in board["load"]} == {ana: 1, omar: 1}
    assert "held_cursor" not in board
    first = desk.get("holds", sara, of="all", limit="1")
    rest = desk.get("holds", ana, of="all", cursor=first.document["cursor"])
    assert [*ids(first), *ids(rest)] == [calm.id, of_unit.id]
    assert "cursor" not in rest.document
    assert (ids(desk.get("holds", ana)), ids(desk.get("holds", omar))) == ([calm.id], [of_unit.id])
    both = desk.get("queue", ana, **{"with": "mine"})
    assert [each["id"] for each in both.document["mine"]] == [calm.id]
    assert both.document["cases"] == desk.get("queue", ana).document["cases"]
    assert "mine" not in desk.get("queue", ana).document
    for wrong in ({"with": "yours"}, {"as": "picture"}):
        (name,) = wrong
        answer = desk.get("queue", ana, **wrong)
        assert problem(answer) == "not-valid"
        assert [each["pointer"] for each in answer.document["errors"]] == [f"#/{name}"]
    assert problem(desk.get("holds", omar, of="all")) == "not-allowed"
    lines = [each for each in desk.items() if each["pk"] == "HOLDS"]
    assert len(lines) == 4, "to prolong, to give back and to decide write no line"


def test_units_are_shown_with_what_rests_and_how_fast_they_answered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    taken, given, waiting = desk.referred(RABAT), desk.referred(SALE), desk.referred(SALE)
    for case, said, by, minutes in (
        (taken, ACCEPT, omar, 20),
        (given, {**DECLINE, "competent_unit": RABAT}, sara, 50),
    ):
        at_time(monkeypatch, minutes=minutes)
        assert desk.acknowledge(case, said, by).status in {200, 202}
    board = board_of(desk)
    units = {each["unit"]: each for each in board["units"]}
    assert (units[RABAT]["held"], units[RABAT]["waiting"]) == (1, 0)
    assert (units[RABAT]["answered"], units[RABAT]["median_seconds"]) == (1, 1_200)
    assert (units[SALE]["held"], units[SALE]["waiting"]) == (0, 1)
    assert (units[SALE]["answered"], units[SALE]["median_seconds"]) == (1, 3_000)
    assert units[SALE]["waiting_since"] == waiting.moved_at
    # The pack of this deployment has a gate, which nobody has opened for the case.
    assert units[RABAT]["unauthorised"] == 1
    assert units[RABAT]["unauthorised_since"] == format_timestamp(NOON + timedelta(minutes=20))
    assert [each["id"] for each in board["unauthorised"]] == [taken.id]


def test_cases_without_an_authorisation_stand_by_priority_and_then_by_how_long_they_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    taken = []
    for minutes, priority in (
        (10, Priority.STANDARD),
        (20, Priority.URGENT),
        (30, Priority.URGENT),
    ):
        at_time(monkeypatch, minutes=minutes)
        case = desk.referred(RABAT, priority=priority)
        assert desk.acknowledge(case, ACCEPT, omar).status in {200, 202}
        taken.append(case.id)
    lines = board_of(desk)["unauthorised"]
    assert [each["id"] for each in lines] == [taken[1], taken[2], taken[0]]
    # The line says since when it rests, which is not when it was opened.
    assert [each["moved_at"] for each in lines] == [
        format_timestamp(NOON + timedelta(minutes=each)) for each in (20, 30, 10)
    ]


def test_each_person_is_shown_with_what_they_have_now_and_decided_today(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    desk.review(desk.in_review(), REJECT, ana)
    at_time(monkeypatch, days=1)
    desk.review(desk.in_review(), REJECT, ana)
    desk.review(desk.in_review(), CONFIRM, ana)
    hold(desk, desk.in_review(), ben)
    load = {each["by"]: (each["held"], each["decided"]) for each in board_of(desk)["load"]}
    assert load == {ana: (0, 2), ben: (1, 0)}


def test_corrections_of_proposals_are_counted_at_the_first_review(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    proposed = {"category": "fraud", "priority": "urgent", "territory": "04.421", "unit": RABAT}
    for changes in ({}, {"unit": SALE, "priority": "standard"}):
        assessed = triage.record_assessment(
            desk.received(),
            NOON,
            weight=CaseSeverity(Priority.URGENT),
            territory="04.421",
            clocks=clocks_of(14_400, 14_400),
            data=dict(proposed),
        )
        desk.review(desk.table.save(assessed), {**CONFIRM, **changes}, ana)
    found = {each["what"]: (each["kept"], each["corrected"]) for each in corrections(desk)}
    assert found == {"category": (2, 0), "priority": (1, 1), "territory": (2, 0), "unit": (1, 1)}


def corrections(desk: Desk) -> list[dict[str, Any]]:
    return list(board_of(desk)["corrections"])


def test_a_supervisor_reads_the_list_of_any_unit_page_by_page(desk: Desk) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    held, waiting, other = desk.referred(RABAT), desk.referred(RABAT), desk.referred(SALE)
    desk.acknowledge(held, ACCEPT, desk.enrol(Role.OFFICER, RABAT))
    page = desk.queue(sara, of=f"unit:{RABAT}", limit="1")
    rest = desk.queue(sara, of=f"unit:{RABAT}", cursor=page.document["cursor"])
    assert [*ids(page), *ids(rest)] == [waiting.id, held.id]
    assert ids(desk.queue(sara, of=f"unit:{SALE}")) == [other.id]
    assert problem(desk.queue(sara, of="unit:nowhere")) == "not-valid"
    assert problem(desk.queue(sara, of=f"unit:{SALE}", cursor=page.document["cursor"])) == (
        "not-valid"
    )
    for role in (Role.ANALYST, Role.OFFICER):
        by = desk.enrol(role, RABAT if role is Role.OFFICER else None)
        assert desk.queue(by, of=f"unit:{RABAT}").status == 403


def test_a_case_leaves_the_lines_of_a_unit_with_the_unit(desk: Desk) -> None:
    sara, case = desk.enrol(Role.SUPERVISOR), desk.referred(RABAT)
    assert [each["unit"] for each in board_of(desk, sara)["units"]] == [RABAT]
    said = {**DECLINE, "competent_unit": SALE}
    desk.acknowledge(case, said, desk.enrol(Role.OFFICER, RABAT))
    (unit,) = board_of(desk, sara)["units"]
    assert (unit["waiting"], unit["held"], unit["answered"]) == (0, 0, 1)


def test_danger_without_a_person_comes_first_until_somebody_has_it(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), endangered(desk)
    assert [each["id"] for each in board_of(desk)["without_person"]] == [case.id]
    assert desk.call(a_decision(case, "take", {}, ana)).status == 200
    assert board_of(desk)["without_person"] == []


def test_load_is_open_cases_and_deadlines_by_person_and_unit(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    late, soon, other = (desk.referred(RABAT) for _ in range(3))
    for case in (late, soon):
        assert desk.acknowledge(case, ACCEPT, omar).status in {200, 202}
        path = f"/v1/desk/cases/{case.id}/owner"
        body = json.dumps({"to": omar})
        headers = {"content-type": "application/json"}
        assert desk.call(an_event("PUT", path, omar, headers=headers, body=body)).status == 200
    board = board_of(desk)
    (load,) = board["load"]
    assert (load["by"], load["open"], load["held"], load["late"]) == (omar, 2, 0, 0)
    assert board["people"][omar] == "A person"
    at_time(monkeypatch, days=60)
    board = board_of(desk)
    (load,) = board["load"]
    assert (load["open"], load["late"], load["decided"]) == (2, 2, 0)
    (unit,) = board["units"]
    assert (unit["unit"], unit["late"]) == (RABAT, 3)
    assert other.id not in {late.id, soon.id}
    assert board["load_goes_on"] is False


def test_the_rule_that_people_overturn_is_named_with_its_cases(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    proposed: dict[str, Any] = {
        "category": "fraud",
        "category_by": "words",
        "priority": "urgent",
        "reasons": ["perhaps_a_child", "money_lost"],
        "language": "ary",
        "territory": "04.421",
        "territory_by": "text",
        "unit": RABAT,
        "rule": "territory",
    }
    reviewed = []
    for changes in ({}, {"unit": SALE, "priority": "standard"}, {"priority": "standard"}):
        assessed = triage.record_assessment(
            desk.received(),
            NOON,
            weight=CaseSeverity(Priority.URGENT),
            territory="04.421",
            clocks=clocks_of(14_400, 14_400),
            data=dict(proposed),
        )
        reviewed.append(desk.table.save(assessed))
        desk.review(reviewed[-1], {**CONFIRM, **changes}, ana)
    rows = {(each["by"], each["name"]): each for each in board_of(desk)["corrected"]}
    child = rows["rule", "perhaps_a_child"]
    assert (child["what"], child["kept"], child["corrected"]) == ("priority", 1, 2)
    assert (child["became"], set(child["cases"])) == (
        "standard",
        {each.id for each in reviewed[1:]},
    )
    assert rows["rule", "territory"]["became"] == SALE
    assert (rows["language", "ary"]["kept"], rows["language", "ary"]["corrected"]) == (9, 3)
    assert rows["category", "fraud"]["corrected"] == 3
    assert ("rule", "words") not in rows, "what nobody corrected is not listed"


def test_a_board_costs_as_many_reads_of_cases_however_many_stand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_page, "MAX_LOAD_CASES_READ", 2)
    sara = desk.enrol(Role.SUPERVISOR)
    read: list[int] = []
    get_cases = type(desk.table).get_cases

    def counted(table: Any, ids: Any) -> Any:
        read.append(len(ids))
        return get_cases(table, ids)

    monkeypatch.setattr(type(desk.table), "get_cases", counted)
    for _ in range(2):
        desk.referred(RABAT)
    assert board_of(desk, sara)["load_goes_on"] is False
    few = sum(read)
    for _ in range(5):
        desk.referred(RABAT)
    read.clear()
    board = board_of(desk, sara)
    assert (sum(read), board["load_goes_on"]) == (few, True)
    assert board["units"][0]["waiting"] == 7
