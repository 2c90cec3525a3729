"""A report that no machine can read, or that ends the process that reads it, stops no other one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from casework.aws.services.time_limits import TimeLimitExceeded, limit_time
from casework.aws.steps import task_state
from casework.aws.table import items, keys, read_attempts
from casework.aws.table.read_attempts import MAX_ANALYSIS_ATTEMPTS, ReadAttempts
from casework.case.lifecycle import Status
from casework.case.value_objects import Duty
from casework.linking import join_rules
from functions.triage import additions, assessments, link, link_inputs
from tests.integration.taken_out import take_out
from tests.integration.test_follow import add, deliver
from tests.integration.test_link import NOTHING, PHONE, spoil
from tests.office import TABLE, Killed, Office, a_record
from tests.processes import in_a_process, never_ends

POISON = "poison-canary"
LIMIT = timedelta(seconds=20)
"""Timeout of the linking function in seconds; a test on the templates says the same."""


@pytest.fixture
def hangs(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Let reading the poison end as is given."""

    def hang(how: Callable[..., Any]) -> None:
        def instead_of(really: Callable[..., Any]) -> Callable[..., Any]:
            return lambda text, *named: how() if POISON in text else really(text, *named)

        for reader, name in (
            (link_inputs, "read_identifiers"),
            (assessments, "find_identifiers"),
            (additions, "find_identifiers"),
        ):
            monkeypatch.setattr(reader, name, instead_of(getattr(reader, name)))

    return hang


def for_ever() -> None:
    """A loop that the alarm ends."""
    while True:
        pass


def for_ever_in_an_expression() -> None:
    """The same, in a regular expression."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def in_a_function(office: Office, *references: str) -> bool:
    """The stream's consumer in a process of its own; whether it ended well."""
    return in_a_process(lambda: office.deliver(*references))


def the_service_tries(office: Office, *references: str, tries: int = 3) -> None:
    """Deliver a batch as the stream does: halved where its process ends, tried thrice at most."""
    if not references or in_a_function(office, *references):
        return
    office.late_by += LIMIT
    if len(references) > 1:
        middle = len(references) // 2
        the_service_tries(office, *references[:middle], tries=tries)
        the_service_tries(office, *references[middle:], tries=tries)
    elif tries > 1:
        the_service_tries(office, *references, tries=tries - 1)


def unreadable(office: Office, reference: str) -> None:
    """Assertions on an unreadable report: people have it as it was sent."""
    case = office.case_of(reference)
    office.take("triage", case)
    case = office.now_case(case)
    assert (case.status, case.unreadable, case.stuck) == (Status.IN_REVIEW, True, None)
    assert Duty.UNREADABLE in case.duties
    assert office.moves(case) == ["open", "set_aside"]
    assert {each["data"]["case"] for each in office.told("case.unreadable")} == {case.id}


# ---- time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [for_ever, for_ever_in_an_expression])
def test_an_inner_time_limit_stops_its_block_and_leaves_the_outer_one_running(
    ends: Callable[[], None],
) -> None:
    with limit_time(30):
        with pytest.raises(TimeLimitExceeded), limit_time(0.05):
            ends()
        with pytest.raises(TimeLimitExceeded), limit_time(0.05):
            ends()


def test_an_inner_time_limit_never_extends_the_outer_one() -> None:
    with pytest.raises(TimeLimitExceeded), limit_time(0.05), limit_time(30):
        for_ever()


def test_code_that_swallows_the_alarm_is_interrupted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casework.aws.services.time_limits.REPEAT_ALARM_SECONDS", 0.05)

    def deaf() -> None:
        with suppress(TimeLimitExceeded):
            for_ever()

    def deaf_twice() -> None:
        deaf()
        deaf()
        for_ever()

    with pytest.raises(TimeLimitExceeded), limit_time(0.05):
        deaf_twice()


# ---- reports ---------------------------------------------------------------------------------


def test_report_that_takes_too_long_is_stopped_and_the_others_get_their_case(
    office: Office, hangs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_attempts, "MAX_ANALYSIS_SECONDS", 0.2)
    hangs(for_ever)
    before, behind = office.accept(locations=NOTHING), office.accept(locations=NOTHING)
    poison = office.accept(narrative=POISON, locations=NOTHING)

    assert office.deliver(before, poison, behind) == []

    assert {office.case_of(each).opened_by for each in (before, behind)} == {before, behind}
    office.later(seconds=61)
    office.reconcile()
    unreadable(office, poison)


@pytest.mark.parametrize("at", range(5))
def test_report_that_kills_the_process_delays_its_batch_by_less_than_a_minute(
    office: Office, hangs: Any, at: int
) -> None:
    hangs(never_ends)
    began = office.late_by
    honest = [office.accept(locations=NOTHING) for _ in range(4)]
    poison = office.accept(narrative=POISON, locations=NOTHING)

    the_service_tries(office, *honest[:at], poison, *honest[at:])

    assert (office.late_by - began).total_seconds() <= 60
    assert {office.case_of(each).opened_by for each in honest} == set(honest)
    report = office.table.reports.get_report(poison)
    assert report is not None
    assert (report.case_id, report.attempts) == (None, 1)


def test_report_that_kills_the_process_does_not_stop_the_reconciler(
    office: Office, hangs: Any
) -> None:
    """Its stream records were lost, and those of honest reports, and a case lost its execution."""
    hangs(never_ends)
    ended = office.in_review(locations=NOTHING)
    office.end_execution(ended)
    poison = [office.accept(narrative=POISON, locations=NOTHING) for _ in range(2)]
    honest = [office.accept(locations=NOTHING) for _ in range(6)]
    office.later(seconds=121)

    passes = 0
    while not in_a_process(office.reconcile):
        office.later(seconds=61)
        passes += 1

    assert passes <= len(poison) * MAX_ANALYSIS_ATTEMPTS
    assert office.now_case(ended).run == 2
    assert {office.case_of(each).opened_by for each in honest} == set(honest)
    office.reconcile()
    office.later(seconds=61)
    assert office.reconcile().get("unlinked") is None
    for each in poison:
        assert office.case_of(each).opened_by == each


def test_a_poisoned_report_is_tried_no_more_often_than_allowed(office: Office, hangs: Any) -> None:
    tried: list[int] = []

    def dies() -> None:
        tried.append(1)
        raise Killed

    hangs(dies)
    poison = office.accept(narrative=POISON, locations=NOTHING)
    for _ in range(10):
        with suppress(Killed):
            office.deliver(poison)
            office.reconcile()
        office.later(seconds=61)

    assert len(tried) == 1 + MAX_ANALYSIS_ATTEMPTS  # the first try is not recorded
    unreadable(office, poison)


def test_attempt_in_progress_is_left_to_its_process(office: Office, hangs: Any) -> None:
    hangs(never_ends)
    poison = office.accept(narrative=POISON, locations=NOTHING)
    office.later(seconds=121)
    assert not in_a_process(office.reconcile)
    office.later(seconds=30)

    assert in_a_process(office.reconcile)
    assert office.deliver(poison) == []

    report = office.table.reports.get_report(poison)
    assert report is not None
    assert report.attempts == 1


@pytest.mark.parametrize(("waited", "recorded"), [(1, False), (11, True)])
def test_a_first_attempt_is_recorded_only_once_its_report_has_waited(
    office: Office, monkeypatch: pytest.MonkeyPatch, waited: int, recorded: bool
) -> None:
    """A report has no more than its minute: the record of the stream says when it came."""
    begun: list[datetime] = []
    begin = ReadAttempts._begin

    def noted(attempts: ReadAttempts, at: datetime) -> None:
        begun.append(at)
        begin(attempts, at)

    monkeypatch.setattr(ReadAttempts, "_begin", noted)
    reference = office.accept(locations=NOTHING)
    office.later(seconds=59)
    record = a_record(reference)
    came_at = task_state.now() - timedelta(seconds=waited)
    record["dynamodb"]["ApproximateCreationDateTime"] = came_at.timestamp()

    assert link.handle({"Records": [record]}, None) == {"batchItemFailures": []}

    assert bool(begun) is recorded
    assert office.case_of(reference).opened_by == reference


def test_error_of_a_service_does_not_count_as_an_attempt(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = office.accept(locations=PHONE)
    office.later(seconds=61)
    with monkeypatch.context() as patch:
        patch.setattr(join_rules, "decide_case", _throttled)
        for _ in range(3 * MAX_ANALYSIS_ATTEMPTS):
            assert office.deliver(reference) == [reference]
            office.reconcile()

    assert office.reconcile() == {"unread": 1}
    assert not office.now_case(office.case_of(reference)).unreadable
    report = office.table.reports.get_report(reference)
    assert report is not None
    assert (report.attempts, report.unreadable) == (0, False)


def _throttled(*_: Any) -> Any:
    raise ClientError({"Error": {"Code": "ThrottlingException"}}, "BatchGetItem")


def test_report_with_unreadable_bytes_is_shown_as_far_as_possible(office: Office) -> None:
    poison = office.accept(narrative="Ce que j'ai vu.", locations=NOTHING)
    spoil(poison)
    assert office.deliver(poison) == []
    office.later(seconds=61)
    office.reconcile()
    unreadable(office, poison)


def test_ticked_danger_in_an_unreadable_report_counts_as_danger(office: Office, hangs: Any) -> None:
    hangs(_nonsense)
    poison = office.accept(narrative=POISON, locations=NOTHING, danger_now=True)
    office.deliver(poison)
    office.later(seconds=61)
    office.reconcile()
    case = office.case_of(poison)

    office.take("triage", case)
    assert office.now_case(case).imminent
    assert office.now_case(case).alerted


def _nonsense() -> None:
    raise RecursionError


def test_report_that_kills_the_process_in_its_assessment_is_reviewed_by_people(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that links well may still be unreadable for the assessment step."""
    before, other = office.in_review(locations=PHONE), office.accept(locations=PHONE)
    office.deliver(other)
    case = take_out(office, office.now_case(before), other)
    monkeypatch.setattr(assessments, "assess_report", never_ends)

    for _ in range(1 + MAX_ANALYSIS_ATTEMPTS):
        assert not in_a_process(lambda: office.take("triage", case))
        office.later(seconds=20)

    office.take("triage", case)
    unreadable(office, case.opened_by)
    office.take("triage", case)
    assert office.moves(case) == ["open", "set_aside"]


def test_people_decide_on_an_unreadable_report_like_on_any_other(
    office: Office, hangs: Any
) -> None:
    hangs(_nonsense)
    poison = office.accept(narrative=POISON, locations=NOTHING)
    office.deliver(poison)
    office.later(seconds=61)
    office.reconcile()
    case = office.case_of(poison)
    office.take("triage", case)
    assert office.now_case(case).desk == "review"

    case = office.confirm(case)

    assert (case.status, case.unreadable, case.run) == (Status.REVIEWED, False, 1)
    assert Duty.UNREADABLE not in case.duties
    office.take("referral", case)
    assert office.now_case(case).status is Status.PUBLISHED


# ---- additions -------------------------------------------------------------------------------


def test_unreadable_addition_reaches_the_duty_desk_with_its_case(
    office: Office, hangs: Any
) -> None:
    hangs(_nonsense)
    case = office.in_review(locations=NOTHING)
    assert deliver(add(office, case.opened_by, text=POISON)) == []
    assert not office.now_case(case).unreadable

    assert office.reconcile() == {"unread": 1}

    now = office.now_case(case)
    assert now.unreadable
    assert now.etag == case.etag
    last = list(office.table.events(case.id))[-1]
    assert (last.move, last.data) == (
        "unreadable",
        {"reference": case.opened_by, "addition": "A1"},
    )
    assert len(office.told("case.unreadable")) == 1
    assert office.reconcile() == {}
    assert not office.confirm(case).unreadable


def test_addition_read_at_its_second_try_is_not_tried_again(
    office: Office, hangs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review(locations=NOTHING)
    with monkeypatch.context() as patch:
        patch.setattr(read_attempts, "MAX_ANALYSIS_SECONDS", -1)  # a machine too busy to begin
        assert deliver(add(office, case.opened_by, text="Il a écrit encore.")) == []

    assert office.reconcile() == {"unread": 1}
    assert office.reconcile() == {}
    assert not office.now_case(case).unreadable


def test_addition_that_kills_the_process_does_not_stop_the_next_one(
    office: Office, hangs: Any
) -> None:
    hangs(never_ends)
    case = office.in_review(locations=NOTHING)
    poison = add(office, case.opened_by, text=POISON)
    honest = add(office, case.opened_by, number=2, text="Il est devant la porte avec un couteau.")
    stored = items.get_item(TABLE, keys.addition_key(case.opened_by, "A1"))
    assert stored is not None
    items.put_item(TABLE, {**stored, "added_at": "2026-01-01T00:00:00.000Z"})  # long ago

    assert not in_a_process(lambda: deliver(poison))
    assert in_a_process(lambda: deliver(poison))
    assert deliver(honest) == []

    for _ in range(MAX_ANALYSIS_ATTEMPTS - 1):
        office.later(seconds=61)
        assert not in_a_process(office.reconcile)
    office.later(seconds=61)
    assert office.reconcile() == {"unread": 1}
    assert office.now_case(case).unreadable


def test_logs_hold_nothing_of_an_unreadable_report(
    office: Office, hangs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hangs(_nonsense)
    poison = office.accept(narrative=POISON, locations=NOTHING)
    office.deliver(poison)
    office.later(seconds=61)
    office.reconcile()
    office.take("triage", office.case_of(poison))

    assert POISON not in capsys.readouterr().out
    assert POISON not in json.dumps(office.told())
