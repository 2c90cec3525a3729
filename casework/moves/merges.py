"""One case into another, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move, Status
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.case.value_objects import ReportsInTransit, Suggestion, UnreadAdditions
from casework.errors import IllegalMove, OtherCaseUnfit
from casework.moves import gate as gating
from casework.moves.additions import extend_unread
from casework.moves.deadlines import no_wait_deadlines
from casework.moves.retention import refuse_under_legal_hold
from casework.moves.severity import CaseSeverity, severity_update
from casework.moves.triage import open_case
from casework.pack.clocks import Clocks

MOVED_AGAIN_SECONDS = 60
"""After a merge or split: by then every index shows every report that was linked before it."""


def merge_case(
    case: Case,
    into: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    clocks: Clocks,
    because: Particulars | None = None,
) -> Change:
    """The case's reports belong to another one from now on; it points there.

    Decisions on the other case are not disturbed: for it, this is a note. From now on it weighs as
    much as the heavier of the two.
    """
    if into.id == case.id or not into.joinable:
        raise OtherCaseUnfit("The other case has ended, or is this one.")
    if case.moving is not None:
        raise IllegalMove("Reports of the case are still on their way.")
    refuse_under_legal_hold(case, at)
    change = Change.from_move(
        case,
        Move.MERGE,
        at,
        by,
        {**data, "into": into.id},
        particulars=because,
        suggestions=_without(case, into),
        apart=_together(case, into),
        merged_into=into.id,
        moving=ReportsInTransit(
            since=format_timestamp(at), due=format_timestamp(at), other=into.id
        ),
    )
    changed, severity_data = severity_update(into, at, CaseSeverity.from_merged_case(case), clocks)
    money = _later(case.money, into.money)
    if money and money != into.money:
        severity_data["money_until"] = money.due
    heavier = into.model_copy(update=changed)
    absorbed = Change.from_move(
        into,
        Move.ABSORB,
        at,
        by,
        {"case": case.id, **severity_data},
        suggestions=_without(into, case),
        apart=_together(into, case),
        alerted=into.alerted or (case.alerted and case.imminent),
        money=money,
        **{**changed, "unread": _unread_of_both(case, heavier, at, clocks)},
    )
    return replace(change, beside=(absorbed,))


def _unread_of_both(case: Case, into: Case, at: datetime, clocks: Clocks) -> UnreadAdditions | None:
    """The unseen additions of both cases, and danger that comes with the merged one; the nearer
    deadline counts.

    If the case that goes on waits for a decision, its author reads the additions.
    """
    if not into.status.rule.looked_at or (case.unread is None and not case.imminent):
        return into.unread
    own = extend_unread(into, at, clocks) if case.imminent else into.unread
    unread = [each for each in (case.unread, own) if each is not None]
    waits = [each.wait for each in unread if each.wait is not None]
    return UnreadAdditions(
        since=min(each.since for each in unread),
        last=into.events + 1,
        wait=min(waits, key=lambda wait: wait.due, default=None),
    )


def _later(one: DeadlineWait | None, other: DeadlineWait | None) -> DeadlineWait | None:
    """Until when any of the money of both may be held back."""
    running = [wait for wait in (one, other) if wait is not None and wait.due]
    return max(running, key=lambda wait: wait.due, default=other)


def _together(case: Case, other: Case) -> tuple[str, ...]:
    """The others from which people still keep the case apart once the two were merged."""
    return tuple(each for each in case.apart if each != other.id)


def _without(case: Case, other: Case) -> tuple[Suggestion, ...]:
    """The suggestions that are still open once the two were merged."""
    return tuple(each for each in case.suggestions if each.case != other.id)


def split_case(
    case: Case,
    into: Case,
    at: datetime,
    by: str,
    review_seconds: Sequence[int],
    *,
    clocks: Clocks = no_wait_deadlines,
    comes_back: Callable[[str], bool] = lambda _: False,
) -> Change:
    """A merge is undone: the case stands on its own and is reviewed again.

    It keeps its last referral, so that the next one is a further hop with another message id.
    `comes_back` tells, by a report's reference, whether the report is the case's from now on. An
    identity that keeps a gate open goes with its report, or ends.
    """
    if into.status is Status.MERGED:
        raise OtherCaseUnfit("That case was merged further: split it off first.")
    refuse_under_legal_hold(into, at)
    change = Change.from_move(
        case,
        Move.SPLIT,
        at,
        by,
        {"from": into.id},
        merged_into=None,
        moving=ReportsInTransit(
            since=format_timestamp(at), due=format_timestamp(at), other=into.id
        ),
        wait=start_wait(at, review_seconds),
        **gating.remove_identity_grounds(case, lambda each: not comes_back(each), at, clocks),
    )
    released = Change.from_move(
        into,
        Move.RELEASE,
        at,
        by,
        {"case": case.id},
        **gating.remove_identity_grounds(into, comes_back, at, clocks),
    )
    return replace(change, beside=(released,))


def split_off_report(
    case: Case,
    apart: Case,
    at: datetime,
    by: str,
    *,
    report: str,
    bound: str,
    because: str,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """A report does not belong to the case: it opens its own, `apart`, which is read and reviewed.
    `bound` is the commitment to it.

    The case keeps its status, except that a gate shuts if only this reporter's identity kept it
    open. The weight from the report stays until people change it.
    """
    if case.paused is not None and case.paused.report == report:
        raise IllegalMove("Its reporter was asked, and the review waits for the answer.")
    refuse_under_legal_hold(case, at)
    data: dict[str, JsonValue] = {"report": report, "to": apart.id, "because": because}
    gate = gating.remove_identity_grounds(case, lambda each: each == report, at, clocks)
    left = Change.from_move(case, Move.TAKE_OUT, at, by, data, proposal=None, **gate)
    along = ReportsInTransit(
        since=format_timestamp(at), due=format_timestamp(at), other=case.id, report=report
    )
    begun = open_case(apart.model_copy(update={"moving": along}), at, bound, taken_from=case.id)
    return replace(left, beside=(begun,), takes=report)


def move_late_reports(case: Case, at: datetime) -> Change | None:
    """Reports came into a merged case that had moved all it had: they go on to where it went."""
    if case.status is not Status.MERGED or case.merged_into is None or case.moving is not None:
        return None
    moving = ReportsInTransit(since=case.moved_at, due=format_timestamp(at), other=case.merged_into)
    return Change.bookkeeping(case, moving=moving)


def continue_moving(case: Case, moving: ReportsInTransit, after: str) -> Change | None:
    """Some reports are left to look at: the next pass goes on at a place."""
    if case.moving != moving or moving.after == after:
        return None
    return Change.bookkeeping(case, moving=moving.model_copy(update={"after": after}))


def finish_moving(case: Case, at: datetime, moving: ReportsInTransit) -> Change | None:
    """All reports that could be seen were moved: once more a while later, then never again."""
    if case.moving != moving:
        return None
    if moving.level > 0 or moving.report is not None:
        return Change.bookkeeping(case, moving=None)
    later = {
        "due": format_timestamp(at + timedelta(seconds=MOVED_AGAIN_SECONDS)),
        "level": 1,
        "after": "",
    }
    return Change.bookkeeping(case, moving=moving.model_copy(update=later))
