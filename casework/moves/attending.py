"""A person on the duty desk takes care of a case."""

from __future__ import annotations

from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.parts import Attended, Care
from casework.case.times import stamp


def attended(case: Case, at: datetime, by: str, did: Care) -> Change:
    """A person says what they did: all who watch the desk see it, and no sound asks for it again.

    It stands until something happens of which the desk must hear (`MoveLaw.alarms`).
    """
    care = Attended(by=by, at=stamp(at), did=did)
    return Change.of(case, Move.ATTEND, at, by, {"did": did.value}, attended=care)
