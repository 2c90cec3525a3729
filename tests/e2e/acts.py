"""Every act on a case: of staff, of reporters and of time.

An act names the moves of the law that it may make, the body that it sends, and the fields beside
the status that the law reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.case.value_objects import DeadlineKind
from casework.moves.deadlines import escalate_missed_deadline
from casework.moves.executions import mark_stuck
from harness.people.acts import STAFF_ACTS, ActKind, has_paused_for_reporter, is_reported
from tests.e2e.clerk import LONG
from tests.e2e.hands import RacingClient

STUCK: Final = "retries_exhausted"
TIME_TELLS: Final = frozenset(
    {
        DeadlineKind.NOTICE,
        DeadlineKind.UNREAD,
        DeadlineKind.RETENTION,
        DeadlineKind.MONEY,
        DeadlineKind.FREEZE,
    }
)
"""Deadlines of a case that may pass at any moment."""


@dataclass(frozen=True, kw_only=True)
class OutsideAct(ActKind):
    """One kind of act of a reporter or of time."""

    do: Callable[[RacingClient, Case], int]
    """The status of the answer; 0 when there is none to expect."""


ACTS: Final[dict[str, ActKind]] = {
    **STAFF_ACTS,
    # of reporters
    "answer": OutsideAct(
        (Move.ANSWER,), do=RacingClient.adds, weight=24, has_a_point=has_paused_for_reporter
    ),
    "silence": OutsideAct(
        (Move.UNANSWERED,),
        do=lambda hand, case: hand.time_passes(case, {DeadlineKind.ANSWER}),
        weight=9,
        has_a_point=has_paused_for_reporter,
    ),
    "addition": OutsideAct(
        (Move.TRANSFER, Move.ACKNOWLEDGE), do=RacingClient.adds, has_a_point=is_reported
    ),
    "another report": OutsideAct(
        (Move.RAISE,),
        do=RacingClient.another_report,
        has_a_point=is_reported,
    ),
    # of time, and of a service that fails
    "time passes": OutsideAct(
        (Move.OVERDUE,),
        do=lambda hand, case: hand.time_passes(case, TIME_TELLS),
        has_a_point=lambda _, case: bool(case.pending_deadlines.keys() & TIME_TELLS),
    ),
    "stuck": OutsideAct(
        (Move.STICK,),
        do=lambda hand, case: hand.beside_people(
            case, lambda now: None if now.stuck else mark_stuck(now, datetime.now(UTC), STUCK)
        ),
        has_a_point=lambda _, case: case.stuck is None,
        weight=0.5,
        opens=("retry",),
    ),
    "late": OutsideAct(
        (Move.ESCALATE,),
        do=lambda hand, case: hand.beside_people(
            case, lambda now: escalate_missed_deadline(now, datetime.now(UTC), LONG * 3)
        ),
        weight=0.5,
    ),
}
