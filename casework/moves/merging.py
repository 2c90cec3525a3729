"""One case into another, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from casework.case import Case, Moving, Suggestion, stamp, wait_from
from casework.change import Change
from casework.errors import IllegalMove, OtherCaseUnfit
from casework.lifecycle import Move, Status

MOVED_AGAIN_SECONDS = 60
"""After a merge or split: by then every index shows every report that was linked before it."""


def merged(case: Case, into: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The case's reports belong to another one from now on; it points there.

    Decisions on the other case are not disturbed: for it, this is a note.
    """
    if into.id == case.id or not into.joinable:
        raise OtherCaseUnfit("The other case has ended, or is this one.")
    if case.moving is not None:
        raise IllegalMove("Reports of the case are still on their way.")
    change = Change.of(
        case,
        Move.MERGE,
        at,
        by,
        {**data, "into": into.id},
        suggestions=_without(case, into),
        merged_into=into.id,
        moving=Moving(since=stamp(at), due=stamp(at), other=into.id),
    )
    absorbed = Change.of(
        into, Move.ABSORB, at, by, {"case": case.id}, suggestions=_without(into, case)
    )
    return change.model_copy(update={"beside": (absorbed,)})


def _without(case: Case, other: Case) -> tuple[Suggestion, ...]:
    """The suggestions that are still open once the two were merged."""
    return tuple(each for each in case.suggestions if each.case != other.id)


def split(case: Case, into: Case, at: datetime, by: str, review_seconds: Sequence[int]) -> Change:
    """A merge is undone: the case stands on its own and is reviewed again."""
    if into.status is Status.MERGED:
        raise OtherCaseUnfit("That case was merged further: split it off first.")
    change = Change.of(
        case,
        Move.SPLIT,
        at,
        by,
        {"from": into.id},
        merged_into=None,
        moving=Moving(since=stamp(at), due=stamp(at), other=into.id),
        referral=None,
        wait=wait_from(at, review_seconds),
    )
    released = Change.of(into, Move.RELEASE, at, by, {"case": case.id})
    return change.model_copy(update={"beside": (released,)})


def reports_moved(case: Case, at: datetime, moving: Moving) -> Change | None:
    """All reports that could be seen were moved: once more a while later, then never again."""
    if case.moving != moving:
        return None
    if moving.level > 0:
        return Change.quietly(case, moving=None)
    later = stamp(at + timedelta(seconds=MOVED_AGAIN_SECONDS))
    return Change.quietly(case, moving=moving.model_copy(update={"due": later, "level": 1}))
