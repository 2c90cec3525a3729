"""What the board of supervisors counts of one decision: by whom, how fast, and what it corrected.

Numbers for the people who share out the work of a week. They are no figures of the bilan, which is
counted from histories (`casework.statistics.case_statistics`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.case.value_objects import UnitState
from casework.statistics.case_statistics import CLASSIFYING_MOVES, compare_proposals


@dataclass(frozen=True)
class DecidedLine:
    """One decision of a person."""

    at: str
    case_id: str
    number: int
    """Of its entry in the history of the case."""
    by: str
    unit: str | None = None
    """The unit that answered a referral by it; None for every other decision."""
    seconds: int | None = None
    """From the time the unit was told to its answer."""
    kept: tuple[str, ...] = ()
    """What the assessment proposed and the first review confirmed."""
    corrected: tuple[str, ...] = ()
    """What it proposed and the first review changed."""


def line_from_change(
    change: Change, history: Callable[[], Iterable[CaseEvent]], unit: str | None
) -> DecidedLine:
    """The line of a decision on a case; `unit` is its author's.

    `history` reads the entries before it, and is called for a confirmation alone.
    """
    event, before = change.event, change.before
    if event is None or before is None:
        raise TypeError("a decision without an event")
    line = line_from_event(event, change.after.id, history)
    answered = before.unit_state is UnitState.WAITING and change.after.status is not before.status
    if unit is None or not answered or before.wait is None:
        return line
    waited = datetime.fromisoformat(event.at) - datetime.fromisoformat(before.wait.since)
    return replace(line, unit=unit, seconds=max(0, int(waited.total_seconds())))


def line_from_event(
    event: CaseEvent, case_id: str, history: Callable[[], Iterable[CaseEvent]]
) -> DecidedLine:
    """The line of a decision as the entries before it tell it: without the time of an answer, since
    no entry says when the last wait of the unit began. `history` as of `line_from_change`."""
    kept: dict[str, bool] = {}
    before = list(history()) if event.move == Move.CONFIRM else []
    if before and not any(each.move in CLASSIFYING_MOVES for each in before):
        assessed = next((each for each in before if each.move == Move.ASSESS), None)
        kept = dict(compare_proposals(assessed.data, event.data)) if assessed else {}
    return DecidedLine(
        at=event.at,
        case_id=case_id,
        number=event.number,
        by=event.by,
        kept=tuple(name for name, stays in kept.items() if stays),
        corrected=tuple(name for name, stays in kept.items() if not stays),
    )
