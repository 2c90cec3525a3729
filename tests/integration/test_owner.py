"""A unit says which of its officers works on a case."""

from __future__ import annotations

import json

import pytest

from casework.case.case import Case
from casework.decisions.staff import Role
from casework.text.realm import Realm
from tests.builders import RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk, an_event
from tests.integration.lives import inquiring, instruct


def give(desk: Desk, case: Case, by: str, to: str | None) -> Answered:
    headers = {"content-type": "application/json"}
    path, body = f"/v1/desk/cases/{case.id}/owner", json.dumps({"to": to} if to else {})
    return desk.call(an_event("PUT", path, by, headers=headers, body=body))


def owner(desk: Desk, case: Case, by: str) -> tuple[str | None, str | None]:
    """The owner of a case on the list of its unit, and their name."""
    page = desk.queue(by, of="held").document
    (line,) = (each for each in page["cases"] if each["id"] == case.id)
    return line.get("owner"), page["people"].get(line.get("owner"))


def test_an_officer_takes_a_case_of_the_unit_gives_it_to_a_colleague_and_gives_it_back(
    desk: Desk,
) -> None:
    omar, lina = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    answered = give(desk, case, omar, omar)
    assert (answered.status, answered.headers["ETag"]) == (200, case.etag)
    assert owner(desk, case, lina) == (omar, "A person")
    assert give(desk, case, lina, lina).document["owner"] == lina
    assert give(desk, case, lina, lina).status == 200, "again, it is no further entry"
    assert "owner" not in give(desk, case, omar, None).document
    told = [each.data["to"] for each in desk.table.events(case.id) if each.move == "assign"]
    assert told == [omar, lina, None]


def test_nobody_outside_the_unit_gives_or_gets_its_case(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    gone = desk.enrol(Role.OFFICER, RABAT, active=False)
    boss, trial = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.OFFICER, RABAT, realm=Realm.TRIAL)
    case = inquiring(desk, omar)
    assert problem(give(desk, case, sara, sara)) == "case-not-found"
    for each in (sara, gone, boss, trial, "nobody"):
        assert problem(give(desk, case, omar, each)) == "not-valid"
    assert problem(give(desk, case, boss, omar)) == "not-allowed"
    people = desk.get("colleagues", omar).document["people"]
    assert people == [{"subject": omar, "name": "A person"}]


def test_a_case_that_is_not_taken_is_nobodys(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    assert problem(give(desk, case, omar, omar)) == "illegal-move"


def test_a_case_has_no_owner_in_the_next_unit(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar)
    give(desk, case, omar, omar)
    assert instruct(desk, desk.table.get_case(case.id), "transfer", omar, unit=SALE).status == 200
    assert "owner" not in desk.case(case, sara).document


@pytest.mark.parametrize("to", ["", "x" * 129])
def test_a_subject_that_is_none_is_refused(desk: Desk, to: str) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    path, body = f"/v1/desk/cases/{case.id}/owner", json.dumps({"to": to})
    headers = {"content-type": "application/json"}
    assert (
        problem(desk.call(an_event("PUT", path, omar, headers=headers, body=body))) == "not-valid"
    )
