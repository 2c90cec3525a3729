"""Only people open the gate, never a report or an assessment; people can shut it again."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.aws.table import identity_request_table, items
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.decisions import identity_requests
from casework.decisions.staff import Role
from casework.moves import referrals
from casework.pack import jurisdiction
from functions.desk import deployment
from tests import decided
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, TABLE, Desk, a_decision
from tests.integration.gates import (
    DOUBT,
    MOTIVE,
    PASS,
    RELEASE,
    WITHDRAW,
    does,
    opened,
    suspects,
    verdict,
)
from tests.integration.lives import NAMED, held, inquiring, instruct, later, swept
from tests.office import Office

REACHABLE = {"kind": "confidential", "contact": {"email": "temoin@example.org"}}
NAMELESS = {"kind": "anonymous"}
DISCLOSED = {"anonymous": NAMELESS, "confidential": REACHABLE, "identified": NAMED}
COMPANIES = [
    company
    for size in (1, 2, 3)
    for company in itertools.combinations_with_replacement(sorted(DISCLOSED), size)
]
"""Every set of reports, by how their reporters disclosed, each alone and in company of itself."""
NO_DANGER = {
    "outcome": "no_danger",
    "reason": "Ce sont les paroles d'une chanson.",
    "dangers": 0,
}
PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]


def with_reports(desk: Desk, officer: str, company: tuple[str, ...], **fields: Any) -> Case:
    """A case of such reports that the officer's unit took."""
    case = desk.referred(**fields)
    for number, disclosure in enumerate(company):
        reference = desk._opened if number == 0 else 500 + number + 10 * desk._opened
        desk.report(case, reference, disclosure=DISCLOSED[disclosure])
    desk.waits(case)
    assert desk.acknowledge(case, ACCEPT, officer).status == 200
    return desk.table.get_case(case.id)


# ---- one rule for every set of reports -----------------------------------------------------------


@pytest.mark.parametrize("company", COMPANIES, ids="+".join)
def test_a_claimed_identity_leaves_the_gate_shut_until_a_person_opens_it(
    desk: Desk, company: tuple[str, ...]
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = with_reports(desk, omar, company)
    assert case.status is Status.AWAITING_AUTHORISATION
    assert suspects(desk, case, omar) == 409
    assert instruct(desk, case, "authorise", omar, decided_on="2026-03-02").status == 200
    assert suspects(desk, case, omar) == 200


def test_an_identity_opens_the_gate_once_the_officer_who_opened_it_accepts_it(desk: Desk) -> None:
    omar, rita = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    assert verdict(desk, case, 1, omar, {"outcome": "accept"}).status == 404
    number = opened(desk, case, case.opened_by, omar)
    assert desk.table.get_case(case.id).status is Status.AWAITING_AUTHORISATION
    not_seen = verdict(desk, case, number, rita, {"outcome": "accept"})
    assert problem(not_seen) == "identity-not-released"

    accepted = verdict(desk, case, number, omar, {"outcome": "accept"})

    assert (accepted.status, accepted.document["status"]) == (200, "acknowledged")
    assert problem(verdict(desk, case, number, omar, {"outcome": "accept"})) == "illegal-move"
    shown = desk.case(case, omar).document
    assert [each["by"] for each in shown["gate"]] == ["identity"]
    assert shown["history"][-1]["data"] == {"request": number, "report": case.opened_by}


def test_an_identity_that_was_released_and_not_opened_is_not_accepted(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    number = opened(desk, case, case.opened_by, omar)
    request = identity_request_table.get_identity_request(TABLE, case.id, number)
    items.put_item(
        TABLE,
        identity_request_table.identity_request_to_item(request.model_copy(update={"openings": 0})),
    )
    refused = verdict(desk, case, number, omar, {"outcome": "accept"})
    assert problem(refused) == "identity-not-released"


def test_a_contact_that_was_opened_is_no_identity_to_accept(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=REACHABLE)
    number = opened(desk, case, case.opened_by, omar)
    assert problem(verdict(desk, case, number, omar, {"outcome": "accept"})) == "illegal-move"
    assert desk.table.get_case(case.id).status is Status.AWAITING_AUTHORISATION


def test_an_identity_that_left_the_case_with_its_report_is_not_accepted(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case, other = held(desk, omar), desk.in_review()
    named = desk.report(case, 88, disclosure=NAMED)
    number = opened(desk, case, named, omar)
    (report,) = desk.table.reports.get_reports([named])
    assert desk.table.reports.move(report, case.id, other.id, format_timestamp(NOON), [], None)
    assert problem(verdict(desk, case, number, omar, {"outcome": "accept"})) == "illegal-move"


def test_an_identity_opens_no_gate_before_its_report_is_admitted(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    named = desk.report(case, 88, disclosure=NAMED, joined=True)
    number = opened(desk, case, named, omar)
    assert problem(verdict(desk, case, number, omar, {"outcome": "accept"})) == "illegal-move"
    assert does(desk, case, "admissions", {"reports": [named]}, omar).status == 200
    assert verdict(desk, case, number, omar, {"outcome": "accept"}).status == 200


def test_doubting_an_identity_shuts_the_gate_that_it_opened(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED)
    number = opened(desk, case, case.opened_by, omar)
    doubted = verdict(desk, case, number, omar, DOUBT)
    assert (doubted.status, doubted.document["status"]) == (200, "awaiting_authorisation")
    assert verdict(desk, case, number, omar, {"outcome": "accept"}).status == 200
    assert suspects(desk, case, omar) == 200
    doubted = verdict(desk, case, number, omar, DOUBT)
    assert (doubted.status, doubted.document["status"]) == (200, "awaiting_authorisation")
    assert suspects(desk, case, omar) == 409
    assert desk.table.get_case(case.id).suspects == ("sought",), "what was done stands"
    assert desk.case(case, omar).document["history"][-1]["words"] == DOUBT["reason"]


def test_a_report_that_joins_never_opens_the_gate(office: Office) -> None:
    case = office.published(locations=PHONE)
    case = office.table.update(
        case.id, lambda now: decided.acknowledged(now, NOON, "omar", gate_shut=True)
    ).case
    for disclosure in (NAMELESS, REACHABLE, NAMED):
        office.deliver(office.accept(locations=PHONE, disclosure=disclosure, danger_now=True))
    assert office.now_case(case).status is Status.AWAITING_AUTHORISATION
    assert office.now_case(case).gate == ()


# ---- danger --------------------------------------------------------------------------------------


def test_danger_ticked_by_a_reporter_or_found_by_triage_opens_no_gate(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, imminent=True)
    assert case.imminent
    assert case.status is Status.AWAITING_AUTHORISATION
    assert suspects(desk, case, omar) == 409
    assert instruct(desk, case, "investigate", omar).status == 409


def test_a_person_passes_the_gate_for_danger_with_a_recorded_ground(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    for short in ({**PASS, "ground": "danger"}, {"outcome": "pass", "danger": "life"}):
        assert does(desk, case, "danger", short, omar).status == 422
    passed = does(desk, case, "danger", PASS, omar)
    assert (passed.status, passed.document["status"]) == (200, "acknowledged")
    shown = desk.case(case, omar).document
    assert [each["by"] for each in shown["gate"]] == ["danger"]
    last = shown["history"][-1]
    assert (last["move"], last["by"], last["data"]["danger"]) == ("pass", omar, "life")
    assert last["words"] == PASS["ground"]
    assert PASS["ground"] not in str(last["data"])
    assert find_first_break(desk.table.events(case.id)) is None


def test_withdrawing_danger_shuts_the_gate_and_keeps_earlier_acts(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert problem(does(desk, case, "danger", WITHDRAW, omar)) == "illegal-move"
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert suspects(desk, case, omar) == 200
    withdrawn = does(desk, case, "danger", WITHDRAW, omar)
    assert (withdrawn.status, withdrawn.document["status"]) == (200, "awaiting_authorisation")
    assert suspects(desk, case, omar) == 409
    after = desk.table.get_case(case.id)
    assert (after.suspects, after.gate) == (("sought",), ())
    assert does(desk, case, "danger", PASS, omar).status == 200, "it may come back"


def test_an_authorisation_keeps_the_gate_open_when_danger_is_withdrawn(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert instruct(desk, case, "authorise", omar).status == 200
    withdrawn = does(desk, case, "danger", WITHDRAW, omar)
    assert (withdrawn.status, withdrawn.document["status"]) == (200, "acknowledged")
    assert suspects(desk, case, omar) == 200


def test_a_person_denies_imminent_danger_with_a_reason(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    case = desk.in_review(imminent=True)
    assert "no_danger" in desk.case(case, ana).document["may"]
    assert does(desk, case, "review", {"outcome": "no_danger"}, ana).status == 422
    assert does(desk, case, "review", NO_DANGER, ana).status in {200, 202}
    after = desk.table.get_case(case.id)
    assert (after.status, after.imminent, after.priority) == (
        Status.IN_REVIEW,
        False,
        case.priority,
    )
    assert "imminent" not in after.duties
    shown = desk.case(case, ana).document
    assert shown["history"][-1]["words"] == NO_DANGER["reason"]
    assert "no_danger" not in shown["may"]
    assert problem(does(desk, case, "review", NO_DANGER, ana)) == "illegal-move"
    taken = held(desk, omar, imminent=True)
    assert does(desk, taken, "danger", NO_DANGER, omar).status == 200
    assert not desk.table.get_case(taken.id).imminent


# ---- instructions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"decided_on": "1999-01-01"}, "#/decided_on", "date.early"),
        ({"decided_on": "2026-02-23"}, "#/decided_on", "date.early"),
        ({"decided_on": "2026-03-03"}, "#/decided_on", "date.future"),
        ({"court": "tpi-agadir"}, "#/other_office", "office.other"),
    ],
)
def test_an_instruction_must_fit_the_time_and_the_place_of_its_case(
    desk: Desk, said: dict[str, str], pointer: str, code: str
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    refused = instruct(desk, case, "authorise", omar, **said)
    assert refused.status == 422
    assert [(e["pointer"], e["code"]) for e in refused.document["errors"]] == [(pointer, code)]
    assert desk.table.get_case(case.id) == case


def test_another_prosecutors_office_decides_only_with_a_reason(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    why = "La procédure d'Agadir est connexe."
    entered = instruct(desk, case, "authorise", omar, court="tpi-agadir", other_office=why)
    assert (entered.status, entered.document["status"]) == (200, "acknowledged")
    (shown,) = desk.case(case, omar).document["instructions"]
    assert (shown["court"], shown["other_office"]) == ("tpi-agadir", why)
    assert why not in str([event.data for event in desk.table.events(case.id)])


def test_any_office_decides_if_the_pack_names_none(desk: Desk) -> None:
    national = deployment.desk_jurisdiction().desk.id
    omar = desk.enrol(Role.OFFICER, national)
    case = desk.refer(desk.in_review(opened_at="2026-02-24T11:00:00.000Z"), national)
    desk.waits(case)
    assert desk.acknowledge(case, ACCEPT, omar).status == 200
    assert instruct(desk, case, "authorise", omar, court="tpi-agadir").status == 200


def test_an_authorisation_that_is_annulled_shuts_the_gate_and_stays_in_the_ledger(
    desk: Desk,
) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = held(desk, omar)
    first = instruct(desk, case, "authorise", omar).document["event"]
    second = instruct(desk, case, "authorise", omar, reference="2/2026").document["event"]

    def annul(entry: int, by: str = omar) -> Answered:
        said = {"kind": "annul", "entry": entry, "reason": "Saisie dans le mauvais dossier."}
        return does(desk, case, "instructions", said, by)

    assert annul(first, sara).status == 404
    assert problem(annul(1)) == "not-valid"
    one = annul(first)
    assert (one.status, one.document["status"]) == (200, "acknowledged")
    assert problem(annul(first)) == "illegal-move"
    both = annul(second)
    assert (both.status, both.document["status"]) == (200, "awaiting_authorisation")
    assert suspects(desk, case, omar) == 409
    ledger = desk.case(case, omar).document["instructions"]
    assert [each["entry"] for each in ledger] == [first, second]
    assert [each["annulled"]["entry"] for each in ledger] == [
        one.document["event"],
        both.document["event"],
    ]
    assert ledger[0]["annulled"]["words"] == "Saisie dans le mauvais dossier."


@pytest.mark.parametrize(
    ("kind", "more"), [("transfer", {"unit": SALE}), ("close", {"ground": "no_offence"})]
)
def test_an_instruction_that_moved_or_ended_the_case_cannot_be_annulled(
    desk: Desk, kind: str, more: dict[str, str]
) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar)
    entry = instruct(desk, case, kind, omar, **more).document["event"]
    by = omar
    if kind == "transfer":
        desk.table.save(referrals.mark_published(desk.table.get_case(case.id), NOON, (60,)))
        assert does(desk, case, "acknowledgement", ACCEPT, sara).status in {200, 202}
        by = sara
    said = {"kind": "annul", "entry": entry, "reason": "Saisie par erreur."}
    assert problem(does(desk, case, "instructions", said, by)) == "illegal-move"


def test_annulling_an_instruction_cancels_the_notice_that_it_caused(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    earlier, later_ = (
        instruct(desk, case, "investigate", omar, decided_on=day, reference=f"{day[-1]}/2026")
        for day in ("2026-02-26", "2026-03-01")
    )

    def due() -> str | None:
        notice = desk.table.get_case(case.id).notice
        return notice.due[:10] if notice else None

    assert due() == "2026-03-13"
    for entered, left in ((earlier, "2026-03-16"), (later_, None)):
        said = {"kind": "annul", "entry": entered.document["event"], "reason": "Par erreur."}
        assert does(desk, case, "instructions", said, omar).status == 200
        assert due() == left


# ---- the gate and other units --------------------------------------------------------------------


@pytest.mark.parametrize("opens", ["authorise", "danger", "identity"])
def test_an_open_gate_stays_open_for_the_next_unit_until_taken_back(desk: Desk, opens: str) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = inquiring(desk, omar) if opens == "identity" else held(desk, omar)
    if opens == "authorise":
        assert instruct(desk, case, "authorise", omar).status == 200
    if opens == "danger":
        assert does(desk, case, "danger", PASS, omar).status == 200
    assert instruct(desk, case, "transfer", omar, unit=SALE).status in {200, 202}
    desk.table.save(referrals.mark_published(desk.table.get_case(case.id), NOON, (60,)))
    taken = does(desk, case, "acknowledgement", ACCEPT, sara)
    assert taken.document["status"] == "acknowledged"
    assert suspects(desk, case, sara) in {200, 202}
    if opens == "danger":
        withdrawn = does(desk, case, "danger", WITHDRAW, sara)
        assert withdrawn.document["status"] == "awaiting_authorisation"


@pytest.fixture
def another_law(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The Moroccan pack in a folder where its files can be changed."""
    folder = tmp_path / "ma"
    folder.mkdir()
    for file in (jurisdiction.JURISDICTIONS_FOLDER / "ma").glob("*.json"):
        (folder / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(jurisdiction, "JURISDICTIONS_FOLDER", tmp_path)
    jurisdiction.open_pack.cache_clear()
    yield folder
    jurisdiction.open_pack.cache_clear()


def test_danger_and_identities_open_no_gate_reserved_for_the_prosecutor(
    desk: Desk, another_law: Path
) -> None:
    law = json.loads((another_law / "gate.json").read_bytes())
    sole = {**law, "opened_by": [], "danger_passes": False}
    (another_law / "gate.json").write_text(json.dumps(sole))
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar, disclosure=NAMED, imminent=True)
    number = opened(desk, case, case.opened_by, omar)
    assert problem(verdict(desk, case, number, omar, {"outcome": "accept"})) == "illegal-move"
    assert problem(does(desk, case, "danger", PASS, omar)) == "authorisation-awaited"
    assert instruct(desk, case, "authorise", omar).document["status"] == "acknowledged"


def test_a_unit_inquires_at_once_if_the_pack_has_no_gate(desk: Desk, another_law: Path) -> None:
    (another_law / "gate.json").unlink()
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert case.status is Status.ACKNOWLEDGED
    entry = instruct(desk, case, "order_checks", omar).document["event"]
    said = {"kind": "annul", "entry": entry, "reason": "Saisie par erreur."}
    annulled = does(desk, case, "instructions", said, omar)
    assert annulled.document["status"] == "acknowledged", "there is nothing to shut"


# ---- every waiting state has a deadline ----------------------------------------------------------


def clock(desk: Desk, case: Case, by: str, kind: str) -> dict[str, Any] | None:
    """A deadline of the case as its unit sees it."""
    found = [each for each in desk.case(case, by).document["deadlines"] if each["kind"] == kind]
    return found[0] if found else None


def overdue(desk: Desk, by: str) -> dict[str, list[tuple[str, int]]]:
    """On the duty desk: each case that is overdue, with the deadlines that passed."""
    return {
        line["id"]: [(each["kind"], each["level"]) for each in line["deadlines"] if each["level"]]
        for line in desk.get("duty", by).document["overdue"]
    }


DAY = NOON.date().isoformat()


def informs(desk: Desk, case: Case, by: str) -> None:
    """The unit informs the prosecutor: its own time ends."""
    said = {"prosecutor": "king-prosecutor", "court": "tpi-rabat", "informed_on": DAY}
    told = {**said, "means": "letter", "digest": "ab" * 32}
    assert does(desk, case, "informed", told, by).status == 200


def test_a_unit_that_does_not_inform_the_prosecutor_becomes_overdue(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = held(desk, omar)
    later(monkeypatch, days=3)
    assert swept() == {"informing": 1}
    assert overdue(desk, sofia) == {case.id: [("informing", 1)]}
    informs(desk, case, omar)
    assert overdue(desk, sofia) == {}
    assert len(told) == 1


def test_a_missing_authorisation_becomes_overdue(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = held(desk, omar)
    awaited = clock(desk, case, omar, "authorisation")
    assert awaited is not None
    assert (awaited["seconds_left"], awaited["level"]) == (604_800, 0)
    informs(desk, case, omar)
    later(monkeypatch, days=7)
    assert swept() == {"authorisation": 1}
    assert overdue(desk, sofia) == {case.id: [("authorisation", 1)]}
    later(monkeypatch, days=10)
    assert [swept(), swept()] == [{"authorisation": 1}, {}]
    assert len(told) == len(set(told)) == 2
    assert instruct(desk, case, "authorise", omar).status == 200
    assert overdue(desk, sofia) == {}
    assert clock(desk, case, omar, "authorisation") is None
    assert clock(desk, case, omar, "instruction") is None, "it was one"


def test_a_missing_first_instruction_becomes_overdue(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    case = held(desk, omar)
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert clock(desk, case, omar, "authorisation") is None
    informs(desk, case, omar)
    later(monkeypatch, days=14)
    assert swept() == {"instruction": 1}
    assert overdue(desk, sofia) == {case.id: [("instruction", 1)]}
    entry = instruct(desk, case, "investigate", omar).document["event"]
    assert clock(desk, case, omar, "instruction") is None
    assert overdue(desk, sofia) == {}
    said = {"kind": "annul", "entry": entry, "reason": "Saisie par erreur."}
    assert does(desk, case, "instructions", said, omar).status == 200
    assert clock(desk, case, omar, "instruction") is not None, "it is awaited again"


def test_a_gate_that_shuts_again_waits_for_the_prosecutor_with_a_deadline(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    assert does(desk, case, "danger", PASS, omar).status == 200
    assert does(desk, case, "danger", WITHDRAW, omar).status == 200
    assert clock(desk, case, omar, "authorisation") is not None
    assert clock(desk, case, omar, "instruction") is None


def test_an_undecided_identity_request_becomes_overdue(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    omar, sofia = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.SUPERVISOR)
    keeper = desk.enrol(Role.CUSTODIAN)
    case = inquiring(desk, omar, disclosure=REACHABLE)
    other = desk.report(case, 77, disclosure=REACHABLE)

    def ask(report: str) -> Answered:
        wish = {"report": report, "motive": MOTIVE}
        return does(desk, case, "identity-requests", wish, omar)

    def decide(number: int) -> Answered:
        path = f"identity-requests/{number}/decision"
        return desk.call(a_decision(case, path, RELEASE, keeper, if_match='"1"'))

    assert ask(case.opened_by).status == 201
    later(monkeypatch, hours=24)
    assert ask(other).status == 201
    later(monkeypatch, hours=48)
    assert swept() == {"identity": 1}
    assert overdue(desk, sofia) == {case.id: [("identity", 1)]}
    assert decide(1).status == 200
    assert overdue(desk, sofia) == {}
    left = clock(desk, case, omar, "identity")
    assert left is not None
    assert left["seconds_left"] == 86_400, "the other one has a day left"
    assert decide(2).status == 200
    assert clock(desk, case, omar, "identity") is None


def test_in_morocco_two_people_agree_and_an_identity_is_shown_for_a_quarter_of_an_hour() -> None:
    law = identity_requests.read_release_rules(jurisdiction.JURISDICTIONS_FOLDER / "ma")
    assert law.view_seconds == 900
    assert law.release == {"identified": "colleague", "confidential": "custodian"}
