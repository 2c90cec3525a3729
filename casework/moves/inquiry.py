"""What becomes of a case that a unit holds: gate, instructions, suspects, end and notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from casework.case import Case, CloseReason, Danger, stamp, wait_from
from casework.change import Change
from casework.errors import IllegalMove
from casework.lifecycle import Move

MOST_SUSPECTS = 100
"""Suspects of one case: with their states the case stays a small item."""


def lifted(case: Case, at: datetime, report: str) -> Change:
    """An identified report came into the case: the gate for anonymous ones is open."""
    return Change.of(case, Move.LIFT, at, data={"report": report})


def passed(case: Case, at: datetime, by: str, danger: Danger) -> Change:
    """The unit may not wait: danger is imminent, for a recorded reason."""
    return Change.of(case, Move.PASS, at, by, {"danger": danger.value})


def instructed(
    case: Case,
    move: Move,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    notice_seconds: Sequence[int] = (),
) -> Change:
    """A prosecutor's decision is entered; it may start the clock of the notice."""
    return Change.of(case, move, at, by, data).noticed(at, notice_seconds)


def suspected(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    number: int,
    standing: str,
) -> Change:
    """Something happened to the suspect of a number; `standing` is how they stand after it."""
    known = [*case.suspects, ""] if number > len(case.suspects) else list(case.suspects)
    known[number - 1] = standing
    return Change.of(case, Move.SUSPECT, at, by, data, suspects=tuple(known))


def ended(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    data: dict[str, JsonValue],
    *,
    notice_seconds: Sequence[int] = (),
    retention_seconds: Sequence[int] = (),
) -> Change:
    """The unit's case ends with a reason."""
    return Change.of(
        case,
        Move.CLOSE,
        at,
        by,
        {**data, "reason": reason.value},
        closed=reason,
        closed_at=stamp(at),
        retention=wait_from(at, retention_seconds) if retention_seconds else None,
    ).noticed(at, notice_seconds)


def notified(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The complainant was told of the prosecutor's decision: the clock stops."""
    if case.notice is None:
        raise IllegalMove("No notice is owed.")
    return Change.of(case, Move.NOTICE, at, by, data, notice=None)


def exported(case: Case, at: datetime, by: str) -> Change:
    """Somebody took the dossier."""
    return Change.of(case, Move.EXPORT, at, by)
