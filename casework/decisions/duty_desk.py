"""Decisions on a case of the duty desk: its workflow tries again, or another unit gets the case."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.decisions.base import Decision, DecisionContext, PackId, reason_particulars
from casework.decisions.colleagues import HandOverWords
from casework.decisions.pack_names import KNOWN_UNIT
from casework.errors import IllegalMove
from casework.moves import referrals


class Retry(Decision):
    """The workflow of a stuck case tries again, in a new run."""

    move: ClassVar[Move] = Move.RETRY

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if case.stuck is None:
            raise IllegalMove("The case is not stuck.")
        return Change.from_move(case, self.move, at, by, {"reason": case.stuck})


class Reassign(Decision):
    """A supervisor gives the case to another unit."""

    move: ClassVar[Move] = Move.REASSIGN
    unit: Annotated[PackId, KNOWN_UNIT]
    words: HandOverWords | None = None
    """To the unit, which reads them first."""

    @property
    def event_data(self) -> dict[str, Any]:
        return {"unit": self.unit}

    @property
    def particulars(self) -> dict[str, Any] | None:
        return reason_particulars(self.words)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return referrals.transfer_case(
            case,
            at,
            by,
            unit=self.unit,
            data={},
            move=self.move,
            because=context.reason_particulars(self.words),
        )
