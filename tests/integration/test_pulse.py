"""A page of the desk asks every few seconds what waits now, in few bytes and read units."""

from __future__ import annotations

import pytest

from casework.case.parts import Duty
from casework.decisions.staff import Role
from tests.builders import RABAT, SALE
from tests.integration.desks import Desk


def test_the_pulse_counts_the_own_queues_and_the_duty_desk(desk: Desk) -> None:
    for _ in range(3):
        desk.in_review()
    danger = desk.in_review(imminent=True)
    desk.contested()
    ana, sara = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    assert desk.get("pulse", ana).document == {
        "waiting": 4,
        "duty": {Duty.IMMINENT: 1},
        "imminent": [danger.id],
        "most": 100,
    }
    assert desk.get("pulse", sara).document["waiting"] == 5


def test_officers_hear_of_their_own_unit_alone(desk: Desk) -> None:
    desk.in_review(imminent=True)
    desk.referred(SALE)
    desk.referred(RABAT)
    pulse = desk.get("pulse", desk.enrol(Role.OFFICER, RABAT)).document
    assert pulse == {"waiting": 1, "duty": {}, "imminent": [], "most": 100}


def test_counting_ends_where_the_number_tells_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.desk.shown.lists.PULSE_MOST", 2)
    for _ in range(3):
        desk.in_review()
        desk.contested()
    answered = desk.get("pulse", desk.enrol(Role.SUPERVISOR))
    assert answered.document["waiting"] == 2
    assert len(answered.text) < 300
