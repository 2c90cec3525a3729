"""Colleagues write notes on a case: who reads the case reads them, and nobody else does."""

from __future__ import annotations

import json
import uuid

import pytest

from casework.aws.table import keys
from casework.aws.table.erasure import erase_case
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.decisions.staff import Role
from functions.desk.cases import notes as remarks
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import CONFIRM, Desk, an_event, in_clear

NOTE = "Le témoin rappelle demain matin."


def write(
    desk: Desk, case: Case, by: str, text: str = NOTE, key: str = "", **settles: int
) -> Answered:
    headers = {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())}
    body = json.dumps({"text": text, **settles})
    return desk.call(
        an_event("POST", f"/v1/desk/cases/{case.id}/notes", by, headers=headers, body=body)
    )


def notes(desk: Desk, case: Case, by: str, path: str = "") -> list[str | None]:
    history = desk.get(f"cases/{case.id}{path}", by).document["history"]
    return [each.get("words") for each in history if each["move"] == "remark"]


def test_a_note_is_read_with_the_case_and_delays_no_decision(desk: Desk) -> None:
    case = desk.in_review()
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    answered = write(desk, case, ana)
    assert (answered.status, answered.headers["ETag"]) == (201, case.etag)
    assert notes(desk, case, ben) == [NOTE]
    decided = desk.review(case, CONFIRM, ben)
    assert decided.document["decision"] == "confirm"


def test_no_dossier_no_entry_and_no_log_holds_its_words(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    write(desk, case, ana)
    assert notes(desk, case, ana, "/dossier") == [None]
    (event,) = (each for each in desk.table.events(case.id) if each.move == "remark")
    assert NOTE not in event.model_dump_json()
    assert NOTE not in desk.logs.getvalue()
    assert list(find_history_differences(desk.table, case.id)) == []


def test_another_unit_neither_writes_nor_reads_one(desk: Desk) -> None:
    case = desk.referred(RABAT)
    own, other = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    assert write(desk, case, own).status == 201
    assert problem(write(desk, case, other)) == "case-not-found"
    assert notes(desk, case, own) == [NOTE]


def test_a_repeated_request_writes_one_note(desk: Desk) -> None:
    case, ana, key = desk.in_review(), desk.enrol(Role.ANALYST), str(uuid.uuid4())
    first, again = (write(desk, case, ana, key=key) for _ in range(2))
    assert first.document == again.document
    assert notes(desk, case, ana) == [NOTE]
    assert problem(write(desk, case, ana, "Autre chose.", key)) == "key-conflict"
    assert problem(write(desk, case, ana, " \n")) == "not-valid"


def test_a_note_settles_an_earlier_one_and_nothing_else(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    asked, key = write(desk, case, ana).document["number"], str(uuid.uuid4())
    first, again = (write(desk, case, ben, "Il a rappelé.", key, settles=asked) for _ in range(2))
    assert first.document == again.document
    history = desk.case(case, ana).document["history"]
    assert [each["data"].get("settles") for each in history if each["move"] == "remark"] == [
        None,
        asked,
    ]
    assert problem(write(desk, case, ben, "Il a rappelé.", key)) == "key-conflict"
    assert problem(write(desk, case, ben, settles=1)) == "not-valid", "the entry is no note"


def test_a_case_takes_so_many_notes_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remarks, "MAX_NOTES", 1)
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    assert write(desk, case, ana).status == 201
    assert problem(write(desk, case, ana)) == "too-many"


def test_its_words_are_erased_with_the_case(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    write(desk, case, ana)
    of_case = keys.case_key(case.id)[keys.PARTITION_KEY]
    assert NOTE in in_clear([each for each in desk.items() if each[keys.PARTITION_KEY] == of_case])
    for _ in erase_case(desk.table, desk.table.get_case(case.id), NOON):
        pass
    assert NOTE not in in_clear(desk.items())
    assert notes(desk, case, ana) == [None]
