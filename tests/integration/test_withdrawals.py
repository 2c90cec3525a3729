"""A later entry withdraws an erroneous notice or end of a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.case.case import Case
from casework.case.history import CaseEvent, find_first_break
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.decisions.staff import Role
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import load_statistics_law
from casework.statistics.case_statistics import CaseMark, count_case
from casework.statistics.counts import shift_to_statistical_times
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk
from tests.integration.gates import PASS, does, suspects
from tests.integration.lives import (
    OFFICE,
    REJECT,
    court,
    held,
    inquiring,
    instruct,
    later,
    swept,
    to_court,
)

LAW = load_statistics_law(JURISDICTIONS_FOLDER / "ma")

WHY = {"reason": "Saisi par erreur dans ce dossier."}
TOLD = {"told": "complainant", "means": "letter"}


def untold(desk: Desk, case: Case, by: str) -> Answered:
    return does(desk, case, "notice/withdrawal", WHY, by)


def unended(desk: Desk, case: Case, by: str) -> Answered:
    return does(desk, case, "closure/withdrawal", WHY, by)


def kinds(desk: Desk, case: Case, by: str) -> set[str]:
    """The kinds of deadlines that run."""
    return {each["kind"] for each in desk.case(case, by).document["deadlines"]}


def events(desk: Desk, case: Case) -> list[CaseEvent]:
    return list(desk.table.events(case.id))


def stands(desk: Desk, case: Case) -> Case:
    """The case as it is now, which is the one that its history tells."""
    now, told = desk.table.get_case(case.id), events(desk, case)
    assert find_first_difference(now, told) is None
    assert find_first_break(told) is None
    return now


# ---- a notice ------------------------------------------------------------------------------------


def test_a_notice_recorded_in_error_is_owed_again_with_its_first_deadline(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar)
    assert problem(untold(desk, case, omar)) == "illegal-move"
    assert instruct(desk, case, "investigate", omar).status == 200
    owed = desk.table.get_case(case.id).notice
    assert does(desk, case, "notice", TOLD, omar).status == 200
    given = desk.table.get_case(case.id).events
    assert "notice_withdrawn" in desk.case(case, omar).document["may"]
    assert untold(desk, case, sara).status == 404

    withdrawn = untold(desk, case, omar)

    assert (withdrawn.status, withdrawn.document["status"]) == (200, "acknowledged")
    after = stands(desk, case)
    assert (after.notice, after.noticed) == (owed, 0)
    shown = desk.case(case, omar).document
    last = shown["history"][-1]
    assert (last["data"]["corrects"], last["words"]) == (given, WHY["reason"])
    assert {"notice_withdrawn", "notice"} & set(shown["may"]) == {"notice"}
    assert does(desk, case, "notice", TOLD, omar).status == 200


def test_a_notice_owed_again_is_overdue_at_its_first_deadline(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert instruct(desk, case, "investigate", omar).status == 200
    assert does(desk, case, "notice", TOLD, omar).status == 200
    later(monkeypatch, days=20)
    assert swept() == {}
    assert untold(desk, case, omar).status == 200
    assert swept() == {"notice": 1}


def test_of_two_notices_the_last_one_is_withdrawn_first(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    for day in ("2026-02-26", "2026-03-01"):
        number = f"{day[-1]}/2026"
        assert instruct(desk, case, "investigate", omar, decided_on=day, reference=number).status
        assert does(desk, case, "notice", TOLD, omar).status == 200
    due = []
    for _ in range(2):
        assert untold(desk, case, omar).status == 200
        notice = stands(desk, case).notice
        due.append(notice.due[:10] if notice else None)
    assert due == ["2026-03-16", "2026-03-13"]
    assert problem(untold(desk, case, omar)) == "illegal-move"


def test_an_annulled_instruction_makes_no_notice_owed_again(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    entry = instruct(desk, case, "investigate", omar).document["event"]
    assert does(desk, case, "notice", TOLD, omar).status == 200
    assert does(desk, case, "instructions", {"kind": "annul", "entry": entry, **WHY}, omar).status
    assert untold(desk, case, omar).status == 200
    assert stands(desk, case).notice is None


def test_a_supervisor_withdraws_a_notice_wherever_the_case_stands(desk: Desk) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = to_court(desk, omar)
    assert does(desk, case, "notice", TOLD, sofia).status == 200
    assert untold(desk, case, sofia).document["status"] == "closed"
    assert stands(desk, case).notice is not None


# ---- an end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_supervisor", [False, True])
def test_a_closing_entered_in_the_wrong_case_is_withdrawn_and_the_unit_goes_on(
    desk: Desk, *, by_supervisor: bool
) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    ana, sofia = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    case = inquiring(desk, omar)
    assert problem(unended(desk, case, omar)) == "illegal-move"
    assert suspects(desk, case, omar) == 200
    entry = instruct(desk, case, "close", omar, ground="no_offence").document["event"]
    closed = desk.table.get_case(case.id)
    assert closed.retention is not None
    assert closed.notice is not None
    assert "resume" in desk.case(case, omar).document["may"]
    assert unended(desk, case, sara).status == 404
    assert unended(desk, case, ana).status == 403

    withdrawn = unended(desk, case, sofia if by_supervisor else omar)

    assert withdrawn.document["status"] == "acknowledged"
    after = stands(desk, case)
    assert (after.closed, after.closed_at, after.retention) == (None, None, None)
    assert after.notice is None, "nothing was decided that the complainant must hear"
    assert kinds(desk, case, omar) == {"instruction"}
    shown = desk.case(case, omar).document
    (said,) = shown["instructions"]
    assert (said["entry"], said["annulled"]["words"]) == (entry, WHY["reason"])
    assert case.id in [each["id"] for each in desk.queue(omar, of="held").document["cases"]]
    assert suspects(desk, case, omar) == 200, "the gate is open as it was"
    assert len(desk.table.get_case(case.id).suspects) == 2
    assert instruct(desk, case, "close", omar, ground="no_offence").status == 200


def test_withdrawing_an_end_by_a_unit_restores_the_status_of_the_case(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    closure: dict[str, Any] = {**OFFICE, "court": court(desk)}
    refused, sent = held(desk, omar), inquiring(desk, omar)
    for case, reason in ((refused, "authorisation_refused"), (sent, "sent_abroad")):
        assert does(desk, case, "closure", {**closure, "reason": reason}, omar).status == 200
        assert unended(desk, case, omar).status == 200
    assert stands(desk, refused).status is Status.AWAITING_AUTHORISATION
    assert kinds(desk, refused, omar) == {"authorisation"}
    assert suspects(desk, refused, omar) == 409
    assert stands(desk, sent).status is Status.ACKNOWLEDGED


def test_a_gate_that_shut_after_the_end_stays_shut(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    entry = instruct(desk, case, "authorise", omar).document["event"]
    assert instruct(desk, case, "close", omar, ground="other").status == 200
    assert does(desk, case, "instructions", {"kind": "annul", "entry": entry, **WHY}, omar).status
    assert unended(desk, case, omar).document["status"] == "awaiting_authorisation"
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert stands(desk, case).status is Status.ACKNOWLEDGED


def test_a_rejection_can_be_reopened_and_not_withdrawn(desk: Desk) -> None:
    ana, sofia, case = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR), desk.in_review()
    assert desk.review(case, REJECT, ana).status in {200, 202}
    assert "resume" not in desk.case(case, sofia).document["may"]
    assert problem(unended(desk, case, sofia)) == "illegal-move"


def test_an_end_that_was_withdrawn_leaves_every_figure_as_it_was(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert suspects(desk, case, omar) == 200

    def counted() -> CaseMark:
        told = [(each.number, each.move, each.at, None, each.data) for each in events(desk, case)]
        return count_case(LAW, NOON, shift_to_statistical_times(LAW, told, timedelta()))

    before = counted()
    assert before.entries
    assert instruct(desk, case, "close", omar, ground="other").status == 200
    assert does(desk, case, "notice", TOLD, omar).status == 200
    assert untold(desk, case, omar).status == 200
    assert unended(desk, case, omar).status == 200
    assert counted() == before


def test_an_end_with_a_corrected_reason_can_be_withdrawn(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert instruct(desk, case, "close", omar, ground="other").status == 200
    assert does(desk, case, "closure/corrections", {"reason": "sent_abroad"}, omar).status == 200
    assert unended(desk, case, omar).status == 200
    again = stands(desk, case)
    assert (again.status, again.closed, again.notice) == (Status.ACKNOWLEDGED, None, None)
    assert problem(unended(desk, case, omar)) == "illegal-move"
