"""A case under review: its reporter is asked, and one or two people decide."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.steps import executions
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.errors import IllegalMove
from casework.moves import questions, referrals
from casework.moves.deadlines import escalate_missed_deadline
from tests.builders import NOON, RABAT, a_case, clocks_of, made
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, CONFIRM, Desk, an_event
from tests.integration.lives import (
    ASK,
    REJECT,
    later,
    swept,
)

# ---- the reporter is asked -----------------------------------------------------------------------


def test_a_question_ends_the_wait_and_its_deadline_brings_back_the_time_that_remained(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    desk.waits(case)
    later(monkeypatch, hours=1)
    assert desk.review(case, ASK, ana).status == 200
    asked = desk.table.get_case(case.id)
    assert (asked.status, asked.desk) == (Status.AWAITING_ANSWER, None)
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
    back = desk.table.get_case(case.id)
    assert back.status is Status.IN_REVIEW
    assert back.wait is not None
    assert back.wait.due == format_timestamp(at + timedelta(hours=3))
    assert desk.step_functions.started[-1]["name"] == f"{case.id}-2"
    assert find_first_break(desk.table.events(case.id)) is None


def test_a_question_makes_no_review_younger_that_was_late_already(desk: Desk) -> None:
    """Its supervisors were told once, and are not told of the same level again."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    late = desk.table.save(
        made(escalate_missed_deadline(case, NOON + timedelta(hours=4), (14_400, 14_400)))
    )
    assert desk.review(late, ASK, ana).status == 202
    asked = desk.table.get_case(case.id)
    assert "overdue" not in asked.duties
    for back in (
        questions.expire_question(asked, NOON + timedelta(days=8)),
        questions.record_answer(asked, NOON + timedelta(days=1), question=1, report=case.opened_by),
    ):
        assert back.after.wait is not None
        assert back.after.wait.level == 1
        assert "overdue" in back.after.duties


def test_the_answer_enters_the_review_again_and_comes_once(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    assert desk.review(case, ASK, ana).status == 202
    asked = desk.table.get_case(case.id)
    change = questions.record_answer(asked, NOON, question=1, report=case.opened_by)
    back = desk.table.save(change)
    assert (back.status, back.run) == (Status.IN_REVIEW, 2)
    with pytest.raises(IllegalMove):
        questions.record_answer(back, NOON, question=1, report=case.opened_by)


def test_an_answer_to_another_reporters_question_of_the_same_number_ends_no_wait(
    desk: Desk,
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    assert desk.review(case, ASK, ana).status == 202
    asked = desk.table.get_case(case.id)
    # Their question 1 was put in another case, which was merged into this one since.
    other = a_case(2).opened_by
    with pytest.raises(IllegalMove):
        questions.record_answer(asked, NOON, question=1, report=other)
    assert questions.record_answer(asked, NOON, question=1, report=case.opened_by).after.run == 2


def test_a_token_of_the_run_before_the_question_ends_without_touching_the_case(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    assert desk.review(case, ASK, ana).status == 202
    back = desk.table.save(
        questions.record_answer(
            desk.table.get_case(case.id), NOON, question=1, report=case.opened_by
        )
    )
    desk.waits(case)  # its step was slow: the token of run 1 is kept only now
    assert executions.resume_after_decision(desk.table, back, NOON, clocks_of(60))
    assert desk.step_functions.told[-1]["output"]["status"] == "superseded"
    assert desk.table.get_case(case.id) == back


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
    assert desk.review(desk.table.get_case(case.id), merge, ana).status == 202
    assert swept()["moving"] == 1
    seen = desk.table.get_case(kept.id).events
    assert desk.review(kept, {**ASK, "report": mine, "seen": seen}, ana).status == 202
    assert sorted(each["number"] for each in desk.table.reports.questions(mine)) == [1, 2]
    assert desk.table.get_case(kept.id).questions == 2


# ---- one person at a time, two people for serious cases ------------------------------------------


def hold(desk: Desk, case: Case, by: str, method: str = "POST") -> Answered:
    headers = {"idempotency-key": str(uuid.uuid4())}
    return desk.call(an_event(method, f"/v1/desk/cases/{case.id}/hold", by, headers=headers))


def test_only_the_holder_of_an_item_decides_it_until_the_hold_runs_out(
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


def test_an_item_that_an_officer_took_stays_theirs_when_their_unit_is_told(desk: Desk) -> None:
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    reviewed = desk.review(desk.in_review(), CONFIRM, desk.enrol(Role.ANALYST)).document["id"]
    queued = referrals.queue_referral(
        desk.table.get_case(reviewed), NOON, unit=RABAT, data={"unit": RABAT}
    )
    case = desk.table.save(queued)
    assert hold(desk, case, omar).status == 200
    case = desk.table.save(referrals.mark_published(desk.table.get_case(case.id), NOON, (3_600,)))
    assert problem(desk.acknowledge(case, ACCEPT, sara)) == "held-by-another"
    assert desk.acknowledge(case, ACCEPT, omar).status == 202


def test_a_colleague_can_take_an_item_as_soon_as_it_was_given_back(desk: Desk) -> None:
    ana, ben, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    assert hold(desk, case, ana).status == 200
    assert hold(desk, case, ana, "DELETE").status == 200
    assert hold(desk, case, ben).status == 200
    assert desk.review(case, CONFIRM, ben).status == 202


@pytest.mark.parametrize("between", ["taken again", "given back", "run out"])
def test_a_person_can_prolong_a_hold_for_an_hour_and_then_colleagues_come_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    ana, ben, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    apart = {"taken again": 14, "given back": 14, "run out": 16}[between]
    for turn in range(5):
        minutes = min(turn * apart, 59)
        later(monkeypatch, minutes=minutes)
        taken = hold(desk, case, ana)
        assert taken.status == 200
        until = taken.document["hold"]["until"]
        assert until == format_timestamp(NOON + timedelta(minutes=min(minutes + 15, 60)))
        if between == "given back":
            assert hold(desk, case, ana, "DELETE").document.get("hold") is None
    later(monkeypatch, minutes=61)
    refused = hold(desk, case, ana)
    assert (refused.status, problem(refused)) == (409, "held-long-enough")
    assert hold(desk, case, ben).status == 200
    later(monkeypatch, minutes=77)
    assert hold(desk, case, ana).status == 200, "others came first"


def test_a_person_who_held_an_item_for_an_hour_waits_before_taking_it_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    for minutes in (0, 14, 28, 42, 56):
        later(monkeypatch, minutes=minutes)
        assert hold(desk, case, ana).status == 200
    later(monkeypatch, minutes=74)
    assert problem(hold(desk, case, ana)) == "held-long-enough"
    assert desk.review(case, CONFIRM, ana).status == 202, "deciding needs no hold"
    other = desk.in_review()
    assert hold(desk, other, ana).status == 200
    later(monkeypatch, minutes=74 + 31)
    assert hold(desk, other, ana).status == 200


def test_a_supervisor_breaks_a_colleagues_hold_with_a_reason_that_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben, sofia = (desk.enrol(r) for r in (Role.ANALYST, Role.ANALYST, Role.SUPERVISOR))
    case = desk.in_review(imminent=True)
    assert hold(desk, case, ana).status == 200
    reason = {"reason": "Danger imminent, elle est en pause."}
    assert desk.case(case, sofia).document["hold"]["by"] == ana
    assert "break_hold" in desk.case(case, sofia).document["may"]
    assert desk.decide(case, "hold/break", {}, sofia).status == 422
    assert desk.decide(case, "hold/break", reason, ben).status == 403
    broken = desk.decide(case, "hold/break", reason, sofia)
    assert (broken.status, broken.document["decision"]) == (200, "break_hold")
    assert desk.decide(case, "hold/break", reason, sofia).document == broken.document
    shown = desk.case(case, ben).document
    assert shown.get("hold") is None
    last = shown["history"][-1]
    assert (last["by"], last["data"]["held_by"], last["words"]) == (sofia, ana, reason["reason"])
    case = desk.table.get_case(case.id)
    assert problem(desk.decide(case, "hold/break", reason, sofia)) == "illegal-move"
    assert problem(hold(desk, case, ana)) == "held-long-enough"
    assert hold(desk, case, ben).status == 200
    assert desk.review(case, {**CONFIRM, "priority": None}, ben).status == 202


@pytest.mark.parametrize(
    ("reason", "more"),
    [
        ("not_an_offence", {}),
        ("no_exploitable_facts", {}),
        ("duplicate", {}),
        ("out_of_scope", {"turn_to": "platform"}),
    ],
)
def test_a_case_is_rejected_for_one_of_four_reasons_and_another_service_is_named(
    desk: Desk, reason: str, more: dict[str, str]
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, {"outcome": "reject", "reason": "boring"}, ana).status == 422
    assert desk.review(case, {"outcome": "reject", "reason": reason, **more}, ana).status == 202
    ended = list(desk.table.events(case.id))[-1]
    assert (ended.move, ended.data["reason"], ended.data["turn_to"]) == (
        "reject",
        reason,
        more.get("turn_to"),
    )


@pytest.mark.parametrize(
    ("fields", "decision"),
    [
        ({}, {**CONFIRM, "category": "terrorism"}),
        ({"category": "child_sexual_exploitation"}, CONFIRM),
        ({"priority": Priority.IMMEDIATE}, REJECT),
        ({"category": "fraud", "told": ("terrorism",)}, REJECT),
        ({"category": "fraud", "told": ("child_sexual_exploitation",)}, CONFIRM),
    ],
)
def test_two_people_decide_the_cases_that_the_pack_names(
    desk: Desk, fields: dict[str, Any], decision: dict[str, Any]
) -> None:
    ana, ben = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    case = desk.in_review(**fields)
    first = desk.review(case, decision, ana)
    assert (first.status, first.document["decision"]) == (200, "propose")
    assert desk.review(case, decision, ana).document == first.document  # a repeat, not a second
    waiting = desk.table.get_case(case.id)
    again = desk.review(waiting, decision, ana)
    assert (again.status, problem(again)) == (409, "second-look-owed")
    second = desk.review(waiting, decision, ben)
    assert (second.status, second.document["decision"]) == (202, decision["outcome"])


def test_a_proposal_gives_the_item_back_for_the_second_person(desk: Desk) -> None:
    ana, ben, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    terror = {**CONFIRM, "category": "terrorism"}
    assert hold(desk, case, ana).status == 200
    assert desk.review(case, terror, ana).document["decision"] == "propose"
    assert desk.review(desk.table.get_case(case.id), terror, ben).document["decision"] == "confirm"


def test_a_person_cannot_take_a_case_that_waits_for_others(desk: Desk) -> None:
    """A person who may not decide a referral or a dispute cannot block it by taking it."""
    ana, sami = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    referred, contested = desk.referred(), desk.contested()
    for case, by in ((referred, ana), (referred, sami), (contested, ana)):
        refused = hold(desk, case, by)
        assert (refused.status, problem(refused)) == (409, "illegal-move")
        assert desk.table.get_case(case.id).hold is None
    assert hold(desk, referred, desk.enrol(Role.OFFICER, RABAT)).status == 200
    assert hold(desk, contested, sami).status == 200


def test_a_second_person_who_disagrees_makes_a_new_proposal(desk: Desk) -> None:
    ana, ben, case = desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST), desk.in_review()
    desk.review(case, {**CONFIRM, "category": "terrorism"}, ana)
    other = {**CONFIRM, "category": "terrorism", "priority": "immediate"}
    assert desk.review(desk.table.get_case(case.id), other, ben).document["decision"] == "propose"
    assert desk.review(desk.table.get_case(case.id), other, ana).document["decision"] == "confirm"
