"""What becomes of a case that a unit holds: gate, instructions, suspects, end and notice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from casework.case import Case, CloseReason, Danger, stamp
from casework.change import Change
from casework.errors import IllegalMove
from casework.history import Event
from casework.lifecycle import Move
from casework.moves.ending import end_of

MOST_SUSPECTS = 100
"""Suspects of one case: with their states the case stays a small item."""

ONE_EXPORT: Final = timedelta(days=1)
"""Within this the pages of a dossier are one export, in whatever order they are asked for."""


def lifted(case: Case, at: datetime, report: str) -> Change:
    """An identified report came into the case: the gate for anonymous ones is open."""
    return Change.of(case, Move.LIFT, at, data={"report": report}, gate_open=True)


def passed(case: Case, at: datetime, by: str, danger: Danger) -> Change:
    """The unit may not wait: danger is imminent, for a recorded reason."""
    return Change.of(case, Move.PASS, at, by, {"danger": danger.value}, gate_open=True)


def instructed(case: Case, move: Move, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """A prosecutor's decision is entered; an authorisation opens the gate for good."""
    opened = case.gate_open or move is Move.AUTHORISE
    return Change.of(case, move, at, by, data, gate_open=opened)


def suspected(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    number: int,
    standing: str,
    move: Move = Move.SUSPECT,
) -> Change:
    """Something happened to the suspect of a number, or was recorded in error; `standing` is how
    they stand after it."""
    known = [*case.suspects, ""] if number > len(case.suspects) else list(case.suspects)
    known[number - 1] = standing
    return Change.of(case, move, at, by, data, suspects=tuple(known))


def ended(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    data: dict[str, JsonValue],
    *,
    retention_seconds: Sequence[int] = (),
) -> Change:
    """The unit's case ends with a reason."""
    return Change.of(
        case,
        Move.CLOSE,
        at,
        by,
        {**data, "reason": reason.value},
        **end_of(at, reason, retention_seconds),
    )


def ended_otherwise(
    case: Case, at: datetime, by: str, reason: CloseReason, data: dict[str, JsonValue]
) -> Change:
    """The reason why the case ended is another one; when it ended stays."""
    return Change.of(case, Move.CORRECT, at, by, {**data, "reason": reason.value}, closed=reason)


def notified(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The complainant was told of the prosecutor's decision: the clock stops."""
    if case.notice is None:
        raise IllegalMove("No notice is owed.")
    return Change.of(case, Move.NOTICE, at, by, data, notice=None)


def exported(case: Case, at: datetime, by: str) -> Change:
    """Somebody took the dossier."""
    return Change.of(case, Move.EXPORT, at, by)


def exported_further(case: Case, at: datetime, by: str, events: Iterable[Event]) -> Change | None:
    """Somebody took a further page: of what they took before, or of what is taken by it."""
    since = stamp(at - ONE_EXPORT)
    before = (each for each in events if each.move == Move.EXPORT and each.by == by)
    return None if any(each.at >= since for each in before) else exported(case, at, by)
