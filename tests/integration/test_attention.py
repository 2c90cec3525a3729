"""Somebody takes care of a case on the duty desk, and one shift hands over to the next."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from casework.aws.table import handover_table, keys
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty
from casework.decisions.staff import Role
from casework.moves import executions
from casework.text.realm import Realm
from tests.builders import NOON
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk, an_event, in_clear

NOTE = "L'affaire est chez l'unité, qui rappelle avant 22 h."


def post(desk: Desk, path: str, said: Any, by: str, key: str = "") -> Answered:
    headers = {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())}
    event = an_event("POST", f"/v1/desk/{path}", by, headers=headers, body=json.dumps(said))
    return desk.call(event)


def attend(desk: Desk, case: Case, did: str, by: str, key: str = "") -> Answered:
    return post(desk, f"duty/{case.id}/attention", {"did": did}, by, key)


def on_board(desk: Desk, case: Case, by: str, kind: Duty) -> dict[str, Any]:
    board = desk.get("duty", by).document
    (line,) = (each for each in board[kind] if each["id"] == case.id)
    return {**line, "name": board["people"].get(line.get("attended", {}).get("by"))}


def test_all_see_who_took_care_of_an_alert_and_when(desk: Desk) -> None:
    case = desk.in_review(imminent=True)
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    before = desk.get("pulse", ben).document["desk"]
    answered = attend(desk, case, "told_unit", ana)
    assert (answered.status, answered.headers["ETag"]) == (200, case.etag)
    line = on_board(desk, case, ben, Duty.IMMINENT)
    assert line["attended"] == {"by": ana, "at": format_timestamp(NOON), "did": "told_unit"}
    assert line["name"] == "A person"
    assert desk.get("pulse", ben).document["desk"] != before, "pages learn to read the desk again"
    told = list(desk.table.events(case.id))[-1]
    assert (told.move, told.by, told.data["did"]) == ("attend", ana, "told_unit")


def test_a_repeated_request_records_it_once(desk: Desk) -> None:
    case, ana, key = desk.in_review(imminent=True), desk.enrol(Role.ANALYST), str(uuid.uuid4())
    for _ in range(2):
        assert attend(desk, case, "read", ana, key).status == 200
    assert [each.move for each in desk.table.events(case.id)].count("attend") == 1
    assert problem(attend(desk, case, "told_unit", ana, key)) == "key-conflict"
    assert problem(attend(desk, case, "went_home", ana)) == "not-valid"


def test_what_happens_later_asks_for_care_again(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    attend(desk, case, "told_unit", ana)
    desk.table.save(executions.mark_stuck(desk.table.get_case(case.id), NOON, "runs_exhausted"))
    for kind in (Duty.IMMINENT, Duty.STUCK):
        assert "attended" not in on_board(desk, case, ana, kind)
    attend(desk, case, "told_supervisor", ana)
    for kind in (Duty.IMMINENT, Duty.STUCK):
        assert on_board(desk, case, ana, kind)["attended"]["did"] == "told_supervisor"


def test_care_of_a_case_that_left_the_desk_meanwhile_is_recorded(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    assert attend(desk, case, "nothing_needed", ana).document["attended"]["by"] == ana


def test_a_shift_hands_over_with_the_open_cases_of_that_moment(desk: Desk) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    desk.in_review(imminent=True)
    key = str(uuid.uuid4())
    for _ in range(2):
        assert post(desk, "handover", {"text": NOTE}, ana, key).status == 200
    desk.in_review(imminent=True)
    (left,) = desk.get("handover", ben).document["left"]
    assert left == {"at": format_timestamp(NOON), "by": ana, "text": NOTE, "open": {"imminent": 1}}
    assert desk.get("handover", ben).document["people"] == {ana: "A person"}
    assert problem(post(desk, "handover", {"text": "Autre."}, ana, key)) == "key-conflict"
    (kept,) = (each for each in desk.items() if each[keys.PARTITION_KEY] == "HANDOVER")
    assert kept[keys.EXPIRES_AT_FIELD] == int((NOON + handover_table.HANDOVER_TTL).timestamp())
    assert NOTE not in desk.logs.getvalue()
    assert NOTE in in_clear([kept])


@pytest.mark.parametrize("text", ["", " \n", "x" * 1_001, "a\u0007b"])
def test_a_text_that_says_nothing_or_too_much_is_handed_to_nobody(desk: Desk, text: str) -> None:
    assert problem(post(desk, "handover", {"text": text}, desk.enrol(Role.ANALYST))) == "not-valid"


def test_the_newest_three_are_shown_and_each_realm_has_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ted = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    for each in range(4):
        at = f"2026-03-02T1{each}:00:00.000Z"
        monkeypatch.setattr(
            "functions.desk.oversight.handovers.format_timestamp", lambda _, at=at: at
        )
        post(desk, "handover", {"text": f"Relève {each}."}, ana)
    shown = [each["text"] for each in desk.get("handover", ana).document["left"]]
    assert shown == ["Relève 3.", "Relève 2.", "Relève 1."]
    assert desk.get("handover", ted).document["left"] == []
