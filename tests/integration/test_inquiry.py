"""A case with its unit: gate, instructions, notice, suspects, and the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import jurisdiction, suspects
from casework.case import stamp
from casework.instruction import ledger
from casework.lifecycle import Status
from casework.staff import Role
from functions.desk import deployment
from tests.builders import NOON, RABAT, SALE
from tests.integration.desks import (
    ACCEPT,
    Desk,
    problem,
)
from tests.integration.lives import (
    NAMED,
    OFFICE,
    court,
    held,
    instruct,
    later,
    swept,
)

# ---- the gate, instructions, suspects, the end ---------------------------------------------------


def test_anonymous_reports_are_not_inquired_into_before_the_prosecutor_authorises(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert case.status is Status.AWAITING_AUTHORISATION
    for answered in (
        instruct(desk, case, "investigate", omar),
        instruct(desk, case, "close", omar, ground="no_offence"),
        instruct(desk, case, "transfer", omar, unit=SALE),
        desk.decide(desk.table.case(case.id), "suspects", {}, omar),
    ):
        assert (answered.status, problem(answered)) == (409, "authorisation-awaited")
    assert desk.table.case(case.id) == case
    assert instruct(desk, case, "order_checks", omar).document["status"] == (
        "awaiting_authorisation"
    )
    assert instruct(desk, case, "authorise", omar).document["status"] == "acknowledged"
    assert instruct(desk, case, "investigate", omar).status == 200
    kinds = [each["instruction"] for each in desk.case(case, omar).document["instructions"]]
    assert kinds == ["order_checks", "authorise", "investigate"]


def test_a_merge_that_brings_an_identified_report_lifts_the_gate(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = held(desk, desk.enrol(Role.OFFICER, RABAT))
    assert kept.status is Status.AWAITING_AUTHORISATION
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    named = desk.report(case, 88, disclosure=NAMED)
    assert desk.review(case, {"outcome": "merge", "into": kept.id}, ana).status == 202
    later(monkeypatch, minutes=0)
    assert swept() == {"moving": 1}
    assert desk.table.case(kept.id).status is Status.ACKNOWLEDGED
    (lift,) = [each for each in desk.table.events(kept.id) if each.move == "lift"]
    assert lift.data == {"report": named}


@pytest.fixture
def a_gate_no_report_lifts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The Moroccan pack, where the prosecutor alone opens the gate."""
    folder = tmp_path / "ma"
    folder.mkdir()
    for file in (jurisdiction.PACKS / "ma").glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    law = json.loads((folder / "gate.json").read_bytes())
    (folder / "gate.json").write_text(json.dumps({**law, "lifted_by": []}))
    monkeypatch.setattr(jurisdiction, "PACKS", tmp_path)
    jurisdiction.open_pack.cache_clear()
    yield
    jurisdiction.open_pack.cache_clear()


def test_where_the_pack_does_not_say_so_no_identified_report_lifts_the_gate(
    desk: Desk, a_gate_no_report_lifts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that was there when the unit took the case, nor one that a merge brings."""
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    both = desk.referred()
    desk.report(both, desk._opened)
    desk.report(both, 87, disclosure=NAMED)
    desk.waits(both)
    assert desk.acknowledge(both, ACCEPT, omar).document["status"] == "awaiting_authorisation"
    kept, case = held(desk, omar), desk.in_review()
    desk.report(case, 88, disclosure=NAMED)
    assert desk.review(case, {"outcome": "merge", "into": kept.id}, ana).status == 202
    later(monkeypatch, minutes=0)
    assert swept() == {"moving": 1}
    assert {each.disclosure for each in desk.table.reports.all_of(kept.id)} == {
        "anonymous",
        "identified",
    }
    for each in (both, kept):
        assert desk.table.case(each.id).status is Status.AWAITING_AUTHORISATION
        assert instruct(desk, each, "investigate", omar).status == 409
        assert instruct(desk, each, "authorise", omar).document["status"] == "acknowledged"


def test_danger_passes_the_gate_with_its_reason(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    passed = desk.decide(case, "danger", {"danger": "life"}, omar)
    assert (passed.status, passed.document["status"]) == (200, "acknowledged")
    assessed = held(desk, omar, imminent=True)
    assert assessed.status is Status.ACKNOWLEDGED
    last = list(desk.table.events(assessed.id))[-1]
    assert (last.move, last.data["danger"]) == ("acknowledge", "assessed")


def test_a_case_of_an_identified_reporter_has_no_gate(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    assert held(desk, omar, disclosure=NAMED).status is Status.ACKNOWLEDGED


def test_a_decision_starts_the_clock_of_the_notice_to_those_who_gave_their_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    assert instruct(desk, case, "close", omar, ground="unknown_offender").status == 200
    owed = desk.table.case(case.id)
    assert owed.status is Status.CLOSED
    assert owed.notice is not None
    assert owed.notice.due == stamp(NOON + timedelta(days=15))
    later(monkeypatch, days=15, seconds=1)
    assert swept() == {"notice": 1}
    assert swept() == {}
    later(monkeypatch, days=19)
    assert swept() == {"notice": 1}
    assert swept() == {}
    assert told == [f"{case.id}-notice-late-1", f"{case.id}-notice-late-2"]
    noticed = desk.decide(
        desk.table.case(case.id), "notice", {"told": "complainant", "means": "letter"}, omar
    )
    assert noticed.status == 200
    assert "overdue" not in desk.table.case(case.id).duties


def test_an_anonymous_reporter_is_owed_no_notice(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    instruct(desk, case, "authorise", omar)
    assert instruct(desk, case, "investigate", omar).status == 200
    assert desk.table.case(case.id).notice is None


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"decided_on": "2026-03-03"}, "#/decided_on"),
        ({"prosecutor": "nobody"}, "#/prosecutor"),
        ({"court": "nowhere"}, "#/court"),
        ({"reference": "<script>"}, "#/reference"),
    ],
)
def test_an_instruction_says_who_decided_when_and_under_which_number(
    desk: Desk, wrong: dict[str, str], pointer: str
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
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
    omar, other = desk.enrol(Role.OFFICER, RABAT), desk.in_review()
    case = held(desk, omar, disclosure=NAMED)
    said = {name: value or other.id for name, value in more.items()}
    answered = instruct(desk, case, kind, omar, **said)
    assert (answered.status, answered.document["status"]) == (200, status)
    (entry,) = ledger(desk.table.events(case.id))
    assert (entry.by, entry.data["instruction"], entry.data["court"]) == (omar, kind, court(desk))
    assert {name: entry.data[name] for name in OFFICE} == OFFICE


def test_a_case_the_prosecutor_closed_carries_the_hint_to_an_appeal(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    assert instruct(desk, case, "close", omar, ground="unknown_offender").status == 200
    hint = desk.get(f"cases/{case.id}/dossier", omar).document["appeal"]
    assert hint["to"] == "king-prosecutor-general"
    assert hint["confirmed"] is False
    assert set(hint["texts"]) == set(deployment.pack().languages)


def test_suspects_are_counted_by_what_happened_to_them_and_never_changed(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    for call, document in (
        ("suspects", {}),
        ("suspects", {}),
        ("suspects/1/events", {"happening": "wanted"}),
        ("suspects/1/events", {"happening": "arrested"}),
        ("suspects/1/events", {"happening": "presented"}),
    ):
        assert desk.decide(desk.table.case(case.id), call, document, omar).status == 200
    for call, document, status in (
        ("suspects/1/events", {"happening": "wanted"}, 409),
        ("suspects/3/events", {"happening": "wanted"}, 404),
        ("suspects/x/events", {"happening": "wanted"}, 404),
    ):
        assert desk.decide(desk.table.case(case.id), call, document, omar).status == status
    found = suspects.figures([desk.table.events(case.id)])
    assert found.model_dump() == {
        "identified": 2,
        "presented": 1,
        "wanted": 0,
        "arrested": 0,
        "still_sought": 1,
    }
    assert desk.table.case(case.id).suspects == ("presented", "sought")


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
    case = held(desk, omar, disclosure=NAMED)
    assert desk.decide(case, "suspects", {}, omar).status == 200
    for happening in happened:
        said = {"happening": happening}
        answered = desk.decide(desk.table.case(case.id), "suspects/1/events", said, omar)
        assert answered.status == 200, answered.text
    before = desk.table.case(case.id)
    for happening in refused:
        said = {"happening": happening}
        answered = desk.decide(before, "suspects/1/events", said, omar)
        assert (answered.status, problem(answered)) == (409, "illegal-move")
    assert desk.table.case(case.id) == before
    assert desk.case(case, omar).document["suspects"] == [standing]
    counted = suspects.figures([desk.table.events(case.id)]).model_dump()
    name = "still_sought" if standing == "sought" else standing
    assert {each for each, often in counted.items() if often} == {"identified", name}


def test_an_outcome_before_the_case_is_held_is_refused_and_changes_nothing(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    assert problem(desk.decide(case, "suspects", {}, omar)) == "illegal-move"
    assert problem(instruct(desk, case, "investigate", omar)) == "illegal-move"
    assert desk.table.case(case.id) == case


def test_a_closed_case_ends_with_its_reason_and_is_looked_at_again_in_years(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    document = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    assert desk.decide(case, "closure", document, omar).document["status"] == "closed"
    later(monkeypatch, days=4 * 365 + 1)
    assert swept() == {"notice": 1, "retention": 1}
