"""Whom staff call about a case when minutes count, and what they record of their tries."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from casework.aws.table.case_table import CaseTable
from casework.case.case import MAX_KEPT_REACH_ATTEMPTS, Case
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty, Priority
from casework.decisions.staff import Role
from casework.moves import executions
from casework.pack import phones
from casework.pack.jurisdiction import open_pack
from casework.pack.phones import PackPhone, PackPhones
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk
from tests.integration.test_attention import on_board, post
from tests.integration.test_take import take

NO_ANSWER = {"whom": "unit", "of": RABAT, "result": "no_answer", "call_back_minutes": 18}


def try_(desk: Desk, case: Case, said: dict[str, Any], by: str, key: str = "") -> Answered:
    return post(desk, f"cases/{case.id}/tries", said, by, key)


def with_phones(monkeypatch: pytest.MonkeyPatch, **lists: dict[str, PackPhone]) -> None:
    """The pack of the desk with these numbers."""
    none: dict[str, PackPhone] = {}
    known = PackPhones(**{"units": none, "control_rooms": none, "offices": none, **lists})
    monkeypatch.setattr(phones, "load_phones", lambda _: known)


def a_phone(entry: str, number: str, *, confirmed: bool) -> PackPhone:
    return PackPhone(
        id=entry, number=number, source="a test", date=date(2026, 2, 1), confirmed=confirmed
    )


def test_all_see_who_called_whom_with_what_result_and_when_they_call_again(desk: Desk) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    before = desk.get("pulse", ben).document["desk"]
    answered = try_(desk, case, NO_ANSWER, ana)
    assert (answered.status, answered.headers["ETag"]) == (200, case.etag)
    told = {
        "by": ana,
        "at": format_timestamp(NOON),
        "whom": "unit",
        "of": RABAT,
        "result": "no_answer",
        "call_back_at": format_timestamp(NOON + timedelta(minutes=18)),
    }
    line = on_board(desk, case, ben, Duty.IMMINENT)
    assert line["tries"] == [told]
    assert desk.case(case, ben).document["tries"] == [told]
    assert desk.get("pulse", ben).document["desk"] != before, "pages learn to read the desk again"
    entry = list(desk.table.events(case.id))[-1]
    said = {name: value for name, value in told.items() if name not in ("by", "at")}
    assert (entry.move, entry.by) == ("tried", ana)
    assert said.items() <= entry.data.items()


def test_whoever_tries_while_nobody_has_the_case_has_it(desk: Desk) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    assert try_(desk, case, NO_ANSWER, ana).document["taken"]["by"] == ana
    assert try_(desk, case, NO_ANSWER, ben).document["taken"]["by"] == ana
    desk.table.save(executions.mark_stuck(desk.table.get_case(case.id), NOON, "runs_exhausted"))
    assert try_(desk, case, NO_ANSWER, ben).document["taken"]["news"] is True
    assert try_(desk, case, NO_ANSWER, ana).document["taken"]["news"] is False


def test_a_repeated_request_records_one_try(desk: Desk) -> None:
    case, ana, key = desk.in_review(imminent=True), desk.enrol(Role.ANALYST), str(uuid.uuid4())
    for _ in range(2):
        assert try_(desk, case, NO_ANSWER, ana, key).status == 200
    assert [each.move for each in desk.table.events(case.id)].count("tried") == 1
    other = {**NO_ANSWER, "result": "reached"}
    assert problem(try_(desk, case, other, ana, key)) == "key-conflict"


@pytest.mark.parametrize(
    "wrong",
    [
        {"of": "nowhere"},
        {"whom": "reporter"},
        {"whom": "office"},
        {"result": "shouted"},
        {"call_back_minutes": 0},
        {"words": "La personne a dit…"},
    ],
)
def test_a_try_names_parties_and_results_of_the_list_and_has_no_words(
    desk: Desk, wrong: dict[str, Any]
) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    assert problem(try_(desk, case, {**NO_ANSWER, **wrong}, ana)) == "not-valid"


def test_a_case_keeps_its_latest_tries_and_its_history_all(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    for _ in range(MAX_KEPT_REACH_ATTEMPTS + 2):
        try_(desk, case, NO_ANSWER, ana)
    assert len(desk.table.get_case(case.id).tries) == MAX_KEPT_REACH_ATTEMPTS
    moves = [each.move for each in desk.table.events(case.id)]
    assert moves.count("tried") == MAX_KEPT_REACH_ATTEMPTS + 2


def test_recording_a_try_reads_no_history(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)

    def read(*_: object) -> None:
        raise AssertionError("the history was read")

    monkeypatch.setattr(CaseTable, "_event_items", read)
    assert try_(desk, case, NO_ANSWER, ana).status == 200


def test_an_officer_records_tries_on_the_cases_of_the_own_unit(desk: Desk) -> None:
    case = desk.referred(RABAT)
    assert try_(desk, case, NO_ANSWER, desk.enrol(Role.OFFICER, RABAT)).status == 200
    assert try_(desk, case, NO_ANSWER, desk.enrol(Role.OFFICER, SALE)).status == 404
    assert try_(desk, case, NO_ANSWER, desk.enrol(Role.PROSECUTOR)).status == 403


def test_a_missing_number_says_where_it_is_entered(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True, territory="04.421"), desk.enrol(Role.ANALYST)
    board = desk.get("duty", ana).document
    unit, room, office = board["to_call"][case.id]
    assert (unit["whom"], unit["id"], unit["entry"]) == ("unit", RABAT, f"units: {RABAT}")
    assert (room["whom"], room["id"], room["entry"]) == (
        "control_room",
        "04.421",
        "control_rooms: 04",
    )
    assert (office["whom"], office["id"], office["office"], office["entry"]) == (
        "office",
        "tpi-rabat",
        "king-prosecutor",
        "offices: king-prosecutor/tpi-rabat",
    )
    assert not any("phone" in each for each in (unit, room, office))
    assert [each["number"] for each in board["emergency_numbers"]] == ["19", "177", "15"]
    assert not any(each["confirmed"] for each in board["emergency_numbers"])


def test_each_number_says_whether_somebody_answered_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_phones(
        monkeypatch,
        units={RABAT: a_phone(RABAT, "+99 1", confirmed=True)},
        control_rooms={"04": a_phone("04", "+99 2", confirmed=False)},
        offices={"king-prosecutor": a_phone("king-prosecutor", "+99 3", confirmed=True)},
    )
    case, ana = desk.in_review(imminent=True, territory="04.421"), desk.enrol(Role.ANALYST)
    calls = desk.get("duty", ana).document["to_call"][case.id]
    assert [(each["phone"]["number"], each["phone"]["confirmed"]) for each in calls] == [
        ("+99 1", True),
        ("+99 2", False),
        ("+99 3", True),
    ]
    assert {each["phone"]["date"] for each in calls} == {"2026-02-01"}
    page = desk.case(case, ana).document
    assert page["to_call"] == calls


def test_after_the_referral_the_unit_that_holds_the_case_is_called(desk: Desk) -> None:
    case = desk.referred(SALE)
    calls = desk.case(case, desk.enrol(Role.OFFICER, SALE)).document
    assert calls["to_call"] == [], "it is not urgent"
    urgent = desk.table.save(
        executions.mark_stuck(desk.in_review(Priority.IMMEDIATE), NOON, "runs_exhausted")
    )
    unit, *_ = desk.case(urgent, desk.enrol(Role.ANALYST)).document["to_call"]
    assert unit["whom"] == "unit"


def test_no_number_stands_in_a_history_or_a_log(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_phones(monkeypatch, units={RABAT: a_phone(RABAT, "+99 1234", confirmed=True)})
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    desk.get("duty", ana)
    try_(desk, case, NO_ANSWER, ana)
    kept = json.dumps([each.model_dump(mode="json") for each in desk.table.events(case.id)])
    assert "+99" not in kept
    assert "+99" not in desk.logs.getvalue()


def test_the_numbers_of_the_pack_are_nobodys_but_emergency_services() -> None:
    known = phones.load_phones(open_pack("ma").folder)
    assert known == PackPhones({}, {}, {}), "no invented number stands under a real institution"


def test_a_try_after_a_take_keeps_who_has_it(desk: Desk) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    take(desk, case, ana)
    assert try_(desk, case, NO_ANSWER, ben).document["taken"]["by"] == ana
