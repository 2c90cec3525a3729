"""The holder of the case takes back the ground of an open gate; it also ends with its report."""

from __future__ import annotations

import pytest

from casework.aws.table.erasure import erase_report
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.decisions.staff import Role
from casework.moves import referrals
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import problem
from tests.integration.desks import ACCEPT, Desk, a_decision
from tests.integration.gates import DOUBT, does, opened, suspects, verdict
from tests.integration.lives import NAMED, held, instruct, later, swept

ACCEPTED = {"outcome": "accept"}


def accepted(desk: Desk, case: Case, reference: str, officer: str) -> int:
    """The number of the request whose identity the officer opened and accepted."""
    number = opened(desk, case, reference, officer)
    assert verdict(desk, case, number, officer, ACCEPTED).status == 200
    assert suspects(desk, case, officer) == 200
    return number


def reassigned(desk: Desk, case: Case, unit: str, officer: str) -> None:
    """A supervisor gives the case to another unit, whose officer takes it."""
    sofia = desk.enrol(Role.SUPERVISOR)
    event = a_decision(desk.table.get_case(case.id), "reassign", {"unit": unit}, sofia)
    path = f"/v1/desk/duty/{case.id}/reassign"
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    assert desk.call(event).status in {200, 202}
    desk.table.save(referrals.mark_published(desk.table.get_case(case.id), NOON, (60,)))
    assert does(desk, case, "acknowledgement", ACCEPT, officer).status in {200, 202}


# ---- by any officer of the unit that holds the case ----------------------------------------------


def test_a_colleague_takes_back_an_acceptance_of_an_identity_they_never_opened(desk: Desk) -> None:
    omar, rita = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    number = accepted(desk, case, case.opened_by, omar)
    entry = desk.table.get_case(case.id).gate[0].event

    doubted = verdict(desk, case, number, rita, DOUBT)

    assert (doubted.status, doubted.document["status"]) == (200, "awaiting_authorisation")
    last = desk.case(case, rita).document["history"][-1]
    assert (last["by"], last["data"]["corrects"], last["words"]) == (rita, entry, DOUBT["reason"])
    assert suspects(desk, case, omar) == 409


def test_only_the_officer_who_opened_an_unaccepted_identity_may_doubt_it(
    desk: Desk,
) -> None:
    omar, rita = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    number = opened(desk, case, case.opened_by, omar)
    assert problem(verdict(desk, case, number, rita, DOUBT)) == "identity-not-released"
    assert verdict(desk, case, number, omar, ACCEPTED).status == 200
    assert verdict(desk, case, number, rita, DOUBT).status == 200
    assert problem(verdict(desk, case, number, rita, DOUBT)) == "identity-not-released"


def test_the_next_unit_of_a_case_takes_back_an_acceptance_of_the_former_unit(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = held(desk, omar, disclosure=NAMED)
    number = accepted(desk, case, case.opened_by, omar)
    reassigned(desk, case, SALE, sara)
    assert verdict(desk, case, number, omar, DOUBT).status == 404
    doubted = verdict(desk, case, number, sara, DOUBT)
    assert doubted.document["status"] == "awaiting_authorisation"
    assert suspects(desk, case, sara) == 409


@pytest.mark.parametrize("colleague", [False, True])
def test_an_acceptance_is_taken_back_once_its_report_is_erased_too(
    desk: Desk, *, colleague: bool
) -> None:
    """A decision outlives the erased report, so a person must be able to undo it."""
    omar, rita = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    named = desk.report(case, 88, disclosure=NAMED)
    number = accepted(desk, case, named, omar)
    assert erase_report(desk.table, named, NOON, "the data officer")
    assert suspects(desk, case, omar) == 200
    assert desk.case(case, omar).document["gate"][0]["report"] == named
    doubted = verdict(desk, case, number, rita if colleague else omar, DOUBT)
    assert (doubted.status, doubted.document["status"]) == (200, "awaiting_authorisation")
    assert suspects(desk, case, omar) == 409
    assert desk.table.get_case(case.id).status is Status.AWAITING_AUTHORISATION
    again = verdict(desk, case, number, omar, ACCEPTED)
    assert problem(again) == "identity-not-released", "nobody can look at it any more"


# ---- as its report leaves the case ---------------------------------------------------------------


def taken_out(desk: Desk, case: Case, report: str, by: str) -> None:
    said = {"report": report, "because": "other_facts"}
    assert does(desk, case, "take-out", said, by).status in {200, 202}


def test_a_gate_shuts_when_the_only_report_that_opened_it_is_taken_out(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    named = desk.report(case, 88, disclosure=NAMED)
    number = accepted(desk, case, named, omar)

    taken_out(desk, case, named, omar)

    shown = desk.case(case, omar).document
    assert (shown["status"], shown["gate"]) == ("awaiting_authorisation", [])
    assert "authorisation" in {each["kind"] for each in shown["deadlines"]}
    assert suspects(desk, case, omar) == 409
    assert desk.table.get_case(case.id).suspects == ("sought",), "what was done stands"
    assert problem(verdict(desk, case, number, omar, ACCEPTED)) == "illegal-move"
    assert find_first_difference(desk.table.get_case(case.id), desk.table.events(case.id)) is None


def test_a_gate_with_another_ground_stays_open_when_a_report_is_taken_out(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    named = desk.report(case, 88, disclosure=NAMED)
    for report in (case.opened_by, named):
        accepted(desk, case, report, omar)
    stranger = desk.report(case, 89, disclosure=NAMED)
    taken_out(desk, case, stranger, omar)
    assert len(desk.table.get_case(case.id).gate) == 2
    taken_out(desk, case, named, omar)
    (left,) = desk.table.get_case(case.id).gate
    assert left.report == case.opened_by
    assert suspects(desk, case, omar) == 200


def test_a_report_taken_out_before_the_referral_opens_no_gate_for_the_unit(
    desk: Desk,
) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = held(desk, omar)
    named = desk.report(case, 88, disclosure=NAMED)
    accepted(desk, case, named, omar)
    assert instruct(desk, case, "transfer", omar, unit=SALE).status in {200, 202}
    taken_out(desk, case, named, sara)
    desk.table.save(referrals.mark_published(desk.table.get_case(case.id), NOON, (60,)))
    taken = does(desk, case, "acknowledgement", ACCEPT, sara)
    assert taken.document["status"] == "awaiting_authorisation"


def test_a_gate_shuts_when_the_case_of_the_accepted_reporter_is_split_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    case, other = held(desk, omar), desk.in_review()
    named = desk.report(other, 88, disclosure=NAMED)
    assert desk.review(other, {"outcome": "merge", "into": case.id}, ana).status == 202
    later(monkeypatch, minutes=0)
    swept()
    accepted(desk, case, named, omar)

    split = desk.review(desk.table.get_case(other.id), {"outcome": "split"}, ana)

    assert split.status in {200, 202}
    after = desk.table.get_case(case.id)
    assert (after.status, after.gate) == (Status.AWAITING_AUTHORISATION, ())
    assert after.authorisation is not None
    assert suspects(desk, case, omar) == 409
    assert find_first_difference(after, desk.table.events(case.id)) is None


def test_a_gate_opened_by_the_own_reporter_stays_open_when_another_case_is_split_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    case, other = held(desk, omar, disclosure=NAMED), desk.in_review()
    desk.report(other, 88, disclosure=NAMED)
    accepted(desk, case, case.opened_by, omar)
    assert desk.review(other, {"outcome": "merge", "into": case.id}, ana).status == 202
    later(monkeypatch, minutes=0)
    swept()
    assert desk.review(desk.table.get_case(other.id), {"outcome": "split"}, ana).status in {
        200,
        202,
    }
    assert suspects(desk, case, omar) == 200


@pytest.mark.parametrize("left", [False, True])
def test_a_split_case_takes_along_no_identity_of_a_report_that_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, left: bool
) -> None:
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    case, other = held(desk, omar), held(desk, omar)
    named = desk.report(other, 88, disclosure=NAMED)
    accepted(desk, other, named, omar)
    assert instruct(desk, other, "join", omar, into=case.id).status in {200, 202}
    later(monkeypatch, minutes=0)
    swept()
    if left:
        taken_out(desk, case, named, omar)
    assert desk.review(desk.table.get_case(other.id), {"outcome": "split"}, ana).status in {
        200,
        202,
    }
    assert bool(desk.table.get_case(other.id).gate) is not left
