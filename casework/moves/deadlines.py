"""What a deadline does when it passes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casework import lifecycle
from casework.case import Case, Due, wait_from
from casework.change import Change
from casework.lifecycle import Move, Status
from casework.pack_entries import Deadlines


def overdue(case: Case, kind: Due, at: datetime, seconds: Sequence[int]) -> Change:
    """A deadline outside the workflow passed: once per level, and then no more."""
    wait = case.dues[kind]
    level = wait.level + 1
    further = wait_from(at, seconds, level) if level < len(seconds) else None
    passed_by = wait.model_copy(update={"due": "", "level": level})
    change = Change.of(case, Move.OVERDUE, at, data={"due": kind.value, "level": level})
    after = change.after.model_copy(update={kind.value: further or passed_by})
    return change.model_copy(update={"after": after})


def late(case: Case, at: datetime, deadlines: Deadlines) -> Change | None:
    """What follows once people let the deadline of their wait pass; None before."""
    if case.wait is None or at < datetime.fromisoformat(case.wait.due):
        return None
    review = case.status is Status.IN_REVIEW
    return escalated(
        case, at, deadlines.review_seconds if review else deadlines.acknowledge_seconds
    )


def escalated(case: Case, at: datetime, seconds: Sequence[int]) -> Change:
    """Nobody acted in time: once per level; on the last level the wait is only renewed."""
    lifecycle.after(case.status, Move.ESCALATE)
    level = case.wait.level if case.wait else 0
    last = len(seconds) - 1
    if level >= last:
        return Change.quietly(case, wait=wait_from(at, seconds, max(level, last)))
    return Change.of(
        case,
        Move.ESCALATE,
        at,
        data={"level": level + 1},
        wait=wait_from(at, seconds, level + 1),
    )
