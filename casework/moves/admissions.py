"""A person accepts that reports which joined a case belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.value_objects import DeadlineKind


def admit_reports_by_name(
    case: Case, at: datetime, by: str, reports: Mapping[str, int], *, withdrawals: int = 0
) -> Change | None:
    """Reports are admitted by name; `reports` are their numbers by reference. None without any.

    `withdrawals` is how often their reporters asked to withdraw: it counts from now on.
    """
    if not reports:
        return None
    waits = 0 if case.unadmitted in reports.values() else case.unadmitted
    asked = case.withdrawals + withdrawals
    data: dict[str, JsonValue] = {"reports": list(reports)}
    return Change.from_move(case, Move.ADMIT, at, by, data, unadmitted=waits, withdrawals=asked)


def escalate_admission(case: Case, at: datetime, reference: str, number: int, level: int) -> Change:
    """No person admitted or read a report within the time that it would have alone."""
    data: dict[str, JsonValue] = {
        "due": DeadlineKind.ADMISSION.value,
        "level": level,
        "report": reference,
        "number": number,
    }
    return Change.from_move(case, Move.OVERDUE, at, data=data, unadmitted=number)
