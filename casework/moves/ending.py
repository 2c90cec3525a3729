"""The fields that every end of a case sets, and the reports that joined while it was ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from casework.case.case import Case
from casework.case.change import Change
from casework.case.parts import CloseReason, Unseen
from casework.case.times import stamp, wait_from

LOOKED_AFTER_SECONDS = 60
"""After the end of a case: by then every index shows every report that was linked before it."""


def end_of(at: datetime, reason: CloseReason, retention_seconds: Sequence[int]) -> dict[str, Any]:
    """The fields of a case that ends: reason and time, remaining deadlines, time of retention."""
    due = stamp(at + timedelta(seconds=LOOKED_AFTER_SECONDS))
    return {
        "closed": reason,
        "closed_at": stamp(at),
        "unseen": Unseen(since=stamp(at), due=due),
        "retention": wait_from(at, retention_seconds) if retention_seconds else None,
    }


def looked_further(case: Case, unseen: Unseen, after: str) -> Change | None:
    """Some reports are left to look at: the next pass goes on at a place."""
    if case.unseen != unseen:
        return None
    return Change.quietly(case, unseen=unseen.model_copy(update={"after": after}))


def looked_through(case: Case) -> Change | None:
    """The case has no unseen report any more; None when that is known."""
    return Change.quietly(case, unseen=None) if case.unseen else None
