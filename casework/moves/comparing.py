"""People compared two cases that look alike, and keep them apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from casework.case.case import MOST_APART, Case
from casework.case.change import Change
from casework.case.lifecycle import Move, after, allows
from casework.errors import OtherCaseUnfit, TooMany


def kept_apart(case: Case, other: Case, at: datetime, by: str) -> Change | None:
    """The two are about different facts: each forgets the suggestion of the other, and is never
    suggested to it again. None where they are kept apart already.

    A note on both, in one write: no decision depends on it. They can still be merged, which ends
    it. Raises IllegalMove and its kinds, and TooMany.
    """
    after(case.status, Move.KEEP_APART)
    if other.id == case.id or not allows(other.status, Move.KEEP_APART):
        raise OtherCaseUnfit("The other case is part of another one, is erased, or is this one.")
    here, there = _apart(case, other, at, by), _apart(other, case, at, by)
    if here is None or there is None:
        return None
    return replace(here, beside=(there,))


def _apart(case: Case, other: Case, at: datetime, by: str) -> Change | None:
    if other.id in case.apart:
        return None
    if len(case.apart) >= MOST_APART:
        raise TooMany(f"A case is kept apart from at most {MOST_APART} others.")
    return Change.of(
        case,
        Move.KEEP_APART,
        at,
        by,
        {"case": other.id},
        suggestions=tuple(each for each in case.suggestions if each.case != other.id),
        apart=(*case.apart, other.id),
    )
