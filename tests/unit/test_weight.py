"""How much a case weighs: the most that anything in it tells, in whatever order it came."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.case.danger import DangerKind
from casework.case.lifecycle import Status
from casework.case.referral import Referral
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.case.value_objects import DeadlineKind, Duty, PausedReview, Priority
from casework.moves import deadlines, merges, questions, referrals, triage
from casework.moves.severity import (
    CaseSeverity,
    is_severity_raise,
    raise_severity,
    raised_fields,
    shorten_deadlines,
)
from casework.pack.clocks import Clocks, jurisdiction_clocks
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER, Jurisdiction, open_pack
from tests.builders import NOON, RABAT, a_case, a_danger, a_reference, a_referred_case

MA = open_pack("ma")
BY_MA = jurisdiction_clocks(MA)
WEIGHTS = st.builds(
    CaseSeverity,
    priority=st.sampled_from(Priority),
    danger=st.none() | st.sampled_from(DangerKind).map(lambda kind: a_danger(kind=kind)),
    told=st.sets(st.sampled_from(["terrorism", "child_sexual_exploitation", "fraud"])),
    flags=st.sets(st.sampled_from(["minor_victim", "money_recent", "suicide"])),
)
REPORT = {"report": a_reference(7)}


def told_of(case: Case, weight: CaseSeverity) -> Case:
    change = raise_severity(case, NOON, weight, BY_MA, source=REPORT, reasons=["it_says_so"])
    return change.after if change else case


def _kind(case: Case) -> DangerKind | None:
    told = case.danger_source
    return told.kind if told else None


def an_opened_case() -> Case:
    return triage.open_case(a_case(status=Status.RECEIVED, wait=None, events=0), NOON).after


def assessed(case: Case, weight: CaseSeverity) -> Case:
    return triage.record_assessment(
        case, NOON, weight=weight, territory=None, clocks=BY_MA, data={}
    ).after


@given(st.lists(WEIGHTS, min_size=1, max_size=4), st.integers(0, 3))
def test_a_case_weighs_the_same_in_every_order_of_its_reports(
    told: list[CaseSeverity], before: int
) -> None:
    """Some may come before the first of them is assessed."""
    weighed = set()
    for first, *others in permutations(told):
        early, late = others[:before], others[before:]
        case = assessed(reduce(told_of, early, an_opened_case()), first)
        case = reduce(told_of, late, case)
        assert case.wait is not None
        assert case.wait.due <= start_wait(NOON, BY_MA(case)[DeadlineKind.WAIT]).due
        weighed.add((case.priority, _kind(case), case.told, case.flags))
    assert len(weighed) == 1


@given(WEIGHTS, st.sampled_from(Priority), st.booleans())
def test_nothing_that_is_told_makes_a_case_weigh_less(
    weight: CaseSeverity, priority: Priority, imminent: bool
) -> None:
    case = a_case(priority=priority, imminent=imminent, told=("terrorism",), flags=("suicide",))
    after = told_of(case, weight)
    assert after.priority.rank <= priority.rank
    assert after.imminent >= imminent
    before, now = case.danger_source, after.danger_source
    assert before is None or (now is not None and now.kind.rank <= before.kind.rank)
    assert set(after.told) >= {"terrorism"}
    assert set(after.flags) >= {"suicide"}
    assert raised_fields(after, weight) == {}, "it was all taken in"


@given(
    weight=WEIGHTS,
    status=st.sampled_from([Status.IN_REVIEW, Status.PUBLISHED, Status.AWAITING_ANSWER]),
    was=st.sampled_from(Priority),
    level=st.integers(0, 3),
    ago=st.integers(0, 10 * 86_400),
    by_merge=st.booleans(),
)
def test_once_a_case_is_more_urgent_no_deadline_is_later_than_the_pack_says(
    weight: CaseSeverity, status: Status, was: Priority, level: int, ago: int, by_merge: bool
) -> None:
    """Counted from the raise, at the level the wait has reached; and none is later than it was."""
    case = running_since(status, was, level, ago)
    if by_merge:
        other = a_case(2, priority=weight.priority, told=weight.told)
        other = other.model_copy(update={"imminent": weight.imminent, "danger": weight.danger})
        (change,) = merges.merge_case(other, case, NOON, "an analyst", {}, BY_MA).beside
        after = change.after
    else:
        after = told_of(case, weight)
    assert after.wait is not None
    assert case.wait is not None
    assert after.wait.due <= case.wait.due
    assert (after.wait.since, after.wait.level) == (case.wait.since, case.wait.level)
    if after.priority is was:
        assert (after.wait, after.notice) == (case.wait, case.notice)
        return
    lengths = BY_MA(after)
    if status.rule.waits:
        assert after.wait.due <= start_wait(NOON, lengths[DeadlineKind.WAIT], level).due
        assert (DeadlineKind.WAIT in after.pending_deadlines) == (
            after.wait != case.wait and not after.wait.last
        )
    else:
        assert after.paused is not None
        again = questions.expire_question(after, NOON + timedelta(days=7)).after
        assert again.wait is not None
        most = start_wait(NOON + timedelta(days=7), lengths[DeadlineKind.WAIT], level).due
        assert again.wait.due <= most


def running_since(status: Status, priority: Priority, level: int, ago: int) -> Case:
    """A case that has waited for people or for an answer."""
    began = NOON - timedelta(seconds=ago)
    bare = a_referred_case(status=status, priority=priority)
    lengths = BY_MA(bare)[DeadlineKind.WAIT]
    wait = start_wait(began, lengths, level)
    if status is Status.AWAITING_ANSWER:
        left = PausedReview(seconds=lengths[0], level=level, report=bare.opened_by)
        wait = start_wait(began, (7 * 86_400,))
        return bare.model_copy(update={"wait": wait, "paused": left, "questions": 1})
    notice = start_wait(began, BY_MA(bare)[DeadlineKind.NOTICE])
    return bare.model_copy(update={"wait": wait, "notice": notice})


def test_a_knife_at_the_door_is_reviewed_within_a_quarter_of_an_hour() -> None:
    """Though the case was opened by somebody who told of nothing, who had two days."""
    case = assessed(an_opened_case(), CaseSeverity(Priority.STANDARD))
    after = told_of(case, CaseSeverity(Priority.IMMEDIATE, a_danger()))
    assert after.wait is not None
    assert after.wait.due == format_timestamp(NOON + timedelta(minutes=15))
    assert after.etag == case.etag, "who decided on what they saw decided well"
    assert after.alerted, "the duty desk was told before it was noted"


def test_danger_that_is_merged_into_a_case_hastens_its_acknowledgement() -> None:
    into = a_referred_case(wait=start_wait(NOON, BY_MA(a_referred_case())[DeadlineKind.WAIT]))
    dangerous = a_case(2, priority=Priority.IMMEDIATE, imminent=True, alerted=True)
    (absorbed,) = merges.merge_case(dangerous, into, NOON, "an analyst", {}, BY_MA).beside
    assert absorbed.after.wait is not None
    assert absorbed.after.wait.due == format_timestamp(NOON + timedelta(minutes=15))
    assert absorbed.event is not None
    assert is_severity_raise(absorbed.event)
    assert absorbed.event.data["priority"] == "immediate"


def test_a_case_whose_wait_was_hastened_escalates_by_the_sweeper_until_it_waits_for_others() -> (
    None
):
    """The workflow knows of the later time only: level after level the sweeper sees to it."""
    case = told_of(assessed(an_opened_case(), CaseSeverity()), CaseSeverity(Priority.URGENT))
    for minutes in (120, 240):
        assert case.wait is not None
        assert DeadlineKind.WAIT in case.pending_deadlines
        change = deadlines.escalate_if_late(
            case, NOON + timedelta(minutes=minutes), MA.deadlines["urgent"]
        )
        assert change is not None
        case = change.after
    assert Duty.OVERDUE in case.duties
    assert DeadlineKind.WAIT not in case.pending_deadlines, "no escalation follows"
    queued = case.model_copy(
        update={"status": Status.QUEUED, "referral": Referral(hop=1, unit=RABAT)}
    )
    sent = referrals.mark_published(queued, NOON, (60,)).after
    assert DeadlineKind.WAIT not in sent.pending_deadlines, (
        "its execution waits as long as it has to"
    )


def test_a_wait_that_was_late_at_its_last_level_stays_so() -> None:
    passed = DeadlineWait(since=format_timestamp(NOON), due="", level=1)
    case = a_referred_case(status=Status.ACKNOWLEDGED, wait=None, notice=passed)
    assert (
        shorten_deadlines(case.model_copy(update={"priority": Priority.IMMEDIATE}), NOON, BY_MA)
        == {}
    )


def test_the_history_names_the_report_that_raised_the_case_and_its_flags() -> None:
    case = a_case(flags=("suicide",))
    weight = CaseSeverity(Priority.URGENT, told={"terrorism", "fraud"}, flags={"minor_victim"})
    source = {**REPORT, "addition": "3"}
    change = raise_severity(case, NOON, weight, BY_MA, source=source, reasons=["money_recent"])
    assert change is not None
    assert change.event is not None
    assert change.event.data == {
        **source,
        "priority": "urgent",
        "told": ["terrorism"],
        "flags": ["minor_victim", "suicide"],
        "reasons": ["money_recent"],
    }
    assert raise_severity(change.after, NOON, weight, BY_MA, source=source, reasons=[]) is None


@pytest.mark.parametrize(
    "pack", sorted(each.name for each in JURISDICTIONS_FOLDER.iterdir() if each.is_dir())
)
def test_a_more_urgent_case_never_waits_longer_in_any_pack(pack: str) -> None:
    """Or a raise would bring nothing nearer."""
    found: Jurisdiction = open_pack(pack)
    clock: Clocks = jurisdiction_clocks(found)
    for status in (Status.IN_REVIEW, Status.PUBLISHED):
        cases = [a_referred_case(RABAT, status=status, priority=each) for each in Priority]
        lengths = [clock(case)[DeadlineKind.WAIT][0] for case in cases]
        assert lengths == sorted(lengths)
