"""When a case is late: the deadlines of reviewers, units and prosecutors, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.parts import Alone, Due, Priority
from casework.case.times import wait_from
from casework.pack.clocks import Clocks
from casework.pack.entries import Deadlines


def alone(deadlines: Deadlines, priority: Priority, at: datetime) -> Alone:
    """The clock of a report by itself; `deadlines` are those of its priority."""
    wait = wait_from(at, deadlines.review_seconds)
    return Alone(**wait.model_dump(), priority=priority, late=wait.due)


def no_clocks(_: Case) -> Mapping[Due, Sequence[int]]:
    """The times of a wait without a deadline."""
    return {}


def taken(case: Case, at: datetime, clocks: Clocks, *, gated: bool = False) -> dict[str, Any]:
    """The clock of a unit that holds the case from now on: it waits for the prosecutor's
    authorisation or instruction."""
    kind = Due.AUTHORISATION if gated else Due.INSTRUCTION
    seconds = clocks(case).get(kind)
    return {kind.value: wait_from(at, seconds) if seconds else None}


def informing(case: Case, at: datetime, clocks: Clocks) -> dict[str, Any]:
    """The clock of a unit that holds the case from now on: by then it has informed the prosecutor.
    Nothing where it has."""
    seconds = clocks(case).get(Due.INFORMING)
    if case.informed_by_unit is not None or not seconds:
        return {}
    return {Due.INFORMING.value: wait_from(at, seconds)}


def overdue(case: Case, kind: Due, at: datetime, seconds: Sequence[int]) -> Change:
    """A deadline outside the workflow passed: once per level, and then no more."""
    wait = case.dues[kind]
    level = wait.level + 1
    further = wait_from(at, seconds, level) if level < len(seconds) else None
    passed_by = wait.model_copy(update={"due": "", "level": level})
    data: dict[str, JsonValue] = {"due": kind.value, "level": level}
    if kind is Due.FREEZE and case.clock_due is not None:
        number, clock = case.clock_due
        data |= {"freeze": number, "clock": clock.value}
    updates = case.with_wait(kind, further or passed_by)
    return Change.of(case, Move.OVERDUE, at, data=data, **updates)


def late(case: Case, at: datetime, deadlines: Deadlines) -> Change | None:
    """The change once people missed the deadline of their wait; None before, and at the last
    level."""
    if case.wait is None or at < datetime.fromisoformat(case.wait.due):
        return None
    review = case.status is Status.IN_REVIEW
    return escalated(
        case, at, deadlines.review_seconds if review else deadlines.acknowledge_seconds
    )


def escalated(case: Case, at: datetime, seconds: Sequence[int]) -> Change | None:
    """A deadline was missed: once per level; None at the last one, which repeats by itself.

    The function that watches the deadline continues: the workflow does not know a nearer one.
    """
    lifecycle.after(case.status, Move.ESCALATE)
    level = case.wait.level if case.wait else 0
    if level >= len(seconds) - 1:
        return None
    hastened = case.wait is not None and case.wait.hastened
    further = wait_from(at, seconds, level + 1).model_copy(update={"hastened": hastened})
    return Change.of(case, Move.ESCALATE, at, data={"level": level + 1}, wait=further)
