"""Danger recorded by a person makes a case as urgent as danger in a report."""

from __future__ import annotations

import pytest

from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.case.value_objects import Opener, Priority
from casework.decisions.staff import Role
from casework.moves.additions import record_addition
from casework.pack.clocks import jurisdiction_clocks
from casework.report.followup import AdditionKind
from functions.desk import deployment
from tests.builders import NOON, RABAT
from tests.integration.desks import Desk
from tests.integration.gates import MOTIVE, PASS, WITHDRAW, does
from tests.integration.lives import NAMED, held, inquiring, later

NO_DANGER = {"outcome": "no_danger", "reason": "Il est parti, dit la victime.", "dangers": 0}


def left(desk: Desk, case: Case, by: str) -> dict[str, int]:
    """Seconds until each deadline of the case."""
    shown = desk.case(case, by).document["deadlines"]
    return {each["kind"]: each["seconds_left"] for each in shown}


@pytest.mark.parametrize("danger", ["life", "child", "attack"])
def test_a_case_becomes_immediate_when_a_person_records_danger(desk: Desk, danger: str) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    before, case = held(desk, omar), held(desk, omar)
    assert (case.priority, case.imminent) == (Priority.STANDARD, False)

    assert does(desk, case, "danger", {**PASS, "danger": danger}, omar).status == 200

    after = desk.table.get_case(case.id)
    assert (after.priority, after.imminent) == (Priority.IMMEDIATE, True)
    assert left(desk, case, omar) == {"instruction": 4 * 3_600, "informing": 3_600}
    said = desk.case(case, omar).document["history"][-1]["data"]
    assert (said["priority"], said["imminent"]) == ("immediate", True)
    queue = [line["id"] for line in desk.queue(omar, of="held").document["cases"]]
    assert queue == [case.id, before.id]
    assert find_first_difference(after, desk.table.events(case.id)) is None


def test_danger_is_recorded_after_the_prosecutor_authorised_too(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert case.status is Status.ACKNOWLEDGED
    before = left(desk, case, omar)

    assert does(desk, case, "danger", PASS, omar).status == 200

    after = desk.table.get_case(case.id)
    assert (after.priority, after.imminent) == (Priority.IMMEDIATE, True)
    assert after.status is Status.ACKNOWLEDGED
    assert [each.by for each in after.gate][-1] is Opener.DANGER
    assert all(seconds <= before[kind] for kind, seconds in left(desk, case, omar).items())
    assert find_first_difference(after, desk.table.events(case.id)) is None
    assert does(desk, case, "danger", WITHDRAW, omar).status == 200
    assert desk.table.get_case(case.id).status is Status.ACKNOWLEDGED, "the authorisation stands"


def test_danger_shortens_every_running_deadline(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    wish = {"report": case.opened_by, "motive": MOTIVE}
    assert does(desk, case, "identity-requests", wish, omar).status == 201
    desk.table.update(
        case.id,
        lambda now: record_addition(
            now,
            NOON,
            report=case.opened_by,
            addition="a1",
            kind=AdditionKind.MORE,
            clocks=jurisdiction_clocks(deployment.desk_jurisdiction()),
        ),
    )
    slow = left(desk, case, omar)
    assert slow["identity"] == 48 * 3_600
    assert slow["unread"] == 72 * 3_600
    assert does(desk, case, "danger", PASS, omar).status == 200
    half_an_hour = 1_800
    assert left(desk, case, omar) == {
        "instruction": 4 * 3_600,
        "informing": 2 * half_an_hour,
        "identity": half_an_hour,
        "unread": half_an_hour,
    }


def test_danger_delays_no_deadline_of_an_urgent_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, priority=Priority.IMMEDIATE, disclosure=NAMED)
    wish = {"report": case.opened_by, "motive": MOTIVE}
    assert does(desk, case, "identity-requests", wish, omar).status == 201
    later(monkeypatch, minutes=20)
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert left(desk, case, omar)["identity"] == 600


def test_a_case_keeps_its_urgency_when_danger_is_withdrawn_until_a_person_denies_it(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert does(desk, case, "danger", WITHDRAW, omar).status == 200
    after = desk.table.get_case(case.id)
    assert (after.priority, after.imminent) == (Priority.IMMEDIATE, True)
    assert left(desk, case, omar) == {"authorisation": 3_600, "informing": 3_600}
    assert does(desk, case, "danger", NO_DANGER, omar).status == 200
    after = desk.table.get_case(case.id)
    assert (after.priority, after.imminent) == (Priority.IMMEDIATE, False)
