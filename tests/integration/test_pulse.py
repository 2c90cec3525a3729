"""A page of the desk asks every few seconds what waits now, in few bytes and read units."""

from __future__ import annotations

import pytest

from casework.case.value_objects import Duty, Priority
from casework.decisions.staff import Role
from tests.builders import RABAT, SALE
from tests.integration.desks import ACCEPT, Desk


def test_the_pulse_counts_the_own_queues_and_the_duty_desk(desk: Desk) -> None:
    for _ in range(3):
        desk.in_review()
    danger = desk.in_review(imminent=True)
    desk.contested()
    ana, sara = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    pulse = dict(desk.get("pulse", ana).document)
    assert pulse.pop("desk")
    assert pulse == {
        "waiting": 4,
        "duty": {Duty.IMMINENT: 1},
        "imminent": [danger.id],
        "immediate": [danger.id],
        "glances": {"waiting": 0, "overdue": 0, "most": 100},
        "samples": 0,
        "mentions": 0,
        "most": 100,
    }
    assert desk.get("pulse", sara).document["waiting"] == 5


def test_officers_hear_of_their_own_unit_alone(desk: Desk) -> None:
    desk.in_review(imminent=True)
    desk.referred(SALE)
    desk.referred(RABAT)
    pulse = desk.get("pulse", desk.enrol(Role.OFFICER, RABAT)).document
    assert pulse == {
        "waiting": 1,
        "duty": {},
        "imminent": [],
        "immediate": [],
        "mentions": 0,
        "most": 100,
    }


def test_an_immediate_case_of_the_unit_is_heard_while_it_waits_and_while_it_is_held(
    desk: Desk,
) -> None:
    case = desk.referred(RABAT, priority=Priority.IMMEDIATE)
    rahma = desk.enrol(Role.OFFICER, RABAT)
    assert desk.get("pulse", rahma).document["immediate"] == [case.id]
    desk.acknowledge(case, ACCEPT, rahma)
    assert desk.get("pulse", rahma).document["immediate"] == [case.id]
    assert desk.get("pulse", rahma).document["waiting"] == 0
    assert desk.get("pulse", desk.enrol(Role.OFFICER, SALE)).document["immediate"] == []


def test_a_flood_of_false_danger_hides_no_later_alert(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.desk.queries.lists.MAX_PULSE_COUNT", 3)
    for minute in range(5):
        desk.in_review(imminent=True, opened_at=f"2026-03-02T11:{minute:02}:00.000Z")
    true = desk.in_review(imminent=True, opened_at="2026-03-02T11:30:00.000Z")
    assert desk.get("pulse", desk.enrol(Role.ANALYST)).document["imminent"][0] == true.id


def test_counting_ends_where_the_number_tells_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.desk.queries.lists.MAX_PULSE_COUNT", 2)
    for _ in range(3):
        desk.in_review()
        desk.contested()
    answered = desk.get("pulse", desk.enrol(Role.SUPERVISOR))
    assert answered.document["waiting"] == 2
    assert len(answered.text) < 350
