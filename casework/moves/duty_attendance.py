"""A person on the duty desk takes care of a case, has it, or tries to reach somebody about it."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from casework.case.case import MAX_KEPT_REACH_ATTEMPTS, Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.case.value_objects import Care, DutyAttendance, InCharge, ReachAttempt
from casework.errors import TakenByAnother


def record_attendance(case: Case, at: datetime, by: str, did: Care) -> Change:
    """A person says what they did: all who watch the desk see it, and no sound asks for it again.

    It stands until something happens of which the desk must hear (`MoveRule.alarms`).
    """
    care = DutyAttendance(by=by, at=format_timestamp(at), did=did)
    return Change.from_move(case, Move.ATTEND, at, by, {"did": did.value}, attended=care)


def record_reach_attempt(case: Case, at: datetime, by: str, attempt: ReachAttempt) -> Change:
    """A person tried to reach somebody. Whoever tries while nobody has the case has it, and who has
    it and tries knows what happened since."""
    data: dict[str, JsonValue] = attempt.model_dump(
        mode="json", exclude={"by", "at", "key"}, exclude_none=True
    )
    has = case.taken
    if has is None:
        has = InCharge(by=by, at=format_timestamp(at))
    elif has.by == by:
        has = has.model_copy(update={"news": False})
    tries = (*case.tries, attempt)[-MAX_KEPT_REACH_ATTEMPTS:]
    return Change.from_move(case, Move.TRIED, at, by, data, taken=has, tries=tries)


def attend_case(case: Case, at: datetime, by: str, instead_of: str | None) -> Change | None:
    """A person has the case from now on, in the place of the one whom they saw to have it.

    None where they have it already and nothing happened since. Raises TakenByAnother where
    somebody else has it whom they did not see: of two who take it at once, one has it.
    """
    has = case.taken
    if has is not None and has.by == by:
        if not has.news:
            return None
    elif (has.by if has else None) != instead_of:
        raise TakenByAnother("A colleague has this case.")
    data: dict[str, JsonValue] = {}
    if has is not None and has.by != by:
        data["instead_of"] = has.by
    return Change.from_move(
        case, Move.TAKE, at, by, data, taken=InCharge(by=by, at=format_timestamp(at))
    )
