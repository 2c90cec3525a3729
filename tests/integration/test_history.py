"""Acts of people stay on record: views and refusals are kept, and erasure breaks no chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.table import audit_log, items, keys
from casework.aws.table.erasure import erase_report
from casework.case.history import CaseEvent, find_first_break
from casework.decisions.staff import Role
from casework.text import case_number
from casework.text.realm import Realm
from functions.desk import deployment
from functions.history import seal_day
from tests.builders import NOON, RABAT, SALE
from tests.integration.desks import ACCEPT, TABLE, Desk
from tests.integration.lives import NAMED
from tests.integration.nights import DAY, nights_later, poison
from tests.office import before_each_call

pytestmark = pytest.mark.usefixtures("sealing")


@contextmanager
def calls() -> Iterator[list[str]]:
    """The AWS calls made meanwhile, in order."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    with before_each_call(note):
        yield made


@contextmanager
def writes() -> Iterator[list[set[str]]]:
    """The sort keys of the items written meanwhile, write by write."""
    made: list[set[str]] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        asked = json.loads(params["body"])
        puts = [each.get("Put", {}) for each in asked.get("TransactItems", [])] or [asked]
        made.append({put["Item"][keys.SORT_KEY]["S"] for put in puts if "Item" in put})

    with before_each_call(note):
        yield made


def marks(desk: Desk) -> list[tuple[str, str]]:
    return [
        (item[keys.SORT_KEY].split("#")[2], item["by"])
        for item in desk.items()
        if item[keys.SORT_KEY].startswith(keys.mark_key.begins)
    ]


def refusals(desk: Desk, case_id: str) -> list[tuple[str, str]]:
    """The refused calls on a case, as kept beside it."""
    kept = (
        item for item in audit_log.read_marks(TABLE, case_id) if "#refused#" in item[keys.SORT_KEY]
    )
    return [(item["by"], item["call"]) for item in kept]


def test_a_case_of_another_unit_is_404_and_the_attempt_is_recorded(desk: Desk) -> None:
    """Hardening case 22: no word and no call tells it from a case that does not exist."""
    case, nowhere = desk.referred(RABAT), "C-000G-40R4-0M30-E209-J"
    stranger = desk.enrol(Role.OFFICER, SALE)
    said, made = [], []
    for each in (case.id, nowhere):
        with calls() as counted:
            answer = desk.get(f"cases/{each}", stranger)
        said.append((answer.status, {**answer.document, "instance": ""}))
        made.append(counted)
    assert said[0] == said[1]
    assert said[0][0] == 404
    assert made[0] == made[1]
    assert refusals(desk, case.id) == refusals(desk, nowhere) == [(stranger, "read_case")]


def test_every_refused_call_on_a_case_is_kept_once_per_person_and_day(desk: Desk) -> None:
    """Hardening cases 15 and 22: repeated attempts add no further record."""
    case = desk.referred(RABAT)
    stranger, custodian = desk.enrol(Role.OFFICER, SALE), desk.enrol(Role.CUSTODIAN)
    events = len(list(desk.table.events(case.id)))
    for _ in range(3):
        assert desk.acknowledge(case, {"outcome": "accept"}, stranger).status == 404
        assert desk.get(f"cases/{case.id}/dossier", stranger).status == 404
        assert desk.get(f"cases/{case.id}/identity-requests", stranger).status == 404
        assert desk.case(case, custodian).status == 403
        audit_log._marked.clear()  # another process of the function
    assert sorted(refusals(desk, case.id)) == sorted(
        [
            (stranger, "acknowledge_case"),
            (stranger, "read_dossier"),
            (stranger, "read_identity_requests"),
            (custodian, "read_case"),
        ]
    )
    assert len(list(desk.table.events(case.id))) == events, "the history is for what was decided"
    shown = desk.get(f"history/{case.id}", desk.enrol(Role.AUDITOR)).document["marks"]
    assert {"call": "acknowledge_case", "by": stranger}.items() <= next(
        each for each in shown if each.get("call") == "acknowledge_case"
    ).items()


def test_refusals_of_a_day_are_one_sealed_entry_and_probes_of_unknown_cases_none(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    case, nowhere = desk.referred(RABAT), "C-000G-40R4-0M30-E209-J"
    stranger = desk.enrol(Role.OFFICER, SALE)
    for each in (case.id, nowhere):
        assert desk.get(f"cases/{each}", stranger).status == 404
        assert desk.get(f"cases/{each}/dossier", stranger).status == 404
    assert seal_day.handle({"day": DAY}, None)["leaves"] == 1
    (entry,) = audit_log.read_day_entries(TABLE, case.id)
    assert isinstance(entry, CaseEvent)
    assert entry.data["marks"] == 2
    assert list(audit_log.read_day_entries(TABLE, nowhere)) == []
    assert "CasesNotSealed" not in capsys.readouterr().out


def test_a_call_that_is_allowed_writes_no_refusal(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    assert desk.case(case, ana).status == 200
    assert desk.review(case, {"outcome": "reject"}, ana).status == 422, "refused, and no access"
    assert refusals(desk, case.id) == []


def test_a_view_is_kept_once_per_reader_and_day_and_never_changes_the_case(desk: Desk) -> None:
    case, ana, other = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    for reader in (ana, ana, other):
        assert desk.case(case, reader).etag == case.etag
    assert sorted(marks(desk)) == sorted([("view", ana), ("view", other)])
    assert desk.table.get_case(case.id).revision == case.revision


def test_drafting_a_freeze_request_counts_as_reading_the_case(desk: Desk) -> None:
    case, omar = desk.referred(), desk.enrol(Role.OFFICER, RABAT)
    assert desk.get(f"cases/{case.id}/freeze-request", omar).status == 409
    assert marks(desk) == [("view", omar)]


def test_joins_are_chained_once_a_day_and_make_no_decision_fail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many reports join between the reading of a case and the decision on it."""
    nights_later(monkeypatch, 2)
    case, ana = desk.referred(), desk.enrol(Role.OFFICER, RABAT)
    tag = desk.case(case, ana).etag
    for number in range(80, 90):
        desk.report(case, number)
    assert desk.acknowledge(case, ACCEPT, ana, if_match=tag).status in {200, 202}
    later = (NOON + timedelta(days=1)).date().isoformat()
    seal_day.handle({"day": DAY}, None)
    desk.report(case, 90)
    seal_day.handle({"day": later}, None)
    (first,) = audit_log.read_day_entries(TABLE, case.id)
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=2))
    desk.case(case, ana)  # joins alone are bound with the next entry
    nights_later(monkeypatch, 3)
    seal_day.handle({"day": (NOON + timedelta(days=2)).date().isoformat()}, None)
    _, last = audit_log.read_day_entries(TABLE, case.id)
    assert isinstance(first, CaseEvent)
    assert isinstance(last, CaseEvent)
    assert (first.data["reports"], last.data["reports"]) == (10, 1)
    assert first.data["bound"] != last.data["bound"]
    assert last.previous == first.hash


@pytest.mark.parametrize("act", ["decision", "export", "release", "erasure"])
def test_every_change_and_its_entry_are_one_write(desk: Desk, act: str) -> None:
    """Both exist or neither, after any crash in between."""
    case, omar = desk.referred(), desk.enrol(Role.OFFICER, RABAT)
    reference = desk.report(case, desk._opened, disclosure=NAMED)
    desk.waits(case)
    if act == "release":
        assert desk.acknowledge(case, ACCEPT, omar).status == 200
        case = desk.table.get_case(case.id)
    before = len(list(desk.table.events(case.id)))
    with writes() as made:
        match act:
            case "decision":
                assert desk.acknowledge(case, ACCEPT, omar).status == 200
            case "export":
                assert desk.get(f"cases/{case.id}/dossier", omar).status == 200
            case "release":
                wish = {"report": reference, "motive": "Confirmer le virement avec la victime."}
                assert desk.decide(case, "identity-requests", wish, omar).status == 201
            case _:
                erase_report(desk.table, reference, NOON, "the data officer")
    after = len(list(desk.table.events(case.id)))
    assert after > before
    for number in range(before + 1, after + 1):
        entry = keys.event_key(case.id, number)[keys.SORT_KEY]
        (together,) = [sorts for sorts in made if entry in sorts]
        assert keys.CASE_SORT in together


def test_an_auditor_reads_the_history_of_the_case_whose_number_was_said(desk: Desk) -> None:
    number = case_number.format_case_number(41_830_526)
    case, auditor = desk.in_review(number=number), desk.enrol(Role.AUDITOR)
    for said in (number, "٤١٨٣ ٠٥٢٦ ٧"):
        read = desk.get(f"history/{said}", auditor)
        assert (read.status, read.document["id"]) == (200, case.id), said
        assert read.document["case_number"] == number
    assert ("view", auditor) in marks(desk)
    for said in (case_number.format_case_number(7), "4183-0526-8"):
        assert desk.get(f"history/{said}", auditor).status == 404, "no case, or a wrong digit"
    trial = desk.enrol(Role.AUDITOR, realm=Realm.TRIAL)
    assert desk.get(f"history/{number}", trial).status == 404, "of another realm"
    assert desk.get(f"history/{number}", desk.enrol(Role.ANALYST)).status == 403


def test_auditors_read_every_entry_and_reading_is_kept(desk: Desk) -> None:
    case, auditor = desk.referred(), desk.enrol(Role.AUDITOR)
    read = desk.get(f"history/{case.id}", auditor)
    assert read.status == 200, read.text
    assert [each["move"] for each in read.document["events"]] == [
        event.move for event in desk.table.events(case.id)
    ]
    assert "broken" not in read.document
    assert read.document["truncated"] is False
    assert ("view", auditor) in marks(desk)
    poison(case.id, "an entry")
    read = desk.get(f"history/{case.id}", auditor)
    assert (read.status, read.document["broken"]) == (200, 2), "named, and the others are shown"
    assert [each["number"] for each in read.document["events"]] == [1, 3, 4, 5]
    items.delete_item(TABLE, keys.event_key(case.id, 2))
    read = desk.get(f"history/{case.id}", auditor).document
    assert (read["broken"], read["truncated"]) == (2, False), "removed, and not cut off"
    items.delete_item(TABLE, keys.event_key(case.id, 5))
    assert desk.get(f"history/{case.id}", auditor).document["truncated"] is True
    for role in (Role.ANALYST, Role.OFFICER, Role.SUPERVISOR, Role.CUSTODIAN, Role.ADMIN):
        assert desk.get(f"history/{case.id}", desk.enrol(role, RABAT)).status == 403


def test_an_erased_report_leaves_a_tombstone_and_a_chain_that_verifies(desk: Desk) -> None:
    """Hardening case 29."""
    case = desk.in_review()
    reference = desk.report(case, 77, narrative="Canari à effacer.")
    items.put_item(
        TABLE, {**keys.addition_key(reference, "A"), "content": b"x", "contact_box": b"canary"}
    )

    assert erase_report(desk.table, reference, NOON, "the data officer") is True
    assert erase_report(desk.table, reference, NOON, "the data officer") is False

    left = [item for item in desk.items() if item[keys.PARTITION_KEY].endswith(reference)]
    assert [set(item) & {"facts", "narrative", "contact_box", "identity_box"} for item in left] == [
        set()
    ]
    assert left[0]["erased_at"]
    events = list(desk.table.events(case.id))
    assert find_first_break(events) is None
    assert events[-1].move == "erased"
    assert desk.case(desk.table.get_case(case.id), desk.enrol(Role.ANALYST)).status == 200


def test_a_message_reaches_the_receipt_and_is_an_entry_without_its_words(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    sent = {"text": "Gardez la capture d'écran."}
    key = "3b0f0d6e-2d0a-4c7b-9f65-3f8f6c1d2a11"
    first = desk.decide(case, "messages", sent, ana, idempotency_key=key)
    again = desk.decide(case, "messages", sent, ana, idempotency_key=key)
    assert (first.status, again.text) == (201, first.text)
    events = list(desk.table.events(case.id))
    assert events[-1].move == "message"
    assert "capture" not in repr(events)
    assert desk.table.get_case(case.id).etag == case.etag, "a message decides nothing"
