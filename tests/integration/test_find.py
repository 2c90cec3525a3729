"""A case is found by what somebody says or shows, and by people of its unit alone."""

from __future__ import annotations

import json
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from casework.aws.table import decision_log_table, desk_keys, items, keys, staff_activity_table
from casework.aws.table.case_table import AlreadyOpen
from casework.case.case import Case
from casework.case.referral import OfficeSeat
from casework.case.times import format_timestamp
from casework.decisions.staff import Role
from casework.linking.records import IdentifierClaim, IdentifierMark
from casework.moves.triage import open_case
from casework.statistics.decision_lines import DecidedLine
from casework.text import case_number
from casework.text.realm import Realm
from functions.desk.oversight import search
from tests.builders import NOON, RABAT, SALE, a_case, a_reference
from tests.integration.answers import Answered, problem
from tests.integration.desks import CONFIRM, Desk, an_event
from tests.office import before_each_call, marked

OF_SALE: OfficeSeat = ("king-prosecutor", "tpi-sale")
PHONE: IdentifierMark = ("phone", "+212612345678")
SAID = "06 12 34 56 78"


def sought(desk: Desk, text: str, by: str, ground: str = "reporter_calls") -> Answered:
    """Search for a text as a person."""
    body = json.dumps({"text": text, "ground": ground})
    sent = {"content-type": "application/json"}
    return desk.call(an_event("POST", "/v1/desk/find", by, headers=sent, body=body))


def found(answered: Answered) -> list[str]:
    """The cases of an answer."""
    assert answered.status == 200, answered.text
    return [each["id"] for each in answered.document["cases"]]


def closed(desk: Desk, case: Case) -> Case:
    """The case, rejected by an analyst."""
    ana = desk.enrol(Role.ANALYST)
    said = {"outcome": "reject", "reason": "duplicate"}
    assert desk.review(case, said, ana).status in (200, 202)
    return desk.table.get_case(case.id)


def test_a_case_is_found_by_every_name_that_it_has(desk: Desk) -> None:
    case, ana = (
        desk.in_review(number=case_number.format_case_number(41_830_526)),
        desk.enrol(Role.ANALYST),
    )
    reference = desk.report(case, 1_000)
    for text, kind in (
        (reference.lower().replace("-", " "), "reference"),
        (case.id.lower(), "case"),
        ("٤١٨٣ ٠٥٢٦ ٧", "number"),
    ):
        answered = sought(desk, text, ana)
        assert found(answered) == [case.id]
        (line,) = answered.document["cases"]
        assert [each["kind"] for each in line["because"]] == [kind]
        assert line["number"] == "4183-0526-7"
    assert desk.case(case, ana).document["number"] == "4183-0526-7"
    assert desk.queue(ana).document["cases"][0]["number"] == "4183-0526-7"


def test_one_number_is_given_to_one_case(desk: Desk) -> None:
    number = case_number.format_case_number(7)
    case = desk.received(number=number)
    another = a_case(2, version=0, revision=0, events=0, number=number)
    with pytest.raises(AlreadyOpen):
        desk.table.open(open_case(another, NOON), ())
    assert desk.table.find_by_number(number) == case.id


def test_a_case_from_before_there_were_numbers_goes_on(desk: Desk) -> None:
    case, ana = desk.in_review(), desk.enrol(Role.ANALYST)
    assert "number" not in desk.case(case, ana).document
    assert found(sought(desk, case.id, ana)) == [case.id]


def test_an_identifier_finds_every_case_that_names_it_closed_ones_too_and_says_why(
    desk: Desk,
) -> None:
    ana = desk.enrol(Role.ANALYST)
    ended, owner, other = desk.in_review(), desk.in_review(), desk.referred(SALE)
    desk.table.identifiers.claim(IdentifierClaim(PHONE), ended.id, ended.opened_by)
    desk.table.identifiers.claim(
        IdentifierClaim(PHONE, instead_of=ended.id), owner.id, owner.opened_by
    )
    desk.table.identifiers.add_mentions([PHONE], other.id)
    ended = closed(desk, ended)
    answered = sought(desk, f"il appelle du {SAID}", ana)
    assert found(answered)[-1] == ended.id, "open cases come first"
    assert set(found(answered)) == {ended.id, owner.id, other.id}
    why = {"kind": "phone", "value": "+212612345678"}
    assert answered.document["read_as"] == [why]
    assert [each["because"] for each in answered.document["cases"]] == [[why]] * 3
    told = {each["id"]: each for each in answered.document["cases"]}
    assert told[other.id]["referral"]["unit"] == SALE
    assert told[ended.id]["closed_at"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.PROSECUTOR])
def test_who_is_of_another_place_finds_nothing_and_cannot_tell_why(desk: Desk, role: Role) -> None:
    """Neither the answer nor the number of calls to the table tells of a case that exists."""
    seeker, holder = desk.enrol(role, RABAT), desk.enrol(role, SALE, seat=OF_SALE)
    case = desk.referred(SALE, number=case_number.format_case_number(11))
    reference = desk.report(case, 1_000)
    desk.table.identifiers.claim(IdentifierClaim(PHONE), case.id, case.opened_by)
    nothing = [
        a_reference(4_000),
        a_case(4_000).id,
        case_number.format_case_number(12),
        "06 99 99 99 99",
    ]

    def asks(text: str) -> tuple[Answered, list[str]]:
        calls: list[str] = []
        with before_each_call(lambda model, **_: calls.append(model.name)):
            return sought(desk, text, seeker), calls

    for text, unknown in zip([reference, case.id, case.number, SAID], nothing, strict=True):
        (theirs, calls), (none, calls_of_none) = asks(text), asks(unknown)
        assert (theirs.status, none.status) == (200, 200)
        for each in (theirs, none):
            assert {**each.document, "read_as": []} == {
                "read_as": [],
                "cases": [],
                "people": {},
                "more": False,
            }
        assert calls == calls_of_none
        assert found(sought(desk, text, holder)) == [case.id]


def test_a_case_that_was_merged_is_found_as_the_one_that_goes_on(desk: Desk) -> None:
    case, into = desk.in_review(), desk.in_review()
    desk.table.identifiers.claim(IdentifierClaim(PHONE), case.id, case.opened_by)
    desk.table.identifiers.add_mentions([PHONE], into.id)
    ana = desk.enrol(Role.ANALYST)
    said = {"outcome": "merge", "into": into.id}
    assert desk.review(case, said, ana).status in (200, 202)
    assert found(sought(desk, SAID, ana)) == [into.id]


def test_trials_are_found_by_their_own_people_alone(desk: Desk) -> None:
    trial = a_case(
        1, Realm.TRIAL, version=0, revision=0, events=0, number=case_number.format_case_number(13)
    )
    desk.table.open(open_case(trial, NOON), ())
    tester = desk.enrol(Role.ANALYST, realm=Realm.TRIAL)
    assert found(sought(desk, trial.number, tester)) == [trial.id]
    assert found(sought(desk, trial.number, desk.enrol(Role.SUPERVISOR))) == []


@pytest.mark.parametrize("text", ["une phrase", "lamsa", "C-7K3M", "1234"])
def test_words_are_no_search(desk: Desk, text: str) -> None:
    desk.in_review()
    assert found(sought(desk, text, desk.enrol(Role.ANALYST))) == []


@pytest.mark.parametrize(
    "body",
    [
        {"text": SAID},
        {"text": "", "ground": "own_case"},
        {"text": SAID, "ground": "curiosity"},
        {"text": "x" * 2_049, "ground": "own_case"},
    ],
)
def test_a_search_has_a_text_and_a_ground_of_the_list(desk: Desk, body: dict[str, Any]) -> None:
    sent = {"content-type": "application/json"}
    asked = an_event(
        "POST",
        "/v1/desk/find",
        desk.enrol(Role.ANALYST),
        headers=sent,
        body=json.dumps(body),
    )
    assert problem(desk.call(asked)) == "not-valid"


def test_an_auditor_reads_who_searched_on_which_ground_and_never_for_what(desk: Desk) -> None:
    ana, auditor, case = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR), desk.in_review()
    desk.table.identifiers.claim(IdentifierClaim(PHONE), case.id, case.opened_by)
    sought(desk, SAID, ana, "prosecutor_asks")
    sought(desk, "un nom", ana)
    page = desk.get(f"staff/{ana}/searches", auditor).document
    kept = [
        each for each in desk.items() if each["sk"].startswith(desk_keys.search_record_key.begins)
    ]
    assert {each[keys.EXPIRES_AT_FIELD] for each in kept} == {int(NOON.timestamp()) + 90 * 86_400}
    told = {each["ground"]: each for each in page["searches"]}
    assert told["prosecutor_asks"]["digests"] == [marked(*PHONE)], "as histories name it"
    assert told["prosecutor_asks"]["found"] == 1
    assert told["reporter_calls"]["digests"][0].startswith("unread:")
    assert told["reporter_calls"]["found"] == 0
    for written in (json.dumps(page), json.dumps(kept, default=str), desk.logs.getvalue()):
        assert "612345678" not in written
        assert "un nom" not in written
    first = desk.get(f"staff/{ana}/searches", auditor, limit="1").document
    assert len(first["searches"]) == 1
    rest = desk.get(f"staff/{ana}/searches", auditor, cursor=first["cursor"]).document
    assert {each["ground"] for each in first["searches"] + rest["searches"]} == set(told)
    assert desk.get(f"staff/{ana}/searches", ana).status == 403
    assert desk.get("staff/nobody/searches", auditor).document == {"searches": []}
    assert desk.get(f"staff/{ana}/searches", auditor, cursor="x").status == 422


def test_a_person_who_searches_all_the_time_is_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_AN_HOUR", 2)
    ana = desk.enrol(Role.ANALYST)
    assert [sought(desk, SAID, ana).status for _ in range(3)] == [200, 200, 409]
    assert sought(desk, SAID, desk.enrol(Role.ANALYST)).status == 200


# ---- what is one's own ---------------------------------------------------------------------------


PLAIN = {"cover_more": False, "letters_off": False, "grey": False, "views": []}


def change(desk: Desk, by: str, body: dict[str, Any], seen: str | None = None) -> Answered:
    """Settings sent on the version that was seen, or on that which is there."""
    seen = seen if seen is not None else desk.get("me", by).etag
    sent = {"content-type": "application/json", "if-match": seen}
    return desk.call(
        an_event("PUT", "/v1/desk/me/settings", by, headers=sent, body=json.dumps(body))
    )


def test_settings_are_kept_for_their_author_alone(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    assert desk.get("me", ana).document["settings"] == PLAIN
    chosen = {"language": "ar", "cover_more": True, "letters_off": True, "grey": True, "views": []}
    assert change(desk, ana, chosen).document == chosen
    assert desk.get("me", ana).document["settings"] == chosen
    assert desk.get("me", omar).document["settings"] == PLAIN
    change(desk, ana, {"grey": True})
    assert desk.get("me", ana).document["settings"] == {**PLAIN, "grey": True}
    refused = change(desk, ana, {"language": "zzz"})
    (finding,) = refused.document["errors"]
    assert (problem(refused), finding["pointer"]) == ("not-valid", "#/language")
    assert "'ar', 'en' or 'fr'" in finding["detail"]


def test_settings_that_an_earlier_release_kept_are_read_and_changed(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    old = {"language": "zzz", "grey": True, **desk_keys.settings_key(ana)}
    items.put_item(desk.table.name, old)
    assert desk.get("me", ana).document["settings"] == {**PLAIN, "grey": True}
    assert change(desk, ana, {"letters_off": True}).status == 200
    assert desk.get("me", ana).document["settings"] == {**PLAIN, "letters_off": True}


def test_a_person_keeps_at_most_ten_views_each_under_a_name_of_its_own(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    late = {"name": "Retards à Rabat", "of": "held", "status": "acknowledged", "late": True}
    ours = {"name": "لنا", "of": "waiting", "priority": "urgent", "category": "fraud", "free": True}
    ours["territory"] = "04.421"
    assert change(desk, omar, {"views": [late, ours]}).status == 200
    views = desk.get("me", omar).document["settings"]["views"]
    assert views == [{**late, "free": False}, {**ours, "late": False}]
    for views, code in (
        ([late, late], "views.same_name"),
        ([{**late, "name": f"{n}"} for n in range(11)], "too_long"),
        ([{**late, "name": "n" * 41}], "string_too_long"),
        ([{**late, "name": "\u200f "}], "text.blank"),
        ([{**late, "number": "26-418305-7"}], "extra_forbidden"),
        ([{**late, "language": "__proto__"}], "string_pattern_mismatch"),
    ):
        refused = change(desk, omar, {"views": views})
        assert (refused.status, refused.document["errors"][0]["code"]) == (422, code)
    # A view of a later release, which this one cannot read, is left out.
    kept = {"views": [late, {**ours, "colour": "red"}], "version": 7}
    items.put_item(desk.table.name, {**kept, **desk_keys.settings_key(omar)})
    views = desk.get("me", omar).document["settings"]["views"]
    assert [each["name"] for each in views] == [late["name"]]


def test_two_open_pages_of_a_person_do_not_undo_each_others_settings(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    seen = desk.get("me", ana).etag
    first = change(desk, ana, {"grey": True}, seen)
    late = change(desk, ana, {"cover_more": True}, seen)
    assert (late.status, problem(late)) == (412, "case-changed")
    assert late.document["current"] == first.document == {**PLAIN, "grey": True}
    assert late.etag == first.etag != seen
    both = {"grey": True, "cover_more": True}
    assert change(desk, ana, both, late.etag).status == 200
    # An answer that was lost on its way: the same is asked for once more.
    again = change(desk, ana, both, late.etag)
    assert again.status == 200
    assert change(desk, ana, {}, "").status == 428
    assert desk.get("me", ana).document["settings"] == {**PLAIN, **both}
    # Another page is first, between the reading and the writing of this call.
    kept = staff_activity_table.put_staff_settings

    def overtaken(table: str, subject: str, settings: dict[str, Any], version: int) -> int:
        kept(table, subject, {"letters_off": True}, version)
        return kept(table, subject, settings, version)

    monkeypatch.setattr(staff_activity_table, "put_staff_settings", overtaken)
    beaten = change(desk, ana, {}, again.etag)
    assert (beaten.status, beaten.document["current"]["letters_off"]) == (412, True)
    assert desk.get("me", ana).document["settings"] == {**PLAIN, "letters_off": True}


def test_a_person_reads_their_decisions_and_an_auditor_those_of_all(desk: Desk) -> None:
    ana, auditor, case = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR), desk.in_review()
    assert desk.review(case, CONFIRM, ana).status in (200, 202)
    (mine,) = desk.get("me/decisions", ana).document["decisions"]
    assert (mine["case"], mine["decision"], mine["status"]) == (case.id, "confirm", "reviewed")
    assert desk.get(f"staff/{ana}/decisions", auditor).document["decisions"] == [mine]
    assert desk.get("me/decisions", auditor).document == {"decisions": []}
    assert desk.get(f"staff/{ana}/decisions", ana).status == 403
    kept = [
        each for each in desk.items() if each["sk"].startswith(desk_keys.staff_decision_key.begins)
    ]
    assert [each[keys.EXPIRES_AT_FIELD] for each in kept] == [int(NOON.timestamp()) + 30 * 86_400]


def test_an_auditor_reads_what_was_decided_on_a_day(desk: Desk) -> None:
    ana, auditor, case = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR), desk.in_review()
    assert desk.review(case, CONFIRM, ana).status in (200, 202)
    day = NOON.date().isoformat()
    told = desk.get("decisions", auditor, day=day).document
    (line,) = told["decisions"]
    assert (line["case"], line["by"], told["people"]) == (case.id, ana, {ana: "A person"})
    entry = desk.table.event(case.id, line["event"])
    assert entry is not None
    assert (entry.move, line["move"]) == ("confirm", "confirm")
    assert desk.get("decisions", auditor, day="2026-03-01").document["decisions"] == []
    assert desk.get("decisions", auditor, day="2026-02-30").status == 422
    assert desk.get("decisions", ana, day=day).status == 403


def test_an_auditor_reads_a_long_day_page_by_page_the_latest_first(desk: Desk) -> None:
    ana, auditor, day = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR), NOON.date().isoformat()
    took = [
        DecidedLine(
            format_timestamp(NOON + timedelta(seconds=each)), desk.in_review().id, each, ana
        )
        for each in range(5)
    ]
    for line in took:
        decision_log_table.put_decision_line(desk.table.name, day, line)
    read: list[int] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = desk.get("decisions", auditor, day=day, limit="2", **cursor).document
        read += [each["event"] for each in page["decisions"]]
        cursor = {"cursor": page["cursor"]} if "cursor" in page else {}
    assert (read, cursor) == ([4, 3, 2, 1, 0], {})
    first = desk.get("decisions", auditor, day=day, limit="2").document
    of_another = desk.get("decisions", auditor, day="2026-03-01", cursor=first["cursor"])
    assert (of_another.status, problem(of_another)) == (422, "not-valid")


def test_a_repeated_call_lists_the_decision_whose_first_call_died_before_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise OSError("no network")

    ana, auditor, case = desk.enrol(Role.ANALYST), desk.enrol(Role.AUDITOR), desk.in_review()
    asked = {"idempotency_key": "6f1f4a4e-6a5d-4d5e-9d0e-0f6f3a1b2c3d"}
    with monkeypatch.context() as broken:
        broken.setattr(decision_log_table, "put_decision_line", dies)
        broken.setattr(staff_activity_table, "record_staff_decision", dies)
        assert desk.review(case, CONFIRM, ana, **asked).status in (200, 202)
    day = NOON.date().isoformat()
    assert desk.get("decisions", auditor, day=day).document["decisions"] == []
    for _ in range(2):
        assert desk.review(case, CONFIRM, ana, **asked).status in (200, 202)
        (listed,) = desk.get("decisions", auditor, day=day).document["decisions"]
        assert (listed["case"], listed["by"]) == (case.id, ana)
        (mine,) = desk.get("me/decisions", ana).document["decisions"]
        assert mine["case"] == case.id


@pytest.mark.parametrize(
    ("table", "keeps"),
    [
        (staff_activity_table, "record_staff_decision"),
        (decision_log_table, "put_decision_line"),
    ],
)
def test_a_decision_stands_where_it_cannot_be_kept_in_mind_or_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, table: ModuleType, keeps: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(table, keeps, fails)
    case = desk.in_review()
    assert desk.review(case, CONFIRM, desk.enrol(Role.ANALYST)).status in (200, 202)
    assert desk.table.get_case(case.id).status != case.status
