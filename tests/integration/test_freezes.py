"""Held-back money over the desk: known payments, and the ledger of each freeze."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.table import items, particulars
from casework.aws.table.erasure import erase_case, erase_report
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty
from casework.decisions.staff import Role
from casework.moves import freezes as freezing
from casework.moves import merges
from casework.report.followup import Addition, fold_addition
from tests.builders import NOON, RABAT, SALE, a_reference, clocks_of
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk
from tests.integration.lives import OFFICE, court, inquiring, later, swept, to_court

RIB = "007810000112345678901202"
SAID_NOTHING = "On m'a menacé."
BEGIN = {
    "amount": "8400",
    "currency": "MAD",
    "institution": "Canari Banque",
    "beneficiary_account": RIB,
    "at": "2026-03-02T09:00:00Z",
}


def draft(desk: Desk, case: Case, by: str) -> Answered:
    return desk.get(f"cases/{case.id}/freeze-request", by)


def adds(desk: Desk, reference: str, text: str, number: int = 1, **said: Any) -> None:
    """The reporter adds to a report."""
    sent = Addition.model_validate_json(json.dumps({"text": text, **said}))
    added = NewAddition(
        reference=reference,
        addition=f"A{number}",
        added_at=format_timestamp(NOON),
        content=fold_addition(sent),
        pepper="1",
        body_mac=b"m",
        correlation_id="c",
    )
    assert ReportTable(TABLE).add_once(added, 50) is None


def enters(desk: Desk, case: Case, by: str, call: str, **said: Any) -> Answered:
    return desk.decide(desk.table.get_case(case.id), call, said, by)


def steps(desk: Desk, case: Case, by: str, *entries: dict[str, Any]) -> None:
    for said in entries:
        answered = enters(desk, case, by, "freezes/1/entries", **said)
        assert answered.status in {200, 202}, answered.text


def authorised(desk: Desk) -> dict[str, str]:
    return {"step": "authorised", **OFFICE, "court": court(desk), "decided_on": "2026-03-02"}


# ---- the draft -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ANALYST, Role.SUPERVISOR, Role.OFFICER])
def test_the_duty_desk_can_draft_a_freeze_request_before_the_referral(
    desk: Desk, role: Role
) -> None:
    case = desk.referred() if role is Role.OFFICER else desk.in_review()
    by = desk.enrol(role, RABAT if role is Role.OFFICER else None)
    desk.report(case, 1, money_lost=[{"amount": "8400", "currency": "MAD", "at": "2026-03-02"}])
    answered = draft(desk, case, by)
    assert answered.status == 200
    assert answered.document["notice"].keys() == answered.document["texts"].keys()
    assert "n’est pas une réquisition" in answered.document["notice"]["fr"]
    other = desk.enrol(Role.OFFICER, SALE)
    assert draft(desk, case, other).status == 404


def test_a_case_without_any_payment_has_no_freeze_draft(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1, narrative=SAID_NOTHING)
    assert problem(draft(desk, case, ana)) == "no-transfer"
    lost = {"amount": "8400", "currency": "MAD"}
    desk.report(case, 2, money_lost=[{**lost, "at": "2026-01-05"}, lost])
    transfers = draft(desk, case, ana).document["transfers"]
    assert [(each.get("hours_ago"), each["recent"]) for each in transfers] == [
        (None, False),
        (1333, False),
    ]
    assert transfers[0]["lacks"] == ["at", "beneficiary_account", "institution"]


def test_strangers_add_no_account_to_the_draft_and_hide_no_payment(desk: Desk) -> None:
    """A flood of reports that name the same number, each with invented payments."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    forged = [{"amount": str(1000 + each), "currency": "MAD"} for each in range(10)]
    desk.report(case, 2, joined=True, money_lost=forged)
    refused = draft(desk, case, ana)
    assert (problem(refused), "1 reports are not" in refused.text) == ("no-transfer", True)
    desk.report(case, 1, money_lost=[{"amount": "9000", "currency": "MAD", "at": "2026-03-02"}])
    shown = draft(desk, case, ana).document
    assert [each["amount"] for each in shown["transfers"]] == ["9000"]
    assert shown["not_admitted"] == 1


def test_the_draft_holds_the_answers_of_the_reporter(desk: Desk) -> None:
    """A sum alone, then the answer with day, time and account: no question is asked twice."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    report = desk.report(case, 1, money_lost=[{"amount": "8400", "currency": "MAD"}])
    adds(desk, report, f"Le 2 mars à 9h, 8400 dh au RIB {RIB}.")
    (transfer,) = draft(desk, case, ana).document["transfers"]
    assert (transfer["told_by"], transfer["completed_by"]) == ("report", ["A1"])
    assert (transfer["at"], transfer["hours_ago"]) == ("2026-03-02T09:00:00+00:00", 3)
    assert (transfer["beneficiary_account"], transfer["lacks"]) == (RIB, ["institution"])
    assert transfer["recent"] is True


def test_a_payment_that_an_addition_gives_in_fields_or_words_is_one_more(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    report = desk.report(case, 1, narrative=SAID_NOTHING)
    rows = [{"amount": "100", "currency": "EUR", "at": "2026-03-01"}]
    adds(desk, report, "Voici.", money_lost=rows)
    adds(desk, report, "Et encore 300 dh hier à 18h", number=2)
    transfers = draft(desk, case, ana).document["transfers"]
    assert {(each["addition"], each["amount"], each["currency"]) for each in transfers} == {
        ("A1", "100", "EUR"),
        ("A2", "300", "MAD"),
    }


def test_the_words_of_a_report_without_fields_are_read_too(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    (transfer,) = draft(desk, case, ana).document["transfers"]
    assert (transfer["amount"], transfer["currency"]) == ("8400", "MAD")


def test_the_latest_payments_come_first_however_many_reports_the_case_has(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    for number in range(60):  # more than a page of the case
        desk.report(case, number, at="2026-02-20T11:00:00.000Z", narrative=SAID_NOTHING)
    lost = {"amount": "8400", "currency": "MAD"}
    for number, at in {60: "2026-03-02T10:00:00Z", 61: "2026-03-02", 62: "2026-01-05"}.items():
        desk.report(case, number, money_lost=[{**lost, "at": at}])
    told = [
        (each["report"], each["hours_ago"])
        for each in draft(desk, case, omar).document["transfers"]
    ]
    assert told == [(a_reference(61), 0), (a_reference(60), 2), (a_reference(62), 1333)]


# ---- payments that staff were told ---------------------------------------------------------------


def test_a_payment_told_by_telephone_is_entered_and_in_the_draft(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    report = desk.report(case, 1, narrative=SAID_NOTHING)
    said = {
        "told_by": "institution",
        "channel": "telephone",
        "report": report.lower(),
        "amount": "8400",
        "currency": "MAD",
        "at": "2026-03-02T11:00:00Z",
        "institution": "Canari Banque",
        "beneficiary_account": RIB,
    }
    entered = enters(desk, case, ana, "payments", **said)
    assert (entered.status, entered.document["decision"]) == (200, "payment")
    (transfer,) = draft(desk, case, ana).document["transfers"]
    assert (transfer["told_by"], transfer["report"], transfer["hours_ago"]) == ("staff", report, 1)
    assert "lacks" not in transfer or transfer["lacks"] == []
    assert [each["id"] for each in desk.get("duty", ana).document["money"]] == [case.id]
    history = json.dumps([each.data for each in desk.table.events(case.id)])
    assert "Canari" not in history
    assert RIB not in history
    elsewhere = enters(desk, case, ana, "payments", **{**said, "report": a_reference(77)})
    assert elsewhere.document["errors"][0]["pointer"] == "#/report"
    nothing = enters(desk, case, ana, "payments", told_by="other", channel="letter")
    assert nothing.status == 422


def test_a_freeze_can_be_drafted_while_a_colleague_holds_the_case(desk: Desk) -> None:
    ana, other, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    assert enters(desk, case, ana, "hold").status == 200
    assert enters(desk, case, other, "freezes", **BEGIN).status == 200


# ---- the ledger ----------------------------------------------------------------------------------


def test_a_freeze_keeps_notice_and_order_apart_from_the_first_word_to_the_lifting(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    assert enters(desk, case, omar, "freezes", **BEGIN).status == 200
    order = {"step": "order", "channel": "portal"}
    early = enters(desk, case, omar, "freezes/1/entries", **order)
    assert (early.status, problem(early)) == (409, "illegal-move")
    part = {"found": "partly_held", "held": "400", "of": "8400", "currency": "MAD"}
    gone = [{"institution": "Autre Canari", "amount": "8000", "currency": "MAD"}]
    steps(
        desk,
        case,
        omar,
        {"step": "notice", "channel": "e_mail"},
        {"step": "asked", "channel": "telephone"},
        authorised(desk),
        order,
        {"step": "answered", "to": "order", **part, "gone": gone},
        {"step": "lift_asked", "asker": "holder"},
        {"step": "contested", "because": "silence"},
        {"step": "file_sent"},
        {"step": "lifted", "ground": "court", "reference": "12/2026"},
    )
    for path in (f"cases/{case.id}", f"cases/{case.id}/dossier"):
        (freeze,) = desk.get(path, omar).document["freezes"]
        assert (freeze["number"], freeze["bond"], freeze["sent"]) == (1, "lifted", True)
        told = {each["step"]: each for each in freeze["entries"]}
        assert told["opened"]["particulars"]["institution"] == "Canari Banque"
        assert told["authorised"]["said"]["reference"] == OFFICE["reference"]
        assert told["answered"]["said"] == {"to": "order", "found": "partly_held"}
        assert told["answered"]["particulars"]["gone"][0]["institution"] == "Autre Canari"
    history = json.dumps([each.data for each in desk.table.events(case.id)])
    assert "Canari" not in history
    assert find_first_break(desk.table.events(case.id)) is None
    for number in ("2", "0", "x", "100"):
        answered = enters(desk, case, omar, f"freezes/{number}/entries", **order)
        assert (answered.status, problem(answered)) == (404, "freeze-not-found")


def test_a_freeze_sent_again_is_begun_once_and_another_sum_is_no_repeat(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    first, again = (desk.decide(case, "freezes", BEGIN, ana) for _ in range(2))
    assert (first.status, first.document) == (again.status, again.document)
    assert len(desk.table.get_case(case.id).freezes) == 1
    other = desk.decide(case, "freezes", {**BEGIN, "amount": "9000"}, ana)
    assert (other.status, problem(other)) == (412, "case-changed")


def test_an_overdue_answer_to_a_freeze_notice_is_on_the_duty_desk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    enters(desk, case, ana, "freezes", **BEGIN)
    steps(desk, case, ana, {"step": "notice", "channel": "portal"})
    (deadline,) = [
        each for each in desk.case(case, ana).document["deadlines"] if each["kind"] == "freeze"
    ]
    assert (deadline["freeze"], deadline["clock"], deadline["seconds_left"]) == (1, "answer", 900)
    later(monkeypatch, minutes=15)
    assert swept() == {"freeze": 1}
    assert [each["id"] for each in desk.get("duty", ana).document["overdue"]] == [case.id]
    assert swept() == {}
    later(monkeypatch, minutes=75)
    assert [swept(), swept()] == [{"freeze": 1}, {}]
    assert len(told) == len(set(told)) == 2
    steps(desk, case, ana, {"step": "answered", "to": "notice", "found": "unknown"})
    assert desk.get("duty", ana).document["overdue"] == []


def test_the_ledger_of_a_closed_case_goes_on_and_its_unit_keeps_it(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    enters(desk, case, omar, "freezes", **BEGIN)
    order = {"step": "order", "channel": "portal"}
    steps(desk, case, omar, authorised(desk), order)
    into = desk.in_review()
    seen = desk.table.get_case(case.id)
    desk.table.save(merges.merge_case(seen, into, NOON, "an officer", {}, clocks_of(60)))
    assert "freeze" in desk.case(case, omar).document["may"]
    steps(desk, case, omar, {"step": "lifted", "ground": "expired"})
    refused = enters(desk, case, omar, "freezes", **BEGIN)
    assert refused.status in {404, 409}


# ---- money that left lately ----------------------------------------------------------------------


def test_lost_money_is_on_the_duty_desk_until_it_is_waived_or_out_of_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    ana, case, other = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    for each in (case, other):
        until = NOON + timedelta(hours=72)
        change = freezing.note_recoverable_money(each, NOON, "R", until)
        assert change is not None
        desk.table.save(change)
    money = desk.get("duty", ana).document["money"]
    assert {each["id"] for each in money} == {case.id, other.id}
    assert money[0]["deadlines"][-1]["kind"] == "money"
    assert "waive" in desk.case(case, ana).document["may"]
    let_go = enters(desk, case, ana, "payments/waiver", reason="no_payment")
    assert let_go.status == 200
    assert [each["id"] for each in desk.get("duty", ana).document["money"]] == [other.id]
    again = enters(desk, case, ana, "payments/waiver", reason="no_payment")
    assert problem(again) == "illegal-move"
    later(monkeypatch, hours=72)
    assert swept()["money"] == 1
    assert desk.get("duty", ana).document["money"] == []
    assert told


def test_a_merge_brings_the_money_along(desk: Desk) -> None:
    case, into = desk.in_review(), desk.in_review()
    change = freezing.note_recoverable_money(case, NOON, "R", NOON + timedelta(hours=72))
    assert change is not None
    case = desk.table.save(change)
    desk.table.save(merges.merge_case(case, into, NOON, "an analyst", {}, clocks_of(60)))
    assert Duty.MONEY in desk.table.get_case(into.id).duties
    assert Duty.MONEY not in desk.table.get_case(case.id).duties


# ---- erasing -------------------------------------------------------------------------------------


def kept(desk: Desk, case: Case) -> list[Any]:
    return list(particulars.read_case_particulars(TABLE, case.id).values())


def test_sums_and_accounts_are_erased_with_the_case_and_with_the_report_they_come_from(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    extra = desk.report(case, 91)
    for more in ({}, {"report": extra}):
        assert enters(desk, case, omar, "freezes", **BEGIN, **more).status == 200
    assert len(kept(desk, case)) == 2
    assert erase_report(desk.table, extra, NOON, "an admin")
    assert len(kept(desk, case)) == 1
    for _ in erase_case(desk.table, desk.table.get_case(case.id), NOON):
        pass
    assert kept(desk, case) == []
    assert "Canari" not in str(desk.items())
    freezes = desk.get(f"cases/{case.id}/dossier", omar).document["freezes"]
    assert [each["entries"][0]["step"] for each in freezes] == ["opened", "opened"]
    assert find_first_break(desk.table.events(case.id)) is None


def test_no_freeze_is_begun_in_a_case_that_has_ended(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = to_court(desk, omar)
    assert case.status is Status.CLOSED
    refused = enters(desk, case, omar, "freezes", **BEGIN)
    assert (refused.status, problem(refused)) == (409, "illegal-move")
    assert not list(items.query_prefix(TABLE, f"CASE#{case.id}", "PARTICULARS#"))


def test_money_told_after_the_end_is_entered_waived_or_held_back_without_reopening(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    closed = to_court(desk, omar)
    later(monkeypatch, minutes=1)
    paid = {"told_by": "victim", "channel": "telephone", "amount": "8400", "currency": "MAD"}
    assert "waive" not in desk.case(closed, omar).document["may"]
    told = enters(desk, closed, omar, "payments", **paid, at=format_timestamp(NOON))
    assert told.status == 200, told.text
    assert {"waive", "freeze"} <= set(desk.case(closed, omar).document["may"])
    assert enters(desk, closed, omar, "freezes", **BEGIN).status == 200
    steps(desk, closed, omar, {"step": "notice", "channel": "portal"})
    assert Duty.MONEY not in desk.table.get_case(closed.id).duties
    assert "waive" not in desk.case(closed, omar).document["may"]
