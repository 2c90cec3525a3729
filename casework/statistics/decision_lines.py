"""What the board of supervisors counts of one decision: by whom, how fast, and what it corrected.

Numbers for the people who share out the work of a week. They are no figures of the bilan, which is
counted from histories (`casework.statistics.case_statistics`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.case.value_objects import UnitState
from casework.statistics.case_statistics import compare_proposals
from casework.statistics.report_statistics import CLASSIFYING_MOVES


@dataclass(frozen=True)
class DecidedLine:
    """One decision of a person."""

    at: str
    case_id: str
    number: int
    """Of its entry in the history of the case."""
    by: str
    move: str | None = None
    """What its entry says was done; lines from before this was kept have None."""
    unit: str | None = None
    """The unit that answered a referral by it; None for every other decision."""
    seconds: int | None = None
    """From the time the unit was told to its answer."""
    kept: tuple[str, ...] = ()
    """What the assessment proposed and the first review confirmed."""
    corrected: tuple[str, ...] = ()
    """What it proposed and the first review changed."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """The rule behind each of these proposals, by its name."""
    became: Mapping[str, str] = field(default_factory=dict)
    """What people decided instead, by the name of each proposal that they changed."""
    language: str | None = None
    """Of the words that were assessed; None where nothing was."""
    category: str | None = None
    """That the review decided; the same."""


def proposal_rules(assessed: Mapping[str, Any]) -> dict[str, str]:
    """The rule behind each proposal of an assessment, from the data of its entry: the first reason
    of a priority, the source of category and place, the rule of competence of a unit."""
    reasons = assessed.get("reasons")
    known = {
        "category": assessed.get("category_by"),
        "priority": reasons[0] if reasons else None,
        "territory": assessed.get("territory_by"),
        "unit": assessed.get("rule"),
    }
    return {name: str(rule) for name, rule in known.items() if rule}


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
    kept_proposals: dict[str, bool] = {}
    assessed = None
    before = list(history()) if event.move == Move.CONFIRM else []
    if before and not any(each.move in CLASSIFYING_MOVES for each in before):
        assessed = next((each for each in before if each.move == Move.ASSESS), None)
        kept_proposals = dict(compare_proposals(assessed.data, event.data)) if assessed else {}
    said = assessed.data if assessed is not None else {}
    became = {name: event.data.get(name) for name, stays in kept_proposals.items() if not stays}
    return DecidedLine(
        at=event.at,
        case_id=case_id,
        number=event.number,
        by=event.by,
        move=event.move,
        kept=tuple(name for name, stays in kept_proposals.items() if stays),
        corrected=tuple(name for name, stays in kept_proposals.items() if not stays),
        rules={name: rule for name, rule in proposal_rules(said).items() if name in kept_proposals},
        became={name: str(value) for name, value in became.items() if value is not None},
        language=_text(said.get("language")),
        category=_text(event.data.get("category")) if assessed is not None else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
