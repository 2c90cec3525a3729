"""Colleagues name each other in notes, watch cases, and hand them over with a word."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from casework.aws.table import keys, mention_table
from casework.aws.table.erasure import erase_case
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.decisions.staff import Role
from casework.moves.additions import record_addition
from casework.report.followup import AdditionKind
from casework.text.realm import Realm
from functions.desk.cases import thread
from harness.faults.meter import meter_items
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk, an_event, in_clear
from tests.integration.lives import inquiring

NOTE = "Le témoin rappelle demain matin : peux-tu le prendre ?"
WORDS = "Le virement part à midi : appelle la banque d'abord."


def send(
    desk: Desk, method: str, case: Case, call: str, by: str, key: str = "", **said: Any
) -> Answered:
    """A call on a case that is sent on no version."""
    headers = {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())}
    path, body = f"/v1/desk/cases/{case.id}/{call}", json.dumps(said) if said else ""
    return desk.call(an_event(method, path, by, headers=headers, body=body))


def name(desk: Desk, case: Case, by: str, *whom: str, key: str = "") -> Answered:
    return send(desk, "POST", case, "notes", by, key, text=NOTE, mentions=list(whom))


def mentions(desk: Desk, by: str) -> list[tuple[str, int, str, bool]]:
    """What a person reads in the list of notes that name them."""
    page = desk.get("inbox", by)
    assert page.status == 200, page.text
    told = page.document["mentions"]
    return [(each["case"], each["entry"], each["words"], each["unread"]) for each in told]


def watch(desk: Desk, case: Case, by: str, *, watching: bool = True) -> Answered:
    return send(desk, "PUT", case, "thread", by, watching=watching)


def unread(desk: Desk, by: str) -> int:
    return int(desk.get("pulse", by).document["mentions"])


# ---- mentions ------------------------------------------------------------------------------------


def test_who_is_named_finds_the_note_and_it_is_unread_until_it_was_displayed(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    entry = name(desk, case, ana, ben).document["number"]
    assert (unread(desk, ben), mentions(desk, ben)) == (1, [(case.id, entry, NOTE, True)])
    assert (unread(desk, ana), mentions(desk, ana)) == (0, [])
    page = desk.case(case, ben).document
    assert page["thread"]["unread"] == [entry]
    assert page["people"][ana] == page["people"][ben] == "A person"
    assert unread(desk, ben) == 1, "a page that was read ahead displayed nothing"
    answered = send(desk, "PUT", case, "thread", ben, seen=entry)
    assert answered.document == {"watching": False, "unread": []}
    assert (unread(desk, ben), mentions(desk, ben)) == (0, [(case.id, entry, NOTE, False)])
    assert desk.case(case, ben).document["thread"]["unread"] == []


def test_what_was_not_displayed_yet_stays_unread(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    first, second = (name(desk, case, ana, ben).document["number"] for _ in range(2))
    assert send(desk, "PUT", case, "thread", ben, seen=first).document["unread"] == [second]
    assert unread(desk, ben) == 1


def test_nobody_is_named_who_does_not_read_the_notes_and_all_are_refused_alike(desk: Desk) -> None:
    case = desk.referred(RABAT)
    omar, lina = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    strangers = [
        desk.enrol(Role.OFFICER, SALE),
        desk.enrol(Role.PROSECUTOR),
        desk.enrol(Role.ADMIN),
        desk.enrol(Role.OFFICER, RABAT, active=False),
        desk.enrol(Role.OFFICER, RABAT, realm=Realm.TRIAL),
        "nobody",
    ]
    for each in strangers:
        refused = name(desk, case, omar, lina, each)
        (finding,) = refused.document["errors"]
        assert (problem(refused), finding["pointer"]) == ("not-valid", "#/mentions/1")
        assert finding["code"] == "mention.unknown"
    assert problem(name(desk, case, omar, lina, lina)) == "not-valid", "one person, twice"
    assert problem(name(desk, case, omar, *(str(uuid.uuid4()) for _ in range(11)))) == "not-valid"
    assert (unread(desk, lina), mentions(desk, lina)) == (0, [])
    read = send(desk, "GET", case, "colleagues", omar).document["people"]
    assert [each["subject"] for each in read] == [lina]


def test_those_whom_a_note_may_name_are_those_who_may_read_it(desk: Desk) -> None:
    case = desk.referred(RABAT)
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    sara, sale = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.OFFICER, SALE)
    listed = send(desk, "GET", case, "colleagues", ana).document["people"]
    assert [each["subject"] for each in listed] == [omar, sara], "those of the unit come first"
    assert problem(send(desk, "GET", case, "colleagues", sale)) == "case-not-found"
    assert name(desk, case, ana, *(each["subject"] for each in listed)).status == 201


def test_who_no_longer_reads_the_case_reads_no_word_of_its_notes(desk: Desk) -> None:
    case = desk.referred(RABAT)
    omar, lina = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    name(desk, case, omar, lina)
    watch(desk, case, lina)
    desk.keep_staff(lina, role="officer", unit=SALE)
    assert mentions(desk, lina) == []
    assert unread(desk, lina) == 0, "nothing is left that they could never have displayed"
    assert watched(desk, lina) == {}
    assert problem(send(desk, "PUT", case, "thread", lina, seen=1)) == "case-not-found"
    assert NOTE not in desk.shown[-1]


def test_the_erasure_of_the_case_leaves_no_word_in_the_lists_of_colleagues(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    name(desk, case, ana, ben)
    lists = [each for each in desk.items() if each[keys.PARTITION_KEY].startswith("DESK#")]
    assert NOTE not in in_clear(lists)
    for _ in erase_case(desk.table, desk.table.get_case(case.id), NOON):
        pass
    assert (mentions(desk, ben), unread(desk, ben)) == ([], 0)


def test_a_repeated_note_stands_once_in_the_list_and_names_the_same_people(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    key = str(uuid.uuid4())
    first, again = (name(desk, case, ana, ben, key=key) for _ in range(2))
    assert first.document == again.document
    assert (len(mentions(desk, ben)), unread(desk, ben)) == (1, 1)
    assert problem(name(desk, case, ana, key=key)) == "key-conflict"


def test_the_history_binds_whom_a_note_names(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    name(desk, case, ana, ben)
    (event,) = (each for each in desk.table.events(case.id) if each.move == "remark")
    assert event.data["mentions"] == [ben]
    assert list(find_history_differences(desk.table, case.id)) == []


def test_the_list_of_mentions_goes_on_page_by_page(desk: Desk) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    cases = [desk.in_review() for _ in range(3)]
    for case in cases:
        name(desk, case, ana, ben)
    first = desk.get("inbox", ben, limit="2").document
    second = desk.get("inbox", ben, limit="2", cursor=first["cursor"]).document
    found = [each["case"] for each in (*first["mentions"], *second["mentions"])]
    assert sorted(found) == sorted(case.id for case in cases)
    assert "cursor" not in second
    assert problem(desk.get("inbox", ben, cursor="x")) == "not-valid"


def test_to_read_the_list_counts_as_reading_the_cases(desk: Desk) -> None:
    case, ana, ben = desk.in_review(), desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    name(desk, case, ana, ben)
    mentions(desk, ben)
    history = desk.get(f"history/{case.id}", desk.enrol(Role.AUDITOR)).document
    assert ben in [each["by"] for each in history["marks"] if each["kind"] == "view"]


# ---- watching ------------------------------------------------------------------------------------


def watched(desk: Desk, by: str) -> dict[str, int]:
    page = desk.get("inbox", by).document
    return {each["id"]: each["news"] for each in page["watched"]}


def add(desk: Desk, case: Case, name: str) -> None:
    """A stranger adds something to the case."""

    def entry(now: Case) -> Any:
        report = now.opened_by
        return record_addition(
            now, NOON, report=report, addition=name, kind=AdditionKind.MORE, unadmitted=0
        )

    desk.table.update(case.id, entry)


def test_who_watches_a_case_reads_how_much_is_new_since_it_was_displayed(desk: Desk) -> None:
    case, quiet, ana = desk.in_review(), desk.in_review(), desk.enrol(Role.ANALYST)
    for each in (quiet, case):
        assert watch(desk, each, ana).document["watching"] is True
    add(desk, case, "A1")
    add(desk, case, "A2")
    assert list(watched(desk, ana).items()) == [(case.id, 2), (quiet.id, 0)]
    assert desk.case(case, ana).document["thread"]["watching"] is True
    assert watched(desk, ana)[case.id] == 2, "a page that was read ahead displayed nothing"
    send(desk, "PUT", case, "thread", ana, seen=desk.table.get_case(case.id).events)
    send(desk, "PUT", case, "thread", ana, seen=1)
    assert watched(desk, ana)[case.id] == 0, "an old page takes nothing back"
    watch(desk, case, ana)
    assert watch(desk, case, ana, watching=False).document["watching"] is False
    assert watched(desk, ana) == {quiet.id: 0}


def test_nobody_has_seen_what_is_not_there_yet(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    watch(desk, case, ana)
    send(desk, "PUT", case, "thread", ana, seen=999_999)
    add(desk, case, "A1")
    assert watched(desk, ana) == {case.id: 1}


def test_to_display_a_case_does_not_make_it_watched(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    assert send(desk, "PUT", case, "thread", ana, seen=1).document["watching"] is False
    assert watched(desk, ana) == {}


def test_a_person_watches_so_many_cases_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thread, "MAX_WATCHED", 1)
    first, second, ana = desk.in_review(), desk.in_review(), desk.enrol(Role.ANALYST)
    assert watch(desk, first, ana).status == 200
    assert problem(watch(desk, second, ana)) == "too-many"
    assert watch(desk, first, ana).status == 200, "again, it is no further one"


def test_a_prosecutor_watches_a_case_of_the_own_office_and_no_other(desk: Desk) -> None:
    omar, nadia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.PROSECUTOR)
    case, other = inquiring(desk, omar), desk.referred(SALE)
    assert watch(desk, case, nadia).status == 200
    assert watched(desk, nadia) == {case.id: 0}
    assert problem(watch(desk, other, nadia)) == "case-not-found"


def test_what_a_stranger_sends_costs_the_same_however_many_watch(desk: Desk) -> None:
    case = desk.in_review()
    with meter_items() as alone:
        add(desk, case, "A1")
    for number in range(20):
        mention_table.put_watch(TABLE, f"person-{number}", case.id, 1)
    with meter_items() as watched_by_many:
        add(desk, case, "A2")
    assert watched_by_many == alone


# ---- handing over --------------------------------------------------------------------------------


@pytest.fixture
def taken(desk: Desk) -> tuple[Case, str, str]:
    """A case that a unit inquires into, and two of its officers."""
    omar, lina = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    return inquiring(desk, omar), omar, lina


def first_words(desk: Desk, case: Case, by: str) -> str | None:
    """The words with which a reader got the case."""
    page = desk.case(case, by).document
    number = page["thread"].get("handed_over")
    told = {each["number"]: each.get("words") for each in page["history"]}
    return told[number] if number is not None else None


def test_an_officer_who_gets_a_case_reads_the_word_with_it_first(
    desk: Desk, taken: tuple[Case, str, str]
) -> None:
    case, omar, lina = taken
    before = list(find_history_differences(desk.table, case.id))
    assert send(desk, "PUT", case, "owner", omar, to=lina, words=WORDS).document["owner"] == lina
    assert (first_words(desk, case, lina), first_words(desk, case, omar)) == (WORDS, None)
    ((_, entry, words, new),) = mentions(desk, lina)
    assert (words, new, unread(desk, lina)) == (WORDS, True, 1)
    assert send(desk, "PUT", case, "thread", lina, seen=entry).document["unread"] == []
    send(desk, "PUT", case, "owner", lina, to=omar)
    assert first_words(desk, case, lina) is None, "it is no longer hers"
    assert list(find_history_differences(desk.table, case.id)) == before


def test_a_word_with_a_case_is_given_once_under_its_key(
    desk: Desk, taken: tuple[Case, str, str]
) -> None:
    (case, omar, lina), key = taken, str(uuid.uuid4())
    for _ in range(2):
        assert send(desk, "PUT", case, "owner", omar, key, to=lina, words=WORDS).status == 200
    assert len(mentions(desk, lina)) == 1
    other = send(desk, "PUT", case, "owner", omar, key, to=lina, words="Autre chose.")
    assert problem(other) == "key-conflict"
    send(desk, "PUT", case, "owner", omar, to=lina, words="Et le témoin.")
    assert [words for _, _, words, _ in mentions(desk, lina)] == ["Et le témoin.", WORDS]
    path, body = f"/v1/desk/cases/{case.id}/owner", json.dumps({"to": lina, "words": WORDS})
    headers = {"content-type": "application/json"}
    unnamed = an_event("PUT", path, omar, headers=headers, body=body)
    assert problem(desk.call(unnamed)) == "key-missing"
    assert problem(send(desk, "PUT", case, "owner", omar, words=WORDS)) == "not-valid"
    long = send(desk, "PUT", case, "owner", omar, to=lina, words="x" * 501)
    assert problem(long) == "not-valid"


def test_the_next_unit_reads_the_word_of_the_supervisor_who_gave_it_the_case(desk: Desk) -> None:
    case, sara = desk.referred(RABAT), desk.enrol(Role.SUPERVISOR)
    omar, sale = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    event = an_event(
        "POST",
        f"/v1/desk/duty/{case.id}/reassign",
        sara,
        headers={
            "content-type": "application/json",
            "if-match": desk.table.get_case(case.id).etag,
            "idempotency-key": str(uuid.uuid4()),
        },
        body=json.dumps({"unit": SALE, "words": WORDS}),
    )
    first, again = desk.call(event), desk.call(event)
    assert (first.status, first.document) == (again.status, again.document)
    assert first_words(desk, case, sale) == WORDS
    assert first_words(desk, case, sara) is None
    assert problem(desk.case(case, omar)) == "case-not-found"
    assert list(find_history_differences(desk.table, case.id)) == []


@pytest.mark.parametrize("reader", [Role.PROSECUTOR, Role.OFFICER])
def test_words_between_colleagues_are_in_no_dossier_and_not_for_the_prosecutor(
    desk: Desk, taken: tuple[Case, str, str], reader: Role
) -> None:
    case, omar, lina = taken
    send(desk, "PUT", case, "owner", omar, to=lina, words=WORDS)
    by = lina if reader is Role.OFFICER else desk.enrol(reader)
    assert WORDS not in desk.get(f"cases/{case.id}/dossier", by).text
    assert (WORDS in desk.case(case, by).text) is (reader is Role.OFFICER)
