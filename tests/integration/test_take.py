"""Somebody has a case of imminent danger: all see who, and of two at once one has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.change import Change
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty
from casework.decisions.staff import Role
from casework.moves import executions
from casework.moves.duty_attendance import attend_case
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, CONFIRM, Desk
from tests.integration.test_attention import on_board, post


def take(desk: Desk, case: Case, by: str, instead_of: str | None = None) -> Answered:
    said = {} if instead_of is None else {"instead_of": instead_of}
    return post(desk, f"cases/{case.id}/take", said, by)


def moves_of(desk: Desk, case: Case) -> list[str]:
    return [each.move for each in desk.table.events(case.id)]


def test_all_see_who_has_a_case_and_since_when(desk: Desk) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    before = desk.get("pulse", ben).document["desk"]
    assert "taken" not in on_board(desk, case, ben, Duty.IMMINENT)
    answered = take(desk, case, ana)
    assert (answered.status, answered.headers["ETag"]) == (200, case.etag), "no new version of it"
    has = {"by": ana, "at": format_timestamp(NOON), "news": False}
    assert answered.document["taken"] == has
    assert on_board(desk, case, ben, Duty.IMMINENT)["taken"] == has
    assert desk.get("duty", ben).document["people"][ana] == "A person"
    assert desk.case(case, ben).document["taken"] == has
    assert desk.get("pulse", ben).document["desk"] != before, "pages learn to read the desk again"


def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told_who(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    save = CaseTable.save

    def after_ben(table: CaseTable, change: Change, **also: Any) -> Any:
        monkeypatch.setattr(CaseTable, "save", save)
        assert take(desk, case, ben).status == 200
        return save(table, change, **also)

    monkeypatch.setattr(CaseTable, "save", after_ben)
    late = take(desk, case, ana)
    assert (late.status, problem(late)) == (409, "taken-by-another")
    assert late.document["current"]["taken"]["by"] == ben
    assert desk.table.get_case(case.id).taken.by == ben  # type: ignore[union-attr]
    assert moves_of(desk, case).count("take") == 1


def test_a_colleague_takes_over_from_the_one_whom_they_saw_to_have_it(desk: Desk) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    take(desk, case, ana)
    assert problem(take(desk, case, ben)) == "taken-by-another"
    assert take(desk, case, ben, instead_of=ana).document["taken"]["by"] == ben
    told = list(desk.table.events(case.id))[-1]
    assert (told.move, told.by, told.data) == ("take", ben, {"instead_of": ana})
    assert problem(take(desk, case, ana)) == "taken-by-another", "a repeat does not take it back"


def test_whoever_has_it_may_repeat_the_call_and_adds_nothing(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    for _ in range(2):
        assert take(desk, case, ana).status == 200
    assert moves_of(desk, case).count("take") == 1


def test_what_happens_later_is_news_for_whoever_has_it(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    take(desk, case, ana)
    desk.table.save(executions.mark_stuck(desk.table.get_case(case.id), NOON, "runs_exhausted"))
    has = on_board(desk, case, ana, Duty.IMMINENT)["taken"]
    assert (has["by"], has["news"]) == (ana, True)
    assert take(desk, case, ana).document["taken"]["news"] is False


def test_nobody_has_it_once_a_unit_holds_it_or_a_person_sees_no_danger(desk: Desk) -> None:
    held, calm = desk.referred(RABAT), desk.in_review(imminent=True)
    ana, officer = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    take(desk, held, ana)
    desk.acknowledge(held, ACCEPT, officer)
    assert desk.table.get_case(held.id).taken is None
    assert take(desk, held, officer).document["taken"]["by"] == officer
    take(desk, calm, ana)
    seen = desk.table.get_case(calm.id).events
    said = {"outcome": "no_danger", "reason": "C'était une chanson connue.", "seen": seen}
    answered = desk.review(desk.table.get_case(calm.id), {**said, "dangers": 0}, ana)
    assert (answered.status, desk.table.get_case(calm.id).taken) == (200, None), answered.document


def test_somebody_still_has_it_while_the_unit_is_told(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    take(desk, case, ana)
    assert desk.review(case, {**CONFIRM, "priority": "immediate"}, ana).status == 202
    assert desk.table.get_case(case.id).taken is not None


def test_a_unit_takes_its_own_cases_alone_and_no_case_takes_it_that_is_elsewhere(
    desk: Desk,
) -> None:
    case, officer = desk.referred(RABAT), desk.enrol(Role.OFFICER, SALE)
    assert take(desk, case, officer).status == 404
    assert take(desk, case, desk.enrol(Role.PROSECUTOR)).status == 403


def test_taking_it_reads_no_history(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger can make a history long: a person who takes the case does not wait for that."""
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)

    def read(*_: object) -> None:
        raise AssertionError("the history was read")

    monkeypatch.setattr(CaseTable, "_event_items", read)
    assert take(desk, case, ana).status == 200


def test_a_time_at_which_somebody_took_it_stays_when_they_act_again(desk: Desk) -> None:
    case = desk.table.get_case(desk.in_review(imminent=True).id)
    change = attend_case(case, NOON, "ana", None)
    assert change is not None
    again = attend_case(change.after, NOON + timedelta(minutes=5), "ana", None)
    assert again is None
