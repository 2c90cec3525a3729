"""A case with its unit: gate, instructions, notice, suspects, and the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.case import suspects
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.decisions.instructions import list_instructions
from casework.decisions.staff import Role
from casework.moves import referrals
from functions.desk import deployment
from tests.builders import NOON, RABAT, SALE, altered
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk
from tests.integration.lives import (
    OFFICE,
    court,
    held,
    inquiring,
    instruct,
    later,
    swept,
    to_court,
)

# ---- the gate, instructions, suspects, the end ---------------------------------------------------


def test_a_unit_cannot_inquire_before_the_prosecutor_authorises(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert case.status is Status.AWAITING_AUTHORISATION
    for answered in (
        instruct(desk, case, "investigate", omar),
        instruct(desk, case, "close", omar, ground="no_offence"),
        instruct(desk, case, "transfer", omar, unit=SALE),
        desk.decide(desk.table.get_case(case.id), "suspects", {}, omar),
    ):
        assert (answered.status, problem(answered)) == (409, "authorisation-awaited")
    assert desk.table.get_case(case.id) == case
    assert instruct(desk, case, "order_checks", omar).document["status"] == (
        "awaiting_authorisation"
    )
    assert instruct(desk, case, "authorise", omar).document["status"] == "acknowledged"
    assert instruct(desk, case, "investigate", omar).status == 200
    kinds = [each["instruction"] for each in desk.case(case, omar).document["instructions"]]
    assert kinds == ["order_checks", "authorise", "investigate"]


def test_a_decision_starts_the_notice_deadline_for_reporters_who_gave_their_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert instruct(desk, case, "close", omar, ground="unknown_offender").status == 200
    owed = desk.table.get_case(case.id)
    assert owed.status is Status.CLOSED
    assert owed.notice is not None
    assert owed.notice.due == format_timestamp(
        NOON + timedelta(days=14)
    )  # it was decided the day before
    later(monkeypatch, days=14, seconds=-1)
    assert swept() == {"unseen": 1}
    later(monkeypatch, days=14)
    assert swept() == {"notice": 1}
    assert swept() == {}
    later(monkeypatch, days=18)
    assert swept() == {"notice": 1}
    assert swept() == {}
    days = format_timestamp(NOON + timedelta(days=14)), format_timestamp(NOON + timedelta(days=17))
    assert told == [f"{case.id}-notice-{due}-late" for due in days]
    noticed = desk.decide(
        desk.table.get_case(case.id), "notice", {"told": "complainant", "means": "letter"}, omar
    )
    assert noticed.status == 200
    assert "overdue" not in desk.table.get_case(case.id).duties


def test_a_second_notice_that_is_late_is_no_repeat_of_the_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    given = {"told": "complainant", "means": "letter"}
    for day in (0, 20):
        later(monkeypatch, days=day)
        decided_on = (NOON + timedelta(days=day)).date().isoformat()
        assert instruct(desk, case, "investigate", omar, decided_on=decided_on).status == 200
        later(monkeypatch, days=day + 15)
        assert swept() == {"notice": 1}
        assert desk.decide(desk.table.get_case(case.id), "notice", given, omar).status == 200
    assert len(told) == len(set(told)) == 2


def test_a_later_decision_postpones_no_owed_notice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    """One letter tells the complainant of both; a decision that is entered late has less time."""
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)

    def due(kind: str, decided_on: str) -> str | None:
        assert instruct(desk, case, kind, omar, decided_on=decided_on).status == 200
        notice = desk.table.get_case(case.id).notice
        return notice.due[:10] if notice else None

    assert due("investigate", "2026-03-01") == "2026-03-16"
    later(monkeypatch, days=2)
    assert due("complete", "2026-03-04") == "2026-03-16"
    assert due("investigate", "2026-03-04") == "2026-03-16"
    assert due("investigate", "2026-02-27") == "2026-03-14"
    later(monkeypatch, days=20)
    assert [swept(), swept()] == [{"notice": 1}, {}]
    late = desk.table.get_case(case.id)
    assert instruct(desk, case, "investigate", omar, decided_on="2026-03-22").status == 200
    assert desk.table.get_case(case.id).notice == late.notice
    assert "overdue" in desk.table.get_case(case.id).duties


def test_a_decision_after_midnight_has_the_local_day_of_the_country(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    tomorrow = {"decided_on": "2026-03-03"}
    later(monkeypatch, hours=11, minutes=59)  # in Ramadan a minute to midnight in Rabat, too
    assert instruct(desk, case, "investigate", omar, **tomorrow).status == 422
    later(monkeypatch, hours=12)
    assert instruct(desk, case, "investigate", omar, **tomorrow).status == 200
    notice = desk.table.get_case(case.id).notice
    assert notice is not None
    assert notice.due == "2026-03-18T00:00:00.000Z"


def test_an_anonymous_reporter_is_owed_no_notice(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    instruct(desk, case, "authorise", omar)
    assert instruct(desk, case, "investigate", omar).status == 200
    assert desk.table.get_case(case.id).notice is None


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"decided_on": "2026-03-03"}, "#/decided_on"),
        ({"prosecutor": "nobody"}, "#/prosecutor"),
        ({"court": "nowhere"}, "#/court"),
        ({"reference": "<script>"}, "#/reference"),
    ],
)
def test_an_instruction_names_office_day_and_number(
    desk: Desk, wrong: dict[str, str], pointer: str
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    answered = instruct(desk, case, "investigate", omar, **wrong)
    assert (answered.status, answered.document["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [
        ("authorise", {}, "acknowledged"),
        ("order_checks", {}, "acknowledged"),
        ("investigate", {}, "acknowledged"),
        ("complete", {}, "acknowledged"),
        ("join", {"into": None}, "merged"),
        ("transfer", {"unit": SALE}, "queued"),
        ("close", {"ground": "unknown_offender"}, "closed"),
    ],
)
def test_each_kind_of_instruction_is_kept_with_office_day_and_number(
    desk: Desk, kind: str, more: dict[str, Any], status: str
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case, other = inquiring(desk, omar), held(desk, omar)
    said = {name: value or other.id for name, value in more.items()}
    answered = instruct(desk, case, kind, omar, **said)
    assert (answered.status, answered.document["status"]) == (200, status)
    (entry,) = list_instructions(desk.table.events(case.id))
    assert (entry.by, entry.data["instruction"], entry.data["court"]) == (omar, kind, court(desk))
    assert {name: entry.data[name] for name in OFFICE} == OFFICE


def test_a_case_the_prosecutor_closed_carries_the_hint_to_an_appeal(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert instruct(desk, case, "close", omar, ground="unknown_offender").status == 200
    hint = desk.get(f"cases/{case.id}/dossier", omar).document["appeal"]
    assert hint["to"] == "king-prosecutor-general"
    assert hint["confirmed"] is False
    assert set(hint["texts"]) == set(deployment.desk_jurisdiction().languages)
    other = to_court(desk, omar)
    assert "appeal" not in desk.get(f"cases/{other.id}/dossier", omar).document


def standings(desk: Desk, case: Case) -> tuple[str, ...]:
    """How each suspect stands by the history of the case."""
    return tuple(suspects.standings_by_suspect(desk.table.events(case.id)).values())


def test_the_count_of_suspects_follows_their_events_which_never_change(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    for call, document in (
        ("suspects", {}),
        ("suspects", {}),
        ("suspects/1/events", {"happening": "wanted"}),
        ("suspects/1/events", {"happening": "arrested"}),
        ("suspects/1/events", {"happening": "presented"}),
    ):
        assert desk.decide(desk.table.get_case(case.id), call, document, omar).status == 200
    for call, document, status in (
        ("suspects/1/events", {"happening": "wanted"}, 409),
        ("suspects/3/events", {"happening": "wanted"}, 404),
        ("suspects/x/events", {"happening": "wanted"}, 404),
    ):
        assert desk.decide(desk.table.get_case(case.id), call, document, omar).status == status
    assert standings(desk, case) == ("presented", "sought")
    assert desk.table.get_case(case.id).suspects == ("presented", "sought")


def test_a_wrong_entry_about_a_suspect_is_corrected_and_the_case_shows_both(
    desk: Desk,
) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar)

    def enters(call: str, by: str = omar, **said: Any) -> Answered:
        return desk.decide(desk.table.get_case(case.id), call, said, by)

    assert enters("suspects", on="2026-02-20").status == 200
    presented = enters("suspects/1/events", happening="presented", on="2026-02-27")
    wrong = {"corrects": presented.document["event"], "because": "did_not_happen"}
    assert enters("suspects/1/corrections", sara, **wrong).status == 404
    answered = enters("suspects/1/corrections", **wrong)
    assert (answered.status, answered.document["decision"]) == (200, "correct")
    assert problem(enters("suspects/1/corrections", **wrong)) == "illegal-move"
    assert problem(enters("suspects/2/corrections", **wrong)) == "suspect-not-found"
    nothing = {**wrong, "corrects": 1}
    assert problem(enters("suspects/1/corrections", **nothing)) == "entry-not-found"
    shown = desk.case(case, omar).document
    assert shown["suspects"] == ["sought"]
    for path in (f"cases/{case.id}", f"cases/{case.id}/dossier"):
        (suspect,) = desk.get(path, omar).document["outcomes"]
        assert (suspect["number"], suspect["standing"]) == (1, "sought")
        entries = suspect["entries"]
        assert [(each.get("happening"), each["holds"]) for each in entries] == [
            ("identified", True),
            ("presented", False),
            (None, True),
        ]
        assert (entries[1]["on"], entries[2]["corrects"]) == ("2026-02-27", wrong["corrects"])
        assert entries[2]["because"] == "did_not_happen"
    assert [each["data"] for each in shown["history"][-2:]] == [
        {"suspect": 1, "happening": "presented", "on": "2026-02-27", "status": "acknowledged"},
        {"suspect": 1, **wrong, "status": "acknowledged"},
    ]


def test_a_correction_sent_again_is_answered_alike_and_made_once(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    entered = desk.decide(case, "suspects", {}, omar).document["event"]
    seen = desk.table.get_case(case.id)
    said = {"corrects": entered, "because": "recorded_twice"}
    first, again = (desk.decide(seen, "suspects/1/corrections", said, omar) for _ in range(2))
    assert (first.status, first.document) == (again.status, again.document)
    assert desk.table.get_case(case.id).suspects == ("withdrawn",)


def test_the_reason_a_unit_closed_for_is_corrected_by_the_unit_or_a_supervisor(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    sofia, ana = desk.enrol(Role.SUPERVISOR), desk.enrol(Role.ANALYST)
    case = to_court(desk, omar)
    desk.decide(case, "notice", {"told": "complainant", "means": "letter"}, omar)

    def corrects(by: str, **said: str) -> Answered:
        return desk.decide(desk.table.get_case(case.id), "closure/corrections", said, by)

    assert corrects(ana, reason="sent_abroad").status == 403
    assert corrects(sara, reason="sent_abroad").status == 404
    assert corrects(omar, reason="sent_abroad").document["status"] == "closed"
    before = desk.table.get_case(case.id)
    for said, pointer in (
        ({"reason": "sent_abroad"}, "#/reason"),
        ({"reason": "duplicate"}, "#/reason"),
        ({"reason": "authorisation_refused"}, "#/reason"),
        ({"reason": "closed_by_prosecutor"}, "#/ground"),
        ({"reason": "sent_to_court", "ground": "other"}, "#/ground"),
    ):
        refused = corrects(omar, **said)
        assert (refused.status, refused.document["errors"][0]["pointer"]) == (422, pointer)
    assert desk.table.get_case(case.id) == before
    assert corrects(sofia, reason="closed_by_prosecutor", ground="prescription").status == 200
    after = desk.table.get_case(case.id)
    assert (after.closed, after.closed_at) == ("closed_by_prosecutor", case.closed_at)
    assert after.notice is not None, "the complainant is owed the right reason"
    dossier = desk.get(f"cases/{case.id}/dossier", omar).document
    assert (dossier["closed"], dossier["appeal"]["to"]) == (
        "closed_by_prosecutor",
        "king-prosecutor-general",
    )
    closing = next(each.number for each in desk.table.events(case.id) if each.move == "close")
    corrections = [each.data for each in desk.table.events(case.id) if each.move == "correct"]
    assert [each["corrects"] for each in corrections] == [closing, closing]


def test_the_reason_the_review_rejected_for_is_corrected_by_a_supervisor_alone(desk: Desk) -> None:
    ana, sofia, case = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR), desk.in_review()
    assert desk.review(case, {"outcome": "reject", "reason": "duplicate"}, ana).status == 202
    said = {"reason": "out_of_scope"}
    for by, status in ((ana, 403), (sofia, 202)):
        answered = desk.decide(desk.table.get_case(case.id), "closure/corrections", said, by)
        assert answered.status in {status, 200 if status == 202 else status}
    assert desk.table.get_case(case.id).closed == "out_of_scope"
    to_unit = desk.decide(
        desk.table.get_case(case.id), "closure/corrections", {"reason": "sent_to_court"}, sofia
    )
    assert (to_unit.status, to_unit.document["errors"][0]["pointer"]) == (422, "#/reason")


@pytest.mark.parametrize(
    ("happened", "standing", "refused"),
    [
        ([], "sought", ["lapsed", "cancelled"]),
        (["wanted"], "wanted", ["wanted"]),
        (["wanted", "lapsed"], "sought", ["lapsed", "cancelled"]),
        (["wanted", "cancelled"], "sought", ["cancelled"]),
        (["wanted", "lapsed", "wanted"], "wanted", ["wanted"]),
        (["arrested"], "arrested", ["wanted", "lapsed", "arrested"]),
        (["wanted", "arrested"], "arrested", ["lapsed", "cancelled", "wanted"]),
        (["wanted", "cancelled", "arrested", "presented"], "presented", ["wanted", "arrested"]),
        (["presented"], "presented", ["wanted", "lapsed", "cancelled", "arrested", "presented"]),
    ],
)
def test_a_wanted_notice_lapses_is_cancelled_or_ends_with_an_arrest(
    desk: Desk, happened: list[str], standing: str, refused: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert desk.decide(case, "suspects", {}, omar).status == 200
    for happening in happened:
        said = {"happening": happening}
        answered = desk.decide(desk.table.get_case(case.id), "suspects/1/events", said, omar)
        assert answered.status == 200, answered.text
    before = desk.table.get_case(case.id)
    for happening in refused:
        said = {"happening": happening}
        answered = desk.decide(before, "suspects/1/events", said, omar)
        assert (answered.status, problem(answered)) == (409, "illegal-move")
    assert desk.table.get_case(case.id) == before
    assert desk.case(case, omar).document["suspects"] == [standing]
    assert standings(desk, case) == (standing,)


@pytest.mark.parametrize("end", ["closed", "joined"])
def test_an_outcome_of_a_suspect_is_counted_after_the_case_ended(desk: Desk, end: str) -> None:
    """A wanted notice outlives its case, and lapses or leads to an arrest."""
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar)
    assert desk.decide(case, "suspects", {}, omar).status == 200

    def happens(happening: str, by: str) -> Answered:
        seen = desk.table.get_case(case.id)
        return desk.decide(seen, "suspects/1/events", {"happening": happening}, by)

    assert happens("wanted", omar).status == 200
    if end == "closed":
        ended = instruct(desk, case, "close", omar, ground="unknown_offender")
    else:
        ended = instruct(desk, case, "join", omar, into=held(desk, omar).id)
    assert ended.status == 200
    assert "suspect" in desk.case(case, omar).document["may"]
    assert happens("arrested", sara).status == 404
    assert happens("arrested", omar).status == 200
    assert happens("presented", omar).status == 200
    assert "suspect" not in desk.case(case, omar).document["may"]
    another = desk.decide(desk.table.get_case(case.id), "suspects", {}, omar)
    assert (another.status, problem(another)) == (409, "illegal-move")
    assert standings(desk, case) == ("presented",)


def test_a_supervisor_enters_the_outcome_of_a_suspect_if_the_unit_of_the_case_is_gone(
    desk: Desk,
) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = inquiring(desk, omar)
    assert desk.decide(case, "suspects", {}, omar).status == 200

    def arrested(by: str) -> Answered:
        seen = desk.table.get_case(case.id)
        return desk.decide(seen, "suspects/1/events", {"happening": "arrested"}, by)

    assert "suspect" not in desk.case(case, sofia).document["may"]
    assert (arrested(sofia).status, problem(arrested(sofia))) == (403, "not-allowed")
    assert instruct(desk, case, "close", omar, ground="unknown_offender").status == 200
    ended = desk.table.get_case(case.id)
    assert ended.referral is not None
    gone = ended.referral.model_copy(update={"unit": "pj-dissolved"})
    desk.table.save(altered(ended, referral=gone))
    assert arrested(omar).status == 404
    assert "suspect" in desk.case(case, sofia).document["may"]
    assert arrested(sofia).status == 200
    last = list(desk.table.events(case.id))[-1]
    assert (last.move, last.by, last.data["happening"]) == ("suspect", sofia, "arrested")


def test_a_complainant_is_told_though_their_case_was_joined_to_another(desk: Desk) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    letter = {"told": "complainant", "means": "letter"}
    for by in (sofia, omar):
        case, other = inquiring(desk, omar), held(desk, omar)
        assert instruct(desk, case, "join", omar, into=other.id).status == 200
        joined = desk.table.get_case(case.id)
        assert (joined.status, joined.notice is not None) == (Status.MERGED, True)
        assert "notice" in desk.case(joined, by).document["may"]
        assert desk.decide(joined, "notice", letter, by).document["status"] == "merged"
        assert desk.table.get_case(case.id).notice is None
        assert desk.case(case, omar).status == 404  # the unit has lost all access to it


def test_a_notice_is_given_while_the_case_is_on_its_way_to_another_unit(desk: Desk) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = inquiring(desk, omar)
    assert instruct(desk, case, "transfer", omar, unit=SALE).status in {200, 202}
    moved = desk.table.save(referrals.mark_published(desk.table.get_case(case.id), NOON, (60,)))
    letter = {"told": "lawyer", "means": "telephone"}
    told = desk.decide(moved, "notice", letter, sofia)
    assert (told.status, told.document["status"]) == (200, "published")
    after = desk.table.get_case(case.id)
    assert (after.notice, after.wait) == (None, moved.wait)


def test_an_outcome_before_the_case_is_held_is_refused_and_changes_nothing(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    assert problem(desk.decide(case, "suspects", {}, omar)) == "illegal-move"
    assert problem(instruct(desk, case, "investigate", omar)) == "illegal-move"
    assert desk.table.get_case(case.id) == case


def test_a_closed_case_ends_with_its_reason_and_is_looked_at_again_in_years(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    document = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    assert desk.decide(case, "closure", document, omar).document["status"] == "closed"
    later(monkeypatch, days=4 * 365 + 1)
    assert swept() == {"unseen": 1, "notice": 1, "retention": 1}
