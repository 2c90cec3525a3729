"""A person on the duty desk takes care of a case, has it, or tries to reach somebody about it."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from casework.case.case import MOST_TRIES, Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.parts import Attended, Care, InCharge, Try
from casework.case.times import stamp
from casework.errors import TakenByAnother


def attended(case: Case, at: datetime, by: str, did: Care) -> Change:
    """A person says what they did: all who watch the desk see it, and no sound asks for it again.

    It stands until something happens of which the desk must hear (`MoveLaw.alarms`).
    """
    care = Attended(by=by, at=stamp(at), did=did)
    return Change.of(case, Move.ATTEND, at, by, {"did": did.value}, attended=care)


def tried(case: Case, at: datetime, by: str, said: Try) -> Change:
    """A person tried to reach somebody. Whoever tries while nobody has the case has it, and who has
    it and tries knows what happened since."""
    data: dict[str, JsonValue] = said.model_dump(
        mode="json", exclude={"by", "at", "key"}, exclude_none=True
    )
    has = case.taken
    if has is None:
        has = InCharge(by=by, at=stamp(at))
    elif has.by == by:
        has = has.model_copy(update={"news": False})
    tries = (*case.tries, said)[-MOST_TRIES:]
    return Change.of(case, Move.TRIED, at, by, data, taken=has, tries=tries)


def taken(case: Case, at: datetime, by: str, instead_of: str | None) -> Change | None:
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
    return Change.of(case, Move.TAKE, at, by, data, taken=InCharge(by=by, at=stamp(at)))
