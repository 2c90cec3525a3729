"""Which workflow execution serves a case, and when none can."""

from __future__ import annotations

from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.parts import Priority
from casework.moves.weight import Weight, heavier


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


def settled(case: Case) -> Change:
    """The workflow knows that a unit holds the case, or that it ended."""
    return Change.quietly(case, settled=True)
