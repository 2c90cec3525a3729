"""A unit says which of its officers works on a case."""

from __future__ import annotations

from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.value_objects import CaseOwner


def assign_owner(case: Case, at: datetime, by: str, owner: CaseOwner | None) -> Change:
    """The case gets an owner in its unit, another one, or none. Every officer of the unit may do
    with the case what they could before."""
    to = owner.subject if owner else None
    return Change.from_move(case, Move.ASSIGN, at, by, {"to": to}, owner=owner)
