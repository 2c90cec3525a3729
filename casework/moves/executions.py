"""The workflow execution that serves a case: what it is told, and when no execution can."""

from __future__ import annotations

import math
from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import EXECUTION_STEP_SECONDS, ExecutionState
from casework.case.lifecycle import Move, Status
from casework.case.value_objects import DeadlineKind, Priority
from casework.moves.severity import CaseSeverity, raised_fields
from casework.pack.clocks import Clocks


def execution_state(case: Case, at: datetime, clocks: Clocks) -> ExecutionState:
    """The journey of a case, for the execution that serves it."""
    return ExecutionState(
        case_id=case.id,
        run=case.run,
        status=case.status,
        wait_seconds=_seconds(case, at, clocks) + EXECUTION_STEP_SECONDS,
    )


def _seconds(case: Case, at: datetime, clocks: Clocks) -> int:
    """The time that people have in the next wait; 0 where no execution waits any more."""
    if case.status.rule.idle:
        return 0
    if case.status.rule.waits:
        return _left(case, at)
    known: dict[str, Status | Priority] = {"status": Status.PUBLISHED}
    if case.status is Status.RECEIVED:  # it may be anything: an early look costs little
        known = {"status": Status.IN_REVIEW, "priority": Priority.IMMEDIATE}
    return next(iter(clocks(case.model_copy(update=known)).get(DeadlineKind.WAIT, ())), 0)


def _left(case: Case, at: datetime) -> int:
    """The time that is left of the wait of a case."""
    if case.wait is None:
        return 0
    since, due = map(datetime.fromisoformat, (case.wait.since, case.wait.due))
    length, left = (due - since).total_seconds(), (due - at).total_seconds()
    if left <= 0 < length and case.wait.last:
        left = length - -left % length
    return max(0, math.ceil(left))


def mark_stuck(case: Case, at: datetime, reason: str) -> Change:
    """No workflow can take the case further; people must look.

    A case that was not assessed yet gets at least the standard priority.
    """
    unread = (
        raised_fields(case, CaseSeverity(Priority.STANDARD))
        if case.status is Status.RECEIVED
        else {}
    )
    return Change.from_move(case, Move.STICK, at, data={"reason": reason}, stuck=reason, **unread)


def claim_next_run(case: Case, *, served: bool) -> Change:
    """Claim the next execution for a case whose last one ended; the caller saw it end.

    An execution that `served` the case, by waiting for people, was lost and did not fail: it does
    not count towards the runs after which people must look.
    """
    run = case.run + 1
    return Change.bookkeeping(case, run=run, first_run=run if served else case.first_run)
