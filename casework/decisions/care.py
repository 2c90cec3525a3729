"""Decisions on a case of the duty desk: its workflow tries again, or another unit gets the case."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.decisions.decision import NOTHING, Decision, Known, PackId
from casework.errors import Finding, IllegalMove
from casework.moves import referring
from casework.pack.jurisdiction import Jurisdiction


class Retry(Decision):
    """The workflow of a stuck case tries again, in a new run."""

    move: ClassVar[Move] = Move.RETRY

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        if case.stuck is None:
            raise IllegalMove("The case is not stuck.")
        return Change.of(case, self.move, at, by, {"reason": case.stuck})


class Reassign(Decision):
    """A supervisor gives the case to another unit."""

    move: ClassVar[Move] = Move.REASSIGN
    unit: PackId

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        if self.unit in pack.units:
            return ()
        return (Finding("#/unit", "unit.unknown", "This unit is not in the list."),)

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        return referring.transferred(case, at, by, unit=self.unit, data={}, move=self.move)
