"""What reporters add to a case that a unit holds, or that ended, waits until somebody looked."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.times import format_timestamp
from casework.case.value_objects import CloseReason, DeadlineKind, Duty, Priority
from casework.moves import additions, deadlines, inquiry, merges, referrals
from casework.moves.severity import CaseSeverity, raise_severity
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.report.followup import AdditionKind
from casework.views.lists import deadline_views
from tests import decided
from tests.builders import NOON, SALE, a_case, a_referred_case, made

BY_MA = jurisdiction_clocks(open_pack("ma"))
SOON = timedelta(hours=8)
"""How long a unit has for an urgent case, by the pack."""


def held(number: int = 1, **fields: Any) -> Case:
    """An urgent case that a unit holds."""
    said = {"status": Status.ACKNOWLEDGED, "priority": Priority.URGENT, "wait": None}
    return a_referred_case(number=number, **{**said, **fields})


def added_to(case: Case, at: datetime = NOON) -> Case:
    """The case after its reporter added to it."""
    return additions.record_addition(
        case, at, report=case.opened_by, addition="A", kind=AdditionKind.MORE, clocks=BY_MA
    ).after


@pytest.mark.parametrize("status", [each for each in Status if each.rule.looked_at])
def test_the_time_to_look_counts_from_the_first_addition(
    status: Status,
) -> None:
    case = added_to(held(status=status))
    again = added_to(case, NOON + timedelta(hours=1))
    assert again.unread is not None
    assert (again.unread.since, again.unread.last) == (format_timestamp(NOON), again.events)
    assert again.pending_deadlines[DeadlineKind.UNREAD].due == format_timestamp(NOON + SOON)
    (shown,) = [each for each in deadline_views(again, NOON) if each.kind == "unread"]
    assert shown.due == format_timestamp(NOON + SOON)


@pytest.mark.parametrize("status", [each for each in Status if not each.rule.looked_at])
def test_where_people_read_the_case_to_decide_on_it_nothing_more_waits(status: Status) -> None:
    if status not in {Status.MERGED, Status.ERASED}:
        assert added_to(held(status=status)).unread is None


def test_an_unread_addition_is_on_the_duty_desk_until_a_person_looked() -> None:
    case, at = added_to(held()), NOON + SOON
    assert Duty.OVERDUE not in case.duties
    late = deadlines.mark_overdue(
        case, DeadlineKind.UNREAD, at, BY_MA(case)[DeadlineKind.UNREAD]
    ).after
    assert Duty.OVERDUE in late.duties
    assert late.pending_deadlines[DeadlineKind.UNREAD].due == format_timestamp(at + SOON)
    last = deadlines.mark_overdue(
        late, DeadlineKind.UNREAD, at + SOON, BY_MA(case)[DeadlineKind.UNREAD]
    ).after
    assert DeadlineKind.UNREAD not in last.pending_deadlines
    assert Duty.OVERDUE in last.duties
    more = added_to(last)
    assert more.unread is not None
    seen = additions.mark_additions_read(more, at, "an officer", seen=more.unread.last).after
    assert (seen.unread, seen.pending_deadlines, Duty.OVERDUE in seen.duties) == (None, {}, False)


@pytest.mark.parametrize("end", ["authorised", "closed", "doubted"])
def test_an_unread_addition_waits_while_the_case_goes_on(end: str) -> None:
    case = added_to(held(status=Status.AWAITING_AUTHORISATION))
    after: Change = {
        "authorised": inquiry.record_instruction(
            case, Move.AUTHORISE, NOON, "an officer", {}, authorises=True
        ),
        "closed": inquiry.close_by_unit(
            case, NOON, "an officer", CloseReason.AUTHORISATION_REFUSED, {}
        ),
        "doubted": inquiry.doubt_identity(
            case, NOON, "an officer", {}, because=None, accepted=None
        ),
    }[end]
    assert after.after.unread == case.unread
    assert (
        after.after.pending_deadlines[DeadlineKind.UNREAD]
        == case.pending_deadlines[DeadlineKind.UNREAD]
    )


def test_another_unit_reads_the_case_before_it_takes_it() -> None:
    case = added_to(held())
    sent = referrals.transfer_case(case, NOON, "an officer", unit=SALE, data={}).after
    assert (sent.unread, sent.pending_deadlines) == (None, {})


def test_a_reopened_case_is_read_by_the_review() -> None:
    rejected = decided.rejected(a_case(), NOON, "an analyst", CloseReason.NOT_AN_OFFENCE).after
    case = added_to(rejected)
    assert case.pending_deadlines.keys() >= {DeadlineKind.UNREAD}, (
        "on the duty desk at once, and by when"
    )
    again = decided.reopened(case, NOON, "an analyst", "new_facts", BY_MA).after
    assert DeadlineKind.UNREAD not in again.pending_deadlines


def test_a_merge_does_not_prolong_the_wait_of_an_addition() -> None:
    early, late = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    for mine, other in ((early, late), (late, early), (early, None)):
        into = held(2) if other is None else added_to(held(2), other)
        (absorbed,) = merges.merge_case(
            added_to(held(), mine), into, NOON, "an officer", {}, BY_MA
        ).beside
        after = absorbed.after
        assert after.unread is not None
        assert (after.unread.since, after.unread.last) == (format_timestamp(early), after.events)
        assert after.pending_deadlines[DeadlineKind.UNREAD].due == format_timestamp(early + SOON)
    into = added_to(held(2))
    (absorbed,) = merges.merge_case(held(), into, NOON, "an officer", {}, BY_MA).beside
    assert absorbed.after.unread == into.unread


def test_a_more_urgent_case_shortens_the_wait_of_an_addition() -> None:
    case = added_to(held(priority=Priority.STANDARD))
    weight = CaseSeverity(Priority.IMMEDIATE)
    after = made(raise_severity(case, NOON, weight, BY_MA, source={}, reasons=())).after
    assert after.unread is not None
    assert case.unread is not None
    assert after.pending_deadlines[DeadlineKind.UNREAD].due == format_timestamp(
        NOON + timedelta(minutes=30)
    )
    assert (case.unread.last, after.unread.last) == (case.events, after.events)


@given(st.lists(st.integers(min_value=0, max_value=400), max_size=400))
def test_an_hour_has_a_bounded_number_of_entries_and_one_of_the_last_two_minutes(
    pauses: list[int],
) -> None:
    case, at, entered = held(), NOON, list[datetime]()
    for pause in pauses:
        at += timedelta(seconds=pause)
        change = additions.record_addition(
            case, at, report="R", addition="A", kind=AdditionKind.MORE
        )
        if additions.waits_for_night(change):
            assert at - entered[-1] <= additions.BURST_TIME
            continue
        case = change.after
        entered.append(at)
    hours = Counter(each.replace(minute=0, second=0) for each in entered)
    beyond = timedelta(hours=1) // additions.BURST_TIME
    assert max(hours.values(), default=0) <= additions.MAX_ENTRIES_PER_HOUR + beyond
