"""The moves of an ended case past its retention time: kept longer on a ground, or erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.parts import SYSTEM, CourtHold
from casework.case.times import Wait, stamp
from casework.errors import IllegalMove
from casework.text.realm import Realm, realm_of


def to_be_erased(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """Reports and messages to reporters are erased; history and figures stay."""
    refuse_early(case)
    refuse_held(case, at)
    return _erased(case, at, by, data)


def held_for_court(
    case: Case, at: datetime, by: str, *, court: str, reference: str, until: str
) -> Change:
    """A court needs the case until a day. A later order replaces the earlier one, and a proposal to
    erase the case is over."""
    said: dict[str, JsonValue] = {"court": court, "reference": reference, "until": until}
    hold = CourtHold(court=court, reference=reference, until=until, entry=case.events + 1)
    return Change.of(case, Move.COURT_HOLD, at, by, said, court_hold=hold, proposal=None)


def given_back_by_court(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The court needs the case no more; raises IllegalMove where none does."""
    if not case.held_by_court(at):
        raise IllegalMove("No court holds the case.")
    return Change.of(case, Move.COURT_HOLD_LIFTED, at, by, data, court_hold=None)


def refuse_held(case: Case, at: datetime) -> None:
    """Raises IllegalMove while a court needs the case: nothing is erased, and no report leaves."""
    if case.court_hold is not None and case.held_by_court(at):
        raise IllegalMove(f"A court holds the case until {case.court_hold.until}.")


def trial_ended(case: Case, at: datetime, by: str) -> Change | None:
    """A trial is over, in any status: its reports are to be erased, and every wait ends. None when
    it is over already.

    Raises IllegalMove for a case of people's reports.
    """
    if realm_of(case.id) is not Realm.TRIAL:
        raise IllegalMove("This is no trial: people decide what becomes of it.")
    if case.status is Status.ERASED:
        return None
    return _erased(
        case,
        at,
        by,
        {},
        move=Move.END_TRIAL,
        stuck=None,
        unread=None,
        unseen=None,
        identity=None,
        money=None,
        freezes=(),
    )


def erased_with(case: Case, into: Case, at: datetime) -> Change | None:
    """A case that was merged into one that is erased goes with it; None when it stands apart."""
    if case.status is not Status.MERGED or case.merged_into != into.id:
        return None
    return _erased(case, at, SYSTEM, {"with": into.id})


def _erased(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    move: Move = Move.ERASE,
    **updates: Any,
) -> Change:
    return Change.of(
        case,
        move,
        at,
        by,
        data,
        retention=None,
        notice=None,
        suggestions=(),
        erasing=Wait(since=stamp(at), due=stamp(at)),
        **updates,
    )


def passed_on(case: Case) -> Change | None:
    """All cases that were merged into it are erased with it; None when that is known."""
    if case.erasing is None or case.erasing.level > 0:
        return None
    return Change.quietly(case, erasing=case.erasing.model_copy(update={"level": 1}))


def erased_further(case: Case, at: datetime) -> Change | None:
    """Something is left to erase: other cases have their turn before this one goes on."""
    if case.erasing is None:
        return None
    return Change.quietly(case, erasing=case.erasing.model_copy(update={"due": stamp(at)}))


def all_erased(case: Case) -> Change | None:
    """The erasure is complete; None when that is known."""
    return Change.quietly(case, erasing=None) if case.erasing else None


def refuse_early(case: Case) -> None:
    """Raises IllegalMove before the time of the pack, or of the last such decision, has passed."""
    if case.retention is None or case.retention.level == 0:
        raise IllegalMove("The time for which the case is kept has not passed.")
