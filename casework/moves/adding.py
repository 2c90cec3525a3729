"""A reporter added to their report; and a person looked at it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case import REPORTER, Case, Due, Unread, stamp, wait_from
from casework.change import Change
from casework.clocks import Clocks
from casework.errors import Finding, IllegalMove, NotValid
from casework.followup import AdditionKind
from casework.history import BOUND
from casework.lifecycle import LOOKED_AT, Move
from casework.moves.deadlines import no_clocks


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
    clocks: Clocks = no_clocks,
) -> Change:
    """A reporter added to a report of the case; the entry names what kind it is, and no word.

    `bound` and `found` are the commitments to it and to what was found in it. No decision depends
    on it: whoever decides reads the case. Where no decision is due, with a unit that holds the case
    and after the end, it waits until a person has looked.
    """
    data: dict[str, JsonValue] = {"report": report, "addition": addition, "kind": kind.value}
    data |= {BOUND: bound, "found": found}
    if answers is not None:
        data["question"] = answers
    changes: dict[str, Any] = {}
    if kind is AdditionKind.WITHDRAWAL:
        changes["withdrawals"] = case.withdrawals + 1
    if case.status in LOOKED_AT:
        first = case.unread or _first(case, at, clocks)
        changes["unread"] = first.model_copy(update={"last": case.events + 1})
    return Change.of(case, Move.ADD, at, REPORTER, data, **changes)


def _first(case: Case, at: datetime, clocks: Clocks) -> Unread:
    """The first addition that waits: the time to look at it begins."""
    seconds = clocks(case).get(Due.UNREAD)
    return Unread(since=stamp(at), last=0, wait=wait_from(at, seconds) if seconds else None)


def looked(case: Case, at: datetime, by: str, *, seen: int) -> Change:
    """A person looked at what was added, up to the entry of a number.

    Raises IllegalMove when nothing waits for that, or more was added since, and NotValid for an
    entry that the history does not have.
    """
    if case.unread is None:
        raise IllegalMove("Nothing was added that nobody has looked at.")
    if seen > case.events:
        finding = Finding("#/seen", "seen.unknown", "The history has no entry of this number yet.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])
    if case.unread.last > seen:
        raise IllegalMove("More was added since: read the case again.")
    return Change.of(case, Move.LOOK, at, by, {"seen": seen}, unread=None)
