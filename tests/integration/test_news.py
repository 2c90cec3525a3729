"""A person must have seen the news of a case to end, calm, lower or suspend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from casework.aws.table import items, keys
from casework.aws.table.notification_throttle import arrival_minute
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty, Priority
from casework.decisions.news import RECENT_TIME
from casework.decisions.staff import Role
from casework.moves import merges, triage
from casework.moves.additions import record_addition
from casework.moves.severity import CaseSeverity, raise_severity
from casework.report.followup import AdditionKind
from functions.desk import deployment
from tests.builders import NOON, RABAT, a_case, a_danger, clocks_of, made
from tests.integration.answers import problem
from tests.integration.desks import ACCEPT, CONFIRM, REJECT, TABLE, Desk
from tests.integration.lives import OFFICE, court, inquiring


def by_a_report(case: Case) -> Change:
    """Another reporter tells of it, and of danger."""
    return told_of(case, report="a reference")


def by_an_addition(case: Case) -> Change:
    """A reporter adds that danger is near."""
    return told_of(case, report=case.opened_by, addition="A1")


def by_a_merge(case: Case) -> Change:
    """A case that tells of danger is merged into it."""
    other = a_case(2, priority=Priority.IMMEDIATE, imminent=True)
    (absorbed,) = merges.merge_case(other, case, NOON, "ana", {}, clocks_of(60, 60)).beside
    return absorbed


def told_of(case: Case, **source: str) -> Change:
    weight = CaseSeverity(Priority.IMMEDIATE, a_danger(case))
    return made(
        raise_severity(case, NOON, weight, clocks_of(60, 60), source=source, reasons=["danger"])
    )


@pytest.mark.parametrize("told", [by_a_report, by_an_addition, by_a_merge])
def test_a_reviewer_cannot_lower_a_priority_that_rose_unseen(
    desk: Desk, told: Callable[[Case], Change]
) -> None:
    ana = desk.enrol(Role.ANALYST)
    seen = desk.in_review()
    desk.table.save(told(seen))

    for knows in ({}, {"seen": seen.events}):
        document = {**CONFIRM, "priority": "standard", **knows}
        refused = desk.review(seen, document, ana)
        assert (refused.status, problem(refused)) == (409, "news-unseen")
    now = desk.table.get_case(seen.id)
    assert (now.priority, now.status) == (Priority.IMMEDIATE, Status.IN_REVIEW)

    last = desk.case(seen, ana).document["last_entry"]
    knowing = {**CONFIRM, "priority": "standard", "seen": last}
    refused = desk.review(seen, knowing, ana)
    assert (refused.status, problem(refused)) == (409, "danger-stands")
    assert desk.review(seen, {**CALM, "seen": last}, ana).status in {200, 202}
    seen, knowing = desk.table.get_case(seen.id), {**CONFIRM, "priority": "standard"}
    assert desk.review(seen, knowing, ana).status == 202
    assert desk.review(seen, knowing, ana).status == 202, "a repeat"
    assert desk.table.get_case(seen.id).priority is Priority.STANDARD
    entry = list(desk.table.events(seen.id))[-1]
    assert "seen" not in entry.data


def test_a_priority_that_rose_stays_unless_the_reviewer_sets_another(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    for sent in ({"priority": None}, {"priority": "immediate"}):
        seen = desk.in_review()
        desk.table.save(by_a_report(seen))
        assert desk.review(seen, {**CONFIRM, **sent}, ana).status == 202
        assert desk.table.get_case(seen.id).priority is Priority.IMMEDIATE


def test_a_reviewer_can_lower_a_priority_that_did_not_rise(desk: Desk) -> None:
    case = desk.in_review(Priority.IMMEDIATE)
    lower = {**CONFIRM, "priority": "standard"}
    assert desk.review(case, lower, desk.enrol(Role.ANALYST)).status == 202
    assert desk.table.get_case(case.id).priority is Priority.STANDARD


def test_the_priority_of_a_case_with_danger_cannot_be_lowered(desk: Desk) -> None:
    """Otherwise one confirmation would let a death threat wait a week: danger is denied by name."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review(Priority.IMMEDIATE, imminent=True)
    for priority in ("urgent", "standard", "information"):
        refused = desk.review(case, {**CONFIRM, "priority": priority}, ana)
        assert (refused.status, problem(refused)) == (409, "danger-stands")
    assert desk.review(case, {**CONFIRM, "priority": None}, ana).status == 202
    assert desk.table.get_case(case.id).priority is Priority.IMMEDIATE


CALM = {"outcome": "no_danger", "reason": "Ce sont les paroles d'une chanson.", "dangers": 0}


def by_words(case: Case, at: datetime = NOON) -> Change:
    """A reporter adds an entry of any kind."""
    return record_addition(
        case,
        at,
        report=case.opened_by,
        addition="A1",
        kind=AdditionKind.MORE,
        clocks=clocks_of(60),
    )


SLEEPS = {"outcome": "ask", "question": "Où est-ce ?"}


@pytest.mark.parametrize("told", [by_a_report, by_an_addition, by_a_merge, by_words])
@pytest.mark.parametrize("decision", [REJECT, SLEEPS], ids=["reject", "ask"])
def test_a_case_cannot_end_or_wait_over_unseen_news(
    desk: Desk, told: Callable[[Case], Change], decision: dict[str, str]
) -> None:
    supervisors = [desk.enrol(Role.SUPERVISOR) for _ in range(2)]
    seen = desk.in_review()
    desk.report(seen, desk._opened)
    desk.table.save(told(seen))
    for by in supervisors:
        refused = desk.review(seen, decision, by)
        assert (refused.status, problem(refused)) == (409, "news-unseen")
    assert desk.table.get_case(seen.id).status is Status.IN_REVIEW
    for by in supervisors:  # of danger two people decide
        last = desk.case(seen, by).document["last_entry"]
        desk.review(desk.table.get_case(seen.id), {**decision, "seen": last}, by)
    after = desk.table.get_case(seen.id)
    if decision is SLEEPS and after.presses:  # what came tells of danger: it waits for no answer
        assert after.status is Status.IN_REVIEW
    else:
        assert after.status in {Status.CLOSED, Status.AWAITING_ANSWER}


def test_a_unit_cannot_close_a_case_over_an_unseen_addition(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    closure = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    desk.table.save(by_words(case))
    refused = desk.decide(case, "closure", closure, omar)
    assert (refused.status, problem(refused)) == (409, "news-unseen")
    last = desk.case(case, omar).document["last_entry"]
    assert desk.decide(case, "closure", {**closure, "seen": last}, omar).status == 200


def test_constant_additions_by_a_stranger_do_not_stop_a_case_from_ending(desk: Desk) -> None:
    """An addition just after the page was read keeps waiting, and people read it after the end."""
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    closure = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    last = desk.case(case, omar).document["last_entry"]
    desk.table.save(by_words(case, at=deployment.now() - RECENT_TIME / 2))
    assert problem(desk.decide(case, "closure", closure, omar)) == "news-unseen", "never looked"
    assert desk.decide(case, "closure", {**closure, "seen": last}, omar).status == 200
    assert desk.table.get_case(case.id).unread is not None, "somebody looks after the end"


def test_an_addition_older_than_a_moment_must_be_seen_before_the_closure(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    case = inquiring(desk, omar)
    closure = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    last = desk.case(case, omar).document["last_entry"]
    desk.table.save(by_words(case, at=deployment.now() - RECENT_TIME - timedelta(seconds=1)))
    refused = desk.decide(case, "closure", {**closure, "seen": last}, omar)
    assert (refused.status, problem(refused)) == (409, "news-unseen")


def test_a_decision_that_claims_to_have_seen_a_missing_entry_is_refused(desk: Desk) -> None:
    case = desk.in_review()
    refused = desk.review(case, {**REJECT, "seen": 99}, desk.enrol(Role.ANALYST))
    assert (refused.status, refused.document["errors"][0]["pointer"]) == (422, "#/seen")


def test_an_unseen_addition_from_before_the_referral_waits_for_the_unit(desk: Desk) -> None:
    omar = desk.enrol(Role.OFFICER, RABAT)
    seen = desk.referred()
    desk.waits(seen)
    desk.table.save(by_words(seen))
    assert desk.acknowledge(seen, ACCEPT, omar).status == 200
    taken = desk.case(seen, omar).document
    assert taken["unread"]["last"] == seen.events + 1
    assert "unread" in {each["kind"] for each in taken["deadlines"]}
    other = desk.referred()
    desk.waits(other)
    desk.table.save(by_words(other))
    last = desk.case(other, omar).document["last_entry"]
    assert desk.acknowledge(other, {**ACCEPT, "seen": last}, omar).status == 200
    assert "unread" not in desk.case(other, omar).document


def test_an_unreadable_report_stays_on_the_duty_desk_until_a_person_saw_it(desk: Desk) -> None:
    ana, cases = desk.enrol(Role.ANALYST), [desk.in_review(), desk.in_review()]
    for seen in cases:
        desk.table.save(triage.mark_addition_unreadable(seen, NOON, seen.opened_by, "A1"))
    unaware, aware = cases
    assert desk.review(unaware, CONFIRM, ana).status == 202
    assert Duty.UNREADABLE in desk.table.get_case(unaware.id).duties
    last = desk.case(aware, ana).document["last_entry"]
    assert desk.review(aware, {**CONFIRM, "seen": last}, ana).status == 202
    assert Duty.UNREADABLE not in desk.table.get_case(aware.id).duties


def test_a_person_must_see_a_second_danger_before_denying_danger(desk: Desk) -> None:
    ana, seen = desk.enrol(Role.ANALYST), desk.in_review(imminent=True)
    minute = arrival_minute(format_timestamp(NOON))
    items.put_new_item(TABLE, keys.alert_key(seen.id, minute, "a report"))
    assert desk.case(seen, ana).document["dangers"] == 1
    items.put_new_item(TABLE, keys.alert_key(seen.id, minute, "another report"))
    calm = {"outcome": "no_danger", "reason": "Ce sont les paroles d'une chanson."}
    refused = desk.review(seen, {**calm, "dangers": 1}, ana)
    assert (refused.status, problem(refused)) == (409, "news-unseen")
    assert desk.table.get_case(seen.id).imminent
    assert desk.review(seen, {**calm, "dangers": 2}, ana).status in {200, 202}
    assert not desk.table.get_case(seen.id).imminent


def test_harmless_words_do_not_keep_a_case_on_the_duty_desk(desk: Desk) -> None:
    seen = desk.in_review(imminent=True)
    desk.table.save(by_words(seen))
    calm = {"outcome": "no_danger", "reason": "Ce sont les paroles d'une chanson.", "dangers": 0}
    assert desk.review(seen, calm, desk.enrol(Role.ANALYST)).status in {200, 202}


def in_danger(desk: Desk, case: Case) -> Case:
    """A report that joined, or an addition, tells of danger."""
    return desk.table.save(by_a_report(desk.table.get_case(case.id)))


def test_danger_told_to_a_units_case_is_on_the_duty_desk_until_an_officer_looked(
    desk: Desk,
) -> None:
    omar, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    case = in_danger(desk, inquiring(desk, omar))
    assert case.duties == {Duty.IMMINENT}
    assert [each["id"] for each in desk.get("duty", ana).document["imminent"]] == [case.id]
    unread = desk.case(case, omar).document["unread"]
    deadlines = desk.case(case, omar).document["deadlines"]
    (left,) = [each["seconds_left"] for each in deadlines if each["kind"] == "unread"]
    assert left <= 1_800, "as long as the most urgent case has"
    assert desk.decide(case, "look", {"seen": unread["last"]}, omar).status == 200
    assert desk.table.get_case(case.id).duties == frozenset()


def test_danger_told_after_the_end_stays_when_the_case_is_reopened(
    desk: Desk,
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    assert desk.review(case, REJECT, ana).status == 202
    case = in_danger(desk, case)
    assert case.duties == {Duty.IMMINENT, Duty.ADDED_AFTER_END}
    reopen = {"outcome": "reopen", "because": "new_facts"}
    assert desk.review(case, reopen, ana).status == 200
    again = desk.table.get_case(case.id)
    assert (again.priority, again.imminent) == (Priority.IMMEDIATE, True)
    assert again.duties == {Duty.IMMINENT}
