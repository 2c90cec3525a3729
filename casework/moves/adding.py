"""A reporter added to their report; and a person looked at what came after the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case import REPORTER, Case, Unread, stamp
from casework.change import Change
from casework.errors import IllegalMove
from casework.followup import AdditionKind
from casework.history import BOUND
from casework.lifecycle import Move, Status


def added(
    case: Case,
    at: datetime,
    *,
    report: str,
    addition: str,
    kind: AdditionKind,
    answers: int | None = None,
    bound: str = "",
    found: str = "",
) -> Change:
    """A reporter added to a report of the case; the entry names what kind it is, and no word.

    `bound` and `found` are the commitments to it and to what was found in it. No decision depends
    on it: whoever decides reads the case. After the end it waits until a person has looked.
    """
    data: dict[str, JsonValue] = {"report": report, "addition": addition, "kind": kind.value}
    data |= {BOUND: bound, "found": found}
    if answers is not None:
        data["question"] = answers
    changes: dict[str, Any] = {}
    if kind is AdditionKind.WITHDRAWAL:
        changes["withdrawals"] = case.withdrawals + 1
    if case.status is Status.CLOSED:
        since = case.unread.since if case.unread else stamp(at)
        changes["unread"] = Unread(since=since, last=case.events + 1)
    return Change.of(case, Move.ADD, at, REPORTER, data, **changes)


def looked(case: Case, at: datetime, by: str, *, seen: int) -> Change:
    """A person looked at what was added after the end, up to the entry of a number.

    Raises IllegalMove when nothing waits for that, or more was added since.
    """
    if case.unread is None:
        raise IllegalMove("Nothing was added that nobody has looked at.")
    if case.unread.last > seen:
        raise IllegalMove("More was added since: read the case again.")
    return Change.of(case, Move.LOOK, at, by, {"seen": seen}, unread=None)
