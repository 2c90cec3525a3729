"""The whole life of a case at the desk: asked, merged, gated, instructed, counted, ended."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from casework import suspects
from casework.aws import announcements, keys, workflow
from casework.aws.clients import client
from casework.aws.settings import SweepSettings
from casework.case import Case, Priority, stamp
from casework.change import Change
from casework.dossier import Dossier
from casework.errors import IllegalMove
from casework.history import first_broken
from casework.identifiers import digest_of
from casework.lifecycle import Status
from casework.moves import asking, running
from casework.staff import Role
from functions.desk import deployment
from functions.triage import sweep
from tests.builders import NOON, RABAT, SALE, a_reference
from tests.integration.desks import (
    ACCEPT,
    CONFIRM,
    TABLE,
    WORKFLOW,
    Answered,
    Desk,
    an_event,
    problem,
)

REJECT = {"outcome": "reject", "reason": "not_an_offence"}
ASK = {"outcome": "ask", "question": "Quel numéro vous a appelé ?"}
OFFICE = {"prosecutor": "king-prosecutor", "decided_on": "2026-03-01", "reference": "1204/2026"}
NAMED = {"kind": "identified", "contact": {"email": "a@example.org"}, "identity": {"name": "A"}}
PHONE = {"kind": "phone", "value": "0612345678"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of what supervisors are told."""
    ids: list[str] = []
    monkeypatch.setattr(announcements, "publish", lambda topic, each, at: ids.append(each.id))
    return ids


def later(monkeypatch: pytest.MonkeyPatch, **by: float) -> datetime:
    """Time passes, for the desk and the sweeper."""
    at = NOON + timedelta(**by)
    monkeypatch.setattr(deployment, "now", lambda: at)
    monkeypatch.setattr(sweep, "now", lambda: at)
    return at


def swept(pack: str = "ma") -> dict[str, int]:
    """What one run of the sweeper did."""
    settings = SweepSettings(
        stage="test", case_table=TABLE, pack=pack, workflow=WORKFLOW, topic="topic"
    )
    return sweep.Sweeper(settings).run()


def court(desk: Desk) -> str:
    pack = deployment.pack()
    return next(each.id for each in pack.courts.values() if each.level == "first_instance")


def instruct(desk: Desk, case: Case, kind: str, by: str, **more: Any) -> Answered:
    document = {"kind": kind, **OFFICE, "court": court(desk), **more}
    return desk.decide(desk.table.case(case.id), "instructions", document, by)


def held(desk: Desk, officer: str, *, disclosure: Any = None, **fields: Any) -> Case:
    """A case the officer's unit took, opened by a report of this disclosure."""
    case = desk.referred(**fields)
    said = {"disclosure": disclosure} if disclosure else {}
    desk.report(case, desk._opened, **said)
    desk.waits(case)
    assert desk.acknowledge(case, ACCEPT, officer).status == 200
    return desk.table.case(case.id)


# ---- the reporter is asked -----------------------------------------------------------------------


def test_a_question_ends_the_wait_and_its_deadline_brings_back_the_time_that_remained(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.waits(case)
    later(monkeypatch, hours=1)
    assert desk.review(case, ASK, ana).status == 200
    asked = desk.table.case(case.id)
    assert (asked.status, asked.settled, asked.desk) == (Status.AWAITING_ANSWER, True, None)
    assert desk.step_functions.told[0]["output"]["status"] == "awaiting_answer"
    (question,) = desk.table.reports.questions(case.opened_by)
    assert (question["text"], question["number"]) == (ASK["question"], 1)
    assert all("appelé" not in str(event.data) for event in desk.table.events(case.id))
    assert desk.case(case, ana).document["deadlines"][0]["kind"] == "answer"

    later(monkeypatch, days=1)
    assert swept() == {}
    at = later(monkeypatch, days=8)
    assert swept() == {"answer": 1}
    assert swept() == {}
    back = desk.table.case(case.id)
    assert back.status is Status.IN_REVIEW
    assert back.wait is not None
    assert back.wait.due == stamp(at + timedelta(hours=3))
    assert desk.step_functions.started[-1]["name"] == f"{case.id}-2"
    assert first_broken(desk.table.events(case.id)) is None


def test_the_answer_enters_the_review_again_and_comes_once(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, ASK, ana).status == 202
    asked = desk.table.case(case.id)
    change = asking.answered(asked, NOON, question=1, report=case.opened_by)
    back = desk.table.save(change)
    assert (back.status, back.run, back.settled) == (Status.IN_REVIEW, 2, False)
    with pytest.raises(IllegalMove):
        asking.answered(back, NOON, question=1, report=case.opened_by)


def test_a_token_of_the_run_before_the_question_ends_without_touching_the_case(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, ASK, ana).status == 202
    back = desk.table.save(
        asking.answered(desk.table.case(case.id), NOON, question=1, report=case.opened_by)
    )
    desk.waits(case)  # its step was slow: the token of run 1 is kept only now
    assert workflow.tell(desk.table, back, NOON)
    assert desk.step_functions.told[-1]["output"]["status"] == "superseded"
    assert desk.table.case(case.id) == back


def test_a_question_goes_to_a_report_of_the_case_and_to_no_other(desk: Desk) -> None:
    ana, case, other = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    theirs = desk.report(other, 9)
    refused = desk.review(case, {**ASK, "report": theirs}, ana)
    assert (refused.status, problem(refused)) == (422, "not-valid")
    assert refused.document["errors"][0]["code"] == "report.unknown"
    assert desk.table.reports.questions(theirs) == []


def test_no_two_questions_to_a_reporter_have_one_number_though_the_cases_were_merged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, kept, case = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    mine = desk.report(case, 9)
    assert desk.review(case, {**ASK, "report": mine}, ana).status == 202
    later(monkeypatch, days=8)
    assert swept()["answer"] == 1
    merge = {"outcome": "merge", "into": kept.id}
    assert desk.review(desk.table.case(case.id), merge, ana).status == 202
    assert swept()["moving"] == 1
    assert desk.review(kept, {**ASK, "report": mine}, ana).status == 202
    assert sorted(each["number"] for each in desk.table.reports.questions(mine)) == [1, 2]
    assert desk.table.case(kept.id).questions == 2


# ---- merge and split -----------------------------------------------------------------------------


def test_a_merged_case_points_to_the_other_and_a_split_undoes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    kept, case = desk.in_review(), desk.in_review()
    mine = desk.report(case, 2, locations=[PHONE])
    own = desk.report(kept, 1)
    mark = ("phone", "+212612345678")
    client("dynamodb").put_item(
        TableName=TABLE,
        Item={
            **{name: {"S": value} for name, value in keys.identifier_key(*mark).items()},
            "case_id": {"S": case.id},
        },
    )
    assert desk.review(case, {"outcome": "merge", "into": kept.id}, ana).status == 202
    merged = desk.table.case(case.id)
    assert (merged.status, merged.merged_into) == (Status.MERGED, kept.id)
    later(monkeypatch, minutes=0)
    assert swept() == {"moving": 1}
    assert desk.table.identifiers.owners([mark]) == {mark: kept.id}
    assert {report.case_id for report in desk.table.reports.several([mine, own])} == {kept.id}
    later(monkeypatch, minutes=2)
    assert swept() == {"moving": 1}
    assert swept() == {}

    split = desk.review(desk.table.case(case.id), {"outcome": "split"}, ana)
    assert (split.status, split.document["status"]) == (200, "in_review")
    assert swept() == {"moving": 1}
    assert desk.table.identifiers.owners([mark]) == {mark: case.id}
    assert [each.case_id for each in desk.table.reports.several([mine, own])] == [case.id, kept.id]
    assert [event.move for event in desk.table.events(kept.id)][-2:] == ["absorb", "release"]
    assert desk.step_functions.started[-1]["name"] == f"{case.id}-2"


def test_a_case_is_not_merged_into_itself_nor_into_one_that_ended(desk: Desk) -> None:
    ana, case, over = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    desk.review(over, REJECT, ana)
    for into in (case.id, over.id):
        answered = desk.review(case, {"outcome": "merge", "into": into}, ana)
        assert (answered.status, problem(answered)) == (409, "other-case-unfit")


# ---- one person at a time, two people for what matters -------------------------------------------


def hold(desk: Desk, case: Case, by: str, method: str = "POST") -> Answered:
    headers = {"idempotency-key": str(uuid.uuid4())}
    return desk.call(an_event(method, f"/v1/desk/cases/{case.id}/hold", by, headers=headers))


def test_an_item_taken_by_one_is_decided_by_nobody_else_until_it_comes_back_by_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    taken = hold(desk, case, ana)
    assert (taken.status, taken.etag) == (200, case.etag)
    assert problem(hold(desk, case, ben)) == "held-by-another"
    refused = desk.review(case, CONFIRM, ben)
    assert (refused.status, problem(refused)) == (409, "held-by-another")
    assert hold(desk, case, ben, "DELETE").status == 409
    later(monkeypatch, minutes=16)
    assert desk.case(case, ben).document.get("hold") is None
    assert desk.review(case, CONFIRM, ben).status == 202


@pytest.mark.parametrize(
    ("fields", "decision"),
    [
        ({}, {**CONFIRM, "category": "terrorism"}),
        ({"category": "child_sexual_exploitation"}, CONFIRM),
        ({"priority": Priority.IMMEDIATE}, REJECT),
    ],
)
def test_what_the_pack_says_is_decided_by_two_people(
    desk: Desk, fields: dict[str, Any], decision: dict[str, Any]
) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    case = desk.in_review(**fields)
    first = desk.review(case, decision, ana)
    assert (first.status, first.document["decision"]) == (200, "propose")
    assert desk.review(case, decision, ana).document == first.document  # a repeat, not a second
    waiting = desk.table.case(case.id)
    again = desk.review(waiting, decision, ana)
    assert (again.status, problem(again)) == (409, "second-look-owed")
    second = desk.review(waiting, decision, ben)
    assert (second.status, second.document["decision"]) == (202, decision["outcome"])


def test_a_second_person_who_sees_it_otherwise_proposes_anew(desk: Desk) -> None:
    ana, ben, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    desk.review(case, {**CONFIRM, "category": "terrorism"}, ana)
    other = {**CONFIRM, "category": "terrorism", "priority": "immediate"}
    assert desk.review(desk.table.case(case.id), other, ben).document["decision"] == "propose"
    assert desk.review(desk.table.case(case.id), other, ana).document["decision"] == "confirm"


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


# ---- referral ------------------------------------------------------------------------------------


def test_a_referral_is_opened_once_and_reading_is_in_nobodys_way(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    desk.waits(case)
    first, second = desk.case(case, omar), desk.case(case, omar)
    assert first.etag == second.etag == case.etag
    assert [event.move for event in desk.table.events(case.id)].count("read") == 1
    assert first.document["referral"]["opened_at"] == stamp(NOON)
    assert desk.acknowledge(case, ACCEPT, omar).status == 200


def test_a_transferred_case_is_told_to_the_other_unit_and_leaves_the_first(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = held(desk, omar, disclosure=NAMED)
    answered = instruct(desk, case, "transfer", omar, unit=SALE)
    assert (answered.status, answered.document["status"]) == (200, "queued")
    assert desk.case(case, omar).status == 404
    assert desk.case(case, sara).status == 200
    moved = desk.table.case(case.id)
    assert moved.referral is not None
    assert (moved.referral.hop, moved.referral.unit) == (2, SALE)
    assert desk.step_functions.started[-1]["input"]["status"] == "queued"


def test_a_unit_that_is_gone_from_the_pack_loses_no_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    later(monkeypatch, seconds=0)
    assert swept() == {}
    mine, waiting = held(desk, omar, disclosure=NAMED), desk.referred()
    gone = "pj-dissolved"
    for case in (mine, desk.table.case(waiting.id)):
        assert case.referral is not None
        referral = case.referral.model_copy(update={"unit": gone})
        desk.table.save(Change.quietly(case, referral=referral))
    desk.table.know_units([*deployment.pack().units, gone])
    assert swept() == {"unit": 2}
    for case in (mine, waiting):
        moved = desk.table.case(case.id)
        assert moved.referral is not None
        assert (moved.status, moved.referral.unit) == (Status.QUEUED, RABAT)
        last = list(desk.table.events(case.id))[-1]
        assert (last.move, last.data["from"], last.data["because"]) == (
            "reassign",
            gone,
            "unit_dissolved",
        )
    assert swept() == {}


def test_an_empty_sweep_costs_one_query(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, seconds=0)
    swept()
    calls: list[str] = []
    client("dynamodb").meta.events.register(
        "before-call.dynamodb.*", lambda model, **_: calls.append(model.name)
    )
    assert swept() == {}
    assert calls == ["Query"]


def test_the_dossier_holds_the_case_and_taking_it_is_an_event(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    desk.report(case, 99, at="2026-03-02T12:30:00.000Z", locations=[PHONE])
    answered = desk.get(f"cases/{case.id}/dossier", omar)
    assert (answered.status, answered.etag) == (200, case.etag)
    dossier = Dossier.model_validate_json(answered.text)
    assert [report.addition for report in dossier.reports] == [False, True]
    assert ("phone", "+212612345678") in {(each.kind, each.value) for each in dossier.identifiers}
    assert dossier.history[-1].move == "export"
    assert dossier.head == dossier.history[-1].hash


def test_what_is_the_reporters_own_stands_apart_in_the_dossier_and_is_not_spelled_out(
    desk: Desk,
) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = held(desk, omar)
    said = "Mon numéro est le 06 00 00 41 17 ; il appelle du 06 12 34 56 78."
    desk.report(case, 99, at="2026-03-02T12:30:00.000Z", narrative=said)
    dossier = Dossier.model_validate_json(desk.get(f"cases/{case.id}/dossier", omar).text)
    phones = [each.value for each in dossier.identifiers if each.kind == "phone"]
    assert phones == ["+212612345678"]
    (own,) = dossier.reporters_own
    assert own.model_dump() == {
        "kind": "phone",
        "digest": digest_of("phone", "+212600004117"),
        "reports": (a_reference(99),),
    }


def test_money_that_moved_today_makes_a_draft_to_freeze_it(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    lost = {"amount": "8400", "currency": "MAD", "beneficiary_account": "0078100001"}
    desk.report(case, 1, money_lost=[{**lost, "at": "2026-01-05"}])
    refused = desk.get(f"cases/{case.id}/freeze-request", omar)
    assert (refused.status, problem(refused)) == (409, "no-recent-transfer")
    desk.report(case, 2, money_lost=[{**lost, "at": "2026-03-02T09:00:00+00:00"}])
    draft = desk.get(f"cases/{case.id}/freeze-request", omar).document
    (transfer,) = draft["transfers"]
    assert (transfer["amount"], transfer["hours_ago"]) == ("8400", 3)
    assert draft["confirmed"] is False


def test_each_payment_of_a_report_can_be_frozen_for_itself(desk: Desk) -> None:
    omar, case = desk.enrol(Role.OFFICER, RABAT), desk.referred()
    days = {"100": "2026-03-02T09:00:00Z", "200": "2026-01-05", "300": "2026-03-02T11:00:00Z"}
    rows = [{"amount": each, "currency": "MAD", "at": at} for each, at in days.items()]
    desk.report(case, 1, money_lost=[*rows, {"amount": "400", "currency": "MAD"}])
    draft = desk.get(f"cases/{case.id}/freeze-request", omar).document
    told = [(each["amount"], each["hours_ago"]) for each in draft["transfers"]]
    assert told == [("300", 1), ("100", 3)]


# ---- stuck, and the way back ---------------------------------------------------------------------


def test_a_decision_on_a_stuck_case_is_carried_on_by_a_new_run(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    stuck = desk.table.save(running.stuck(case, NOON, "retries_exhausted"))
    assert desk.review(stuck, CONFIRM, ana).status == 200
    after = desk.table.case(case.id)
    assert (after.stuck, after.run, after.status) == (None, 2, Status.REVIEWED)
    assert desk.step_functions.started == [
        {"name": f"{case.id}-2", "input": after.journey(NOON)},
    ]


def test_people_let_a_stuck_case_try_again(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.referred()
    stuck = desk.table.save(running.stuck(case, NOON, "runs_exhausted"))
    answered = post_duty(desk, stuck, "retry", {}, ana)
    assert (answered.status, answered.document["status"]) == (200, "published")
    assert post_duty(desk, stuck, "retry", {}, ana).document == answered.document
    assert desk.get("duty", ana).document["stuck"] == []
    again = post_duty(desk, desk.table.case(case.id), "retry", {}, ana)
    assert problem(again) == "illegal-move"


def test_a_supervisor_gives_a_case_to_another_unit(desk: Desk) -> None:
    sofia, case = desk.enrol(Role.SUPERVISOR), desk.referred()
    assert post_duty(desk, case, "reassign", {"unit": SALE}, sofia).status == 202
    moved = desk.table.case(case.id)
    assert moved.referral is not None
    assert (moved.status, moved.referral.unit) == (Status.QUEUED, SALE)
    load = desk.get("workload", sofia).document
    assert load["units"] == {SALE: {"waiting": 1, "held": 0}}
    assert post_duty(desk, case, "reassign", {"unit": SALE}, desk.enrol(Role.ANALYST)).status == 403


def post_duty(desk: Desk, case: Case, call: str, document: Any, by: str) -> Answered:
    event = an_event(
        "POST",
        f"/v1/desk/duty/{case.id}/{call}",
        by,
        headers={
            "content-type": "application/json",
            "if-match": case.etag,
            "idempotency-key": str(uuid.uuid4()),
        },
        body="{}" if not document else json.dumps(document),
    )
    return desk.call(event)


def test_fields_a_newer_release_wrote_are_left_out_when_a_case_is_read(desk: Desk) -> None:
    case = desk.in_review()
    boto3.client("dynamodb").update_item(
        TableName=TABLE,
        Key={name: {"S": value} for name, value in keys.case_key(case.id).items()},
        UpdateExpression="SET of_tomorrow = :new",
        ExpressionAttributeValues={":new": {"S": "x"}},
    )
    assert desk.table.case(case.id) == case
