"""A case on its way to the unit that takes it: queued, published, opened, taken or declined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move
from casework.case.referral import Referral, can_reroute
from casework.case.times import format_timestamp, start_wait
from casework.errors import IllegalMove

UNIT_FIELD: Final = "unit"
"""In the data of an entry that gives the case to a unit: its id in the pack."""


def queue_referral(case: Case, at: datetime, *, unit: str, data: dict[str, JsonValue]) -> Change:
    """The case is queued for `unit`; `data` is the competence that named it."""
    return _queued(case, Move.REFER, at, unit, data)


def reroute_referral(
    case: Case, at: datetime, *, unit: str, most_declines: int, review_seconds: Sequence[int]
) -> Change:
    """A declined case goes to the unit named, or, after too many declines, to a supervisor."""
    if can_reroute(case.declines, most_declines):
        return _queued(case, Move.REROUTE, at, unit, {"unit": unit})
    return Change.from_move(
        case,
        Move.CONTEST,
        at,
        data={"declines": case.declines},
        supervision=True,
        wait=start_wait(at, review_seconds),
    )


def _queued(case: Case, move: Move, at: datetime, unit: str, data: dict[str, JsonValue]) -> Change:
    hop = case.referral.hop + 1 if case.referral else 1
    return Change.from_move(
        case, move, at, data=data, referral=Referral(hop=hop, unit=unit), named=None
    )


def mark_published(case: Case, at: datetime, acknowledge_seconds: Sequence[int]) -> Change:
    """The unit was told; it has until the deadline to acknowledge."""
    return Change.from_move(
        case,
        Move.PUBLISH,
        at,
        referral=_referral(case).model_copy(update={"published_at": format_timestamp(at)}),
        wait=start_wait(at, acknowledge_seconds),
        hold=case.hold,
    )


def mark_undelivered(case: Case, at: datetime, failure: str) -> Change | None:
    """Telling the unit failed; `failure` is the service's error code. None when that is known."""
    lifecycle.next_status(case.status, Move.UNDELIVERED)
    referral = _referral(case)
    if referral.failure:
        return None
    failed = referral.model_copy(update={"failure": failure})
    return Change.from_move(case, Move.UNDELIVERED, at, data={"failure": failure}, referral=failed)


def mark_read_by_unit(case: Case, at: datetime, by: str) -> Change | None:
    """An officer of the unit opens the referral; None when one did before."""
    referral = _referral(case)
    if referral.opened_at or not lifecycle.is_legal_move(case.status, Move.READ):
        return None
    opened_now = referral.model_copy(update={"opened_at": format_timestamp(at)})
    data: dict[str, JsonValue] = {"unit": referral.unit, "hop": referral.hop}
    return Change.from_move(case, Move.READ, at, by, data, referral=opened_now)


def transfer_case(
    case: Case,
    at: datetime,
    by: str,
    *,
    unit: str,
    data: dict[str, JsonValue],
    move: Move = Move.TRANSFER,
    because: Particulars | None = None,
) -> Change:
    """The case goes to another unit, which is told and acknowledges anew."""
    if case.referral is not None and case.referral.unit == unit:
        raise IllegalMove("The case stands with this unit already.")
    hop = case.referral.hop + 1 if case.referral else 1
    return Change.from_move(
        case,
        move,
        at,
        by,
        {**data, UNIT_FIELD: unit, "from": case.referral.unit if case.referral else None},
        particulars=because,
        referral=Referral(hop=hop, unit=unit),
        named=None,
        wait=None,
        hold=None,
    )


def _referral(case: Case) -> Referral:
    if case.referral is None:
        raise IllegalMove("The case is not referred to a unit.")
    return case.referral


def referral_data(case: Case) -> dict[str, JsonValue]:
    """Which referral a unit answers, as the entry of its answer names it; raises IllegalMove."""
    referral = _referral(case)
    return {"unit": referral.unit, "hop": referral.hop, "published_at": referral.published_at}
