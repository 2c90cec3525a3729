"""Nobody of the staff reads or tries without a trace: lists, motives, refused calls, readings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.table import audit_log, desk_keys, items, keys, seen_table
from casework.case.case import Case
from casework.decisions.staff import Role
from functions.desk import deployment
from functions.desk.oversight import search
from functions.desk.queries import pages
from functions.desk.shared import routing
from tests import decided
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import problem
from tests.integration.desks import TABLE, Desk, a_decision, an_event
from tests.integration.test_find import PHONE, SAID, sought
from tests.office import before_each_call, marked

MOTIVE = "La victime doit confirmer le virement avant midi."


@contextmanager
def written() -> Iterator[list[str]]:
    """The kinds of the marks written meanwhile, one for each write of an item by itself."""
    made: list[str] = []

    def note(model: Any, params: dict[str, Any], **_: Any) -> None:
        if model.name in ("PutItem", "UpdateItem"):
            asked = json.loads(params["body"])
            made.append((asked.get("Item") or asked["Key"])["sk"]["S"].split("#")[0])

    with before_each_call(note):
        yield made


def seen(desk: Desk, subject: str, **query: str) -> list[dict[str, Any]]:
    """What an auditor reads of what a person was shown and refused."""
    page = desk.get(f"staff/{subject}/seen", desk.enrol(Role.AUDITOR), **query)
    assert page.status == 200, page.text
    return list(page.document["seen"])


def marks(desk: Desk, case: Case, kind: str) -> list[dict[str, Any]]:
    """The marks of a kind in the log of a case, as an auditor reads them."""
    history = desk.get(f"history/{case.id}", desk.enrol(Role.AUDITOR)).document
    return [each for each in history["marks"] if each["kind"] == kind]


# ---- lists ---------------------------------------------------------------------------------------


def test_a_list_leaves_which_it_was_how_many_lines_and_which_page(desk: Desk) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    for _ in range(3):
        desk.in_review()
    first = desk.queue(sara, limit="2").document
    assert desk.queue(sara, limit="2", cursor=first["cursor"]).status == 200
    assert desk.queue(sara, of=f"unit:{SALE}").status == 200
    assert desk.get("board", sara).status == 200
    told = {(each["call"], each.get("of"), each["further"]): each for each in seen(desk, sara)}
    assert told.keys() == {
        ("read_queue", None, False),
        ("read_queue", None, True),
        ("read_queue", f"of=unit:{SALE}", False),
        ("read_board", None, False),
    }
    assert told["read_queue", None, False]["lines"] == 2
    assert told["read_queue", None, True]["lines"] == 1
    assert told["read_queue", f"of=unit:{SALE}", False]["lines"] == 0


def test_a_page_that_asks_every_few_seconds_writes_once_an_hour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    desk.in_review()
    with written() as made:
        for _ in range(20):
            assert desk.queue(sara).status == 200
    assert made == ["SAW"]
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(hours=1))
    with written() as made:
        desk.queue(sara)
        desk.in_review()
        desk.queue(sara)
    assert made.count("SAW") == 2, "a new hour; and a list that grew"
    assert [each["lines"] for each in seen(desk, sara)] == [2, 1]


def test_fewer_lines_than_another_process_wrote_change_nothing(desk: Desk) -> None:
    for lines in (5, 3):
        seen_table._marked.clear()
        seen_table.mark_list(TABLE, "s", NOON, "read_queue", of="", page="", lines=lines)
    (mark,), _ = seen_table.list_seen_by_person(TABLE, "s", NOON, 10)
    assert mark.said["lines"] == 5


def test_who_has_the_list_already_is_shown_it_all_the_same(desk: Desk) -> None:
    sara = desk.enrol(Role.SUPERVISOR)
    tag = desk.queue(sara).headers["ETag"]
    seen_table._marked.clear()
    for item in desk.items():
        if item["sk"].startswith(desk_keys.viewing_mark_key.begins):
            items.delete_item(TABLE, {name: item[name] for name in ("pk", "sk")})
    asked = an_event("GET", "/v1/desk/queue", sara, headers={"if-none-match": tag})
    assert desk.call(asked).status == 304
    assert [each["call"] for each in seen(desk, sara)] == ["read_queue"]


def test_every_list_of_cases_or_of_acts_leaves_a_mark_and_the_others_are_named() -> None:
    """A new list says how its lines are counted, or stands here."""
    unmarked = {
        *("read_pulse", "read_roster", "read_watchers", "read_colleagues", "read_note_readers"),
        *("read_identity_requests", "read_waiting_identity_requests", "read_alike"),
    }
    listed = {each.id for each in routing.api.operations if 304 in each.answers}
    assert listed - routing.MARKED_OPERATIONS == unmarked
    assert listed >= routing.MARKED_OPERATIONS


def test_marks_of_lists_are_kept_for_90_days_and_hold_no_line(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    reference = desk.report(case, 901)
    for path in ("queue", "duty", "glance", "holds", "samples", "handover", "me/decisions"):
        assert desk.get(path, ana).status == 200, path
    kept = [
        each for each in desk.items() if each["sk"].startswith(desk_keys.viewing_mark_key.begins)
    ]
    assert len(kept) == 7
    for mark in kept:
        assert mark[keys.EXPIRES_AT_FIELD] == int(NOON.timestamp()) + 90 * 86_400
        assert case.id not in str(mark)
        assert reference not in str(mark)


# ---- motives -------------------------------------------------------------------------------------


def test_who_reads_a_motive_leaves_a_mark_in_its_case_and_its_author_none(desk: Desk) -> None:
    omar, nadia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.CUSTODIAN)
    case = desk.table.save(decided.acknowledged(desk.referred(), NOON, omar))
    said = {"kind": "identified", "identity": {"name": "Canari"}, "contact": {"email": "a@b.ma"}}
    reference = desk.report(case, number=901, disclosure=said)
    wish = {"report": reference, "motive": MOTIVE}
    assert desk.call(a_decision(case, "identity-requests", wish, omar)).status == 201
    sara = desk.enrol(Role.SUPERVISOR)
    for reader in (nadia, sara):
        for _ in range(2):
            assert MOTIVE in desk.get("identity-requests", reader).text
    assert desk.get(f"cases/{case.id}/identity-requests", omar).status == 200
    told = [(each["by"], each["about"]) for each in marks(desk, case, "motive_read")]
    assert sorted(told) == sorted([(nadia, "identity#1"), (sara, "identity#1")])
    log_of_the_case = [each for each in desk.items() if each["pk"] == f"LOG#{case.id}"]
    assert MOTIVE not in json.dumps(log_of_the_case, default=str)


# ---- refused calls -------------------------------------------------------------------------------


def test_a_refused_search_leaves_its_ground_and_digest_and_never_its_words(desk: Desk) -> None:
    adam = desk.enrol(Role.ADMIN)
    for text in (SAID, SAID, "Samira Un Nom"):
        assert sought(desk, text, adam, "own_case").status == 403
    told = seen(desk, adam)
    assert [(each["call"], each["why"]) for each in told] == [("find_cases", "not-allowed")] * 2
    digests = {each["digests"][0] for each in told}
    assert marked(*PHONE) in digests, "to compare with histories and with searches"
    assert {each["ground"] for each in told} == {"own_case"}
    for text in (json.dumps(desk.items(), default=str), json.dumps(told), desk.logs.getvalue()):
        assert "612345678" not in text
        assert "Samira" not in text


def test_a_search_that_is_one_too_many_leaves_a_mark_and_an_empty_one_as_well(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_AN_HOUR", 1)
    ana, auditor = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR)
    assert [sought(desk, SAID, ana).status for _ in range(2)] == [200, 409]
    (mark,) = seen(desk, ana)
    assert (mark["why"], mark["digests"]) == ("too-many", [marked(*PHONE)])
    (empty,) = desk.get(f"staff/{ana}/searches", auditor).document["searches"]
    assert (empty["found"], empty["digests"]) == (0, [marked(*PHONE)])


def test_very_many_refused_searches_are_one_mark_after_the_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen_table, "MAX_REFUSED_SEARCH_MARKS", 2)
    adam = desk.enrol(Role.ADMIN)
    with written() as made:
        for number in range(9):
            assert sought(desk, f"06 12 34 56 7{number}", adam).status == 403
    assert made == ["SAW"] * 3
    assert sorted(len(each["digests"]) for each in seen(desk, adam)) == [0, 1, 1]


def test_a_body_that_nobody_can_read_is_refused_by_role_and_leaves_a_mark(desk: Desk) -> None:
    adam = desk.enrol(Role.ADMIN)
    sent = {"content-type": "application/json"}
    answer = desk.call(an_event("POST", "/v1/desk/find", adam, headers=sent, body="{"))
    assert answer.status == 403
    (mark,) = seen(desk, adam)
    assert (mark["why"], mark["digests"]) == ("not-allowed", [])


def test_a_refused_list_leaves_a_mark_with_its_person_and_a_refused_case_with_its_case(
    desk: Desk,
) -> None:
    case, adam, omar = desk.in_review(), desk.enrol(Role.ADMIN), desk.enrol(Role.OFFICER, RABAT)
    assert problem(desk.get("board", adam)) == "not-allowed"
    assert problem(desk.get("history/4183-0526-7", omar)) == "not-allowed"
    assert problem(desk.case(case, adam)) == "not-allowed"
    assert [each["call"] for each in seen(desk, adam)] == ["read_board"]
    assert [each["call"] for each in seen(desk, omar)] == ["read_history"]
    (mark,) = marks(desk, case, "refused")
    assert (mark["by"], mark["call"]) == (adam, "read_case")


def test_only_auditors_read_what_people_saw_and_their_reading_leaves_a_mark(desk: Desk) -> None:
    ana, auditor = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR)
    desk.queue(ana)
    for role in set(Role) - {Role.AUDITOR}:
        unit = RABAT if role is Role.OFFICER else None
        assert desk.get(f"staff/{ana}/seen", desk.enrol(role, unit)).status == 403
    page = desk.get(f"staff/{ana}/seen", auditor, limit="1").document
    assert "cursor" not in page
    (mark,) = seen(desk, auditor)
    assert (mark["call"], mark["of"], mark["lines"]) == ("read_seen", f"subject={ana}", 1)


def test_what_a_person_saw_is_read_page_by_page(desk: Desk) -> None:
    ana, auditor = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR)
    for path in ("queue", "duty", "holds"):
        desk.get(path, ana)
    told, cursor = list[str](), ""
    for _ in range(3):
        query = {"cursor": cursor} if cursor else {}
        page = desk.get(f"staff/{ana}/seen", auditor, limit="1", **query).document
        told += [each["call"] for each in page["seen"]]
        cursor = page.get("cursor", "")
    assert (sorted(told), cursor) == (["read_duty", "read_holds", "read_queue"], "")
    assert desk.get(f"staff/{ana}/seen", auditor, cursor="x").status == 422


# ---- readings of a case --------------------------------------------------------------------------


def test_readings_of_a_page_are_counted_by_person_and_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, ana, omar = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    with written() as made:
        for _ in range(3):
            assert desk.case(case, ana).status == 200
    assert made.count("MARK") == 3, "one write for each"
    desk.case(case, omar)
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))
    desk.case(case, ana)
    told = {(each["by"], each["at"][:10]): each["readings"] for each in marks(desk, case, "view")}
    today, tomorrow = "2026-03-02", "2026-03-03"
    assert told[ana, today] == 3
    assert told[omar, today] == 1
    assert told[ana, tomorrow] == 1


def test_a_further_page_of_a_case_is_no_further_reading(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MAX_REPORTS_SHOWN", 1)
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    for number in (901, 902):
        desk.report(case, number)
    first = desk.case(case, ana).document
    assert desk.case(case, ana, cursor=first["cursor"]).status == 200
    (mark,) = [each for each in marks(desk, case, "view") if each["by"] == ana]
    assert mark["readings"] == 1


def test_who_sees_the_words_of_a_case_in_a_list_alone_opened_its_page_never(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    audit_log.record_access(
        TABLE, case.id, NOON, audit_log.VIEW_MARK, ana
    )  # as the duty desk and the glance do
    (mark,) = [each for each in marks(desk, case, "view") if each["by"] == ana]
    assert "readings" not in mark
    desk.case(case, ana)
    (mark,) = [each for each in marks(desk, case, "view") if each["by"] == ana]
    assert mark["readings"] == 1


def test_the_count_of_a_day_is_bound_by_its_night(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    for _ in range(2):
        desk.case(case, ana)
    entry = audit_log.bind_day(TABLE, case.id, "2026-03-02", NOON + timedelta(days=1))
    assert not audit_log.marks_changed(TABLE, case.id, entry)
    audit_log.count_reading(TABLE, case.id, NOON, ana)
    assert audit_log.marks_changed(TABLE, case.id, entry)


# ---- what it costs an act ------------------------------------------------------------------------


def test_an_act_in_danger_writes_no_mark(desk: Desk) -> None:
    case, ana = desk.in_review(imminent=True), desk.enrol(Role.ANALYST)
    with written() as made:
        assert desk.call(a_decision(case, "take", {}, ana)).status == 200
    assert not {"SAW", "MARK"} & set(made)
