"""The times that people have for each wait of a case: by the pack, and by the urgency of the
case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.value_objects import DeadlineKind
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import Procedure, read_procedure

Clocks = Callable[[Case], Mapping[DeadlineKind, Sequence[int]]]
"""The seconds of each possible deadline of a case in its present state, one for each escalation
level."""

PRIORITY_DEPENDENT_DEADLINES: Final = (
    DeadlineKind.WAIT,
    DeadlineKind.NOTICE,
    DeadlineKind.AUTHORISATION,
    DeadlineKind.INSTRUCTION,
    DeadlineKind.INFORMING,
    DeadlineKind.IDENTITY,
    DeadlineKind.UNREAD,
)
"""Deadlines that become shorter when their case becomes more urgent."""


def jurisdiction_clocks(pack: Jurisdiction) -> Clocks:
    """The clocks of a jurisdiction."""

    def of(case: Case) -> dict[DeadlineKind, tuple[int, ...]]:
        deadlines, procedure = pack.deadlines[case.priority.value], read_procedure(pack.folder)
        category = pack.categories.get(case.category or "")
        unit_waits = case.status is Status.PUBLISHED
        return {
            DeadlineKind.WAIT: deadlines.acknowledge_seconds
            if unit_waits
            else deadlines.review_seconds,
            DeadlineKind.ANSWER: (procedure.answer_seconds,),
            DeadlineKind.NOTICE: procedure.notice.seconds,
            DeadlineKind.AUTHORISATION: procedure.authorisation.times_for_priority(case.priority),
            DeadlineKind.INSTRUCTION: procedure.instruction.times_for_priority(case.priority),
            DeadlineKind.INFORMING: procedure.informing.times_for_priority(case.priority),
            DeadlineKind.IDENTITY: procedure.identity.times_for_priority(case.priority),
            DeadlineKind.UNREAD: procedure.addition.times_for_priority(case.priority),
            DeadlineKind.MONEY: (),  # there is no second time after it has passed
            DeadlineKind.FREEZE: _of_a_freeze(procedure, case),
            DeadlineKind.RETENTION: procedure.retention.seconds(
                category.offence_class if category else None
            ),
        }

    return of


def _of_a_freeze(known: Procedure, case: Case) -> tuple[int, ...]:
    """The seconds of the next clock of a freeze."""
    return known.freeze.seconds.get(case.clock_due[1], ()) if case.clock_due is not None else ()
