"""The workflow execution that serves a case: what it is told, and when no execution can."""

from __future__ import annotations

import math
from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.journey import STEP_SECONDS, Journey
from casework.case.lifecycle import Move, Status
from casework.case.parts import Due, Priority
from casework.moves.weight import Weight, heavier
from casework.pack.clocks import Clocks


def journey_of(case: Case, at: datetime, clocks: Clocks) -> Journey:
    """The journey of a case, for the execution that serves it."""
    return Journey(
        case_id=case.id,
        run=case.run,
        status=case.status,
        wait_seconds=_seconds(case, at, clocks) + STEP_SECONDS,
    )


def _seconds(case: Case, at: datetime, clocks: Clocks) -> int:
    """The time that people have in the next wait; 0 where no execution waits any more."""
    if case.status.law.idle:
        return 0
    if case.status.law.waits:
        return _left(case, at)
    known: dict[str, Status | Priority] = {"status": Status.PUBLISHED}
    if case.status is Status.RECEIVED:  # it may be anything: an early look costs little
        known = {"status": Status.IN_REVIEW, "priority": Priority.IMMEDIATE}
    return next(iter(clocks(case.model_copy(update=known)).get(Due.WAIT, ())), 0)


def _left(case: Case, at: datetime) -> int:
    """The time that is left of the wait of a case."""
    if case.wait is None:
        return 0
    since, due = map(datetime.fromisoformat, (case.wait.since, case.wait.due))
    length, left = (due - since).total_seconds(), (due - at).total_seconds()
    if left <= 0 < length and case.wait.last:
        left = length - -left % length
    return max(0, math.ceil(left))


def stuck(case: Case, at: datetime, reason: str) -> Change:
    """No workflow can take the case further; people must look.

    A case that was not assessed yet gets at least the standard priority.
    """
    unread = heavier(case, Weight(Priority.STANDARD)) if case.status is Status.RECEIVED else {}
    return Change.of(case, Move.STICK, at, data={"reason": reason}, stuck=reason, **unread)


def rerun(case: Case, *, served: bool) -> Change:
    """Claim the next execution for a case whose last one ended; the caller saw it end.

    An execution that `served` the case, by waiting for people, was lost and did not fail: it does
    not count towards the runs after which people must look.
    """
    run = case.run + 1
    return Change.quietly(case, run=run, first_run=run if served else case.first_run)
