"""When a case is late: the deadlines of reviewers, units and prosecutors, and what follows.

The seconds stand in the pack, `deadlines.json` and `procedure.json`; `casework.pack.clocks` reads
them. `Case.pending_deadlines` says which ones a case has; `casework.aws.table.case_lines` puts them
where the sweeper (`functions/triage/sweep.py`) finds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.times import start_wait
from casework.case.value_objects import DeadlineKind, Priority, ReportClock
from casework.pack.clocks import Clocks
from casework.pack.entries import Deadlines


def start_report_clock(deadlines: Deadlines, priority: Priority, at: datetime) -> ReportClock:
    """The clock of a report by itself; `deadlines` are those of its priority."""
    wait = start_wait(at, deadlines.review_seconds)
    return ReportClock(**wait.model_dump(), priority=priority, late=wait.due)


def no_wait_deadlines(_: Case) -> Mapping[DeadlineKind, Sequence[int]]:
    """The times of a wait without a deadline."""
    return {}


def start_unit_clock(
    case: Case, at: datetime, clocks: Clocks, *, gate_shut: bool = False
) -> dict[str, Any]:
    """The clock of a unit that holds the case from now on: it waits for the prosecutor's
    authorisation or instruction."""
    kind = DeadlineKind.AUTHORISATION if gate_shut else DeadlineKind.INSTRUCTION
    seconds = clocks(case).get(kind)
    return {kind.value: start_wait(at, seconds) if seconds else None}


def start_informing_clock(case: Case, at: datetime, clocks: Clocks) -> dict[str, Any]:
    """The clock of a unit that holds the case from now on: by then it has informed the prosecutor.
    Nothing where it has."""
    seconds = clocks(case).get(DeadlineKind.INFORMING)
    if case.informed_by_unit is not None or not seconds:
        return {}
    return {DeadlineKind.INFORMING.value: start_wait(at, seconds)}


def mark_overdue(case: Case, kind: DeadlineKind, at: datetime, seconds: Sequence[int]) -> Change:
    """A deadline outside the workflow passed: once per level, and then no more."""
    wait = case.pending_deadlines[kind]
    level = wait.level + 1
    further = start_wait(at, seconds, level) if level < len(seconds) else None
    passed_by = wait.model_copy(update={"due": "", "level": level})
    data: dict[str, JsonValue] = {"due": kind.value, "level": level}
    if kind is DeadlineKind.FREEZE and case.clock_due is not None:
        number, clock = case.clock_due
        data |= {"freeze": number, "clock": clock.value}
    updates = case.wait_fields(kind, further or passed_by)
    return Change.from_move(case, Move.OVERDUE, at, data=data, **updates)


def escalate_if_late(case: Case, at: datetime, deadlines: Deadlines) -> Change | None:
    """The change once people missed the deadline of their wait; None before, and at the last
    level."""
    if case.wait is None or at < datetime.fromisoformat(case.wait.due):
        return None
    review = case.status is Status.IN_REVIEW
    return escalate_missed_deadline(
        case, at, deadlines.review_seconds if review else deadlines.acknowledge_seconds
    )


def escalate_missed_deadline(case: Case, at: datetime, seconds: Sequence[int]) -> Change | None:
    """A deadline was missed: once per level; None at the last one, which repeats by itself.

    The function that watches the deadline continues: the workflow does not know a nearer one.
    """
    lifecycle.next_status(case.status, Move.ESCALATE)
    level = case.wait.level if case.wait else 0
    if level >= len(seconds) - 1:
        return None
    hastened = case.wait is not None and case.wait.hastened
    further = start_wait(at, seconds, level + 1).model_copy(update={"hastened": hastened})
    return Change.from_move(case, Move.ESCALATE, at, data={"level": level + 1}, wait=further)
