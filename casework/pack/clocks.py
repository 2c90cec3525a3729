"""The times that people have for each wait of a case: by the pack, and by the urgency of the
case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.parts import Due
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import Procedure, procedure

Clocks = Callable[[Case], Mapping[Due, Sequence[int]]]
"""The seconds of each possible deadline of a case in its present state, one for each escalation
level."""

HURRIED: Final = (
    Due.WAIT,
    Due.NOTICE,
    Due.AUTHORISATION,
    Due.INSTRUCTION,
    Due.INFORMING,
    Due.IDENTITY,
    Due.UNREAD,
)
"""Deadlines that become shorter when their case becomes more urgent."""


def clocks(pack: Jurisdiction) -> Clocks:
    """The clocks of a jurisdiction."""

    def of(case: Case) -> dict[Due, tuple[int, ...]]:
        deadlines, known = pack.deadlines[case.priority.value], procedure(pack.folder)
        category = pack.categories.get(case.category or "")
        unit_waits = case.status is Status.PUBLISHED
        return {
            Due.WAIT: deadlines.acknowledge_seconds if unit_waits else deadlines.review_seconds,
            Due.ANSWER: (known.answer_seconds,),
            Due.NOTICE: known.notice.seconds,
            Due.AUTHORISATION: known.authorisation.of(case.priority),
            Due.INSTRUCTION: known.instruction.of(case.priority),
            Due.INFORMING: known.informing.of(case.priority),
            Due.IDENTITY: known.identity.of(case.priority),
            Due.UNREAD: known.addition.of(case.priority),
            Due.MONEY: (),  # there is no second time after it has passed
            Due.FREEZE: _of_a_freeze(known, case),
            Due.RETENTION: known.retention.seconds(category.offence_class if category else None),
        }

    return of


def _of_a_freeze(known: Procedure, case: Case) -> tuple[int, ...]:
    """The seconds of the next clock of a freeze."""
    return known.freeze.seconds.get(case.clock_due[1], ()) if case.clock_due is not None else ()
