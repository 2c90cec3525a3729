"""People compared two cases that look alike, and keep them apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from casework.case.case import MAX_DISTINCT_CASES, Case
from casework.case.change import Change
from casework.case.lifecycle import Move, is_legal_move, next_status
from casework.errors import OtherCaseUnfit, TooMany


def mark_distinct(case: Case, other: Case, at: datetime, by: str) -> Change | None:
    """The two are about different facts: each forgets the suggestion of the other, and is never
    suggested to it again. None where they are kept apart already.

    A note on both, in one write: no decision depends on it. They can still be merged, which ends
    it. Raises IllegalMove and its kinds, and TooMany.
    """
    next_status(case.status, Move.KEEP_APART)
    if other.id == case.id or not is_legal_move(other.status, Move.KEEP_APART):
        raise OtherCaseUnfit("The other case is part of another one, is erased, or is this one.")
    here, there = _apart(case, other, at, by), _apart(other, case, at, by)
    if here is None or there is None:
        return None
    return replace(here, beside=(there,))


def _apart(case: Case, other: Case, at: datetime, by: str) -> Change | None:
    if other.id in case.apart:
        return None
    if len(case.apart) >= MAX_DISTINCT_CASES:
        raise TooMany(f"A case is kept apart from at most {MAX_DISTINCT_CASES} others.")
    return Change.from_move(
        case,
        Move.KEEP_APART,
        at,
        by,
        {"case": other.id},
        suggestions=tuple(each for each in case.suggestions if each.case != other.id),
        apart=(*case.apart, other.id),
    )
