"""The answers of a unit to a referral: it takes the case, or names the competent unit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.referral import DeclineReason
from casework.decisions.base import Decision, DecisionContext, PackId, SeesReports, UnionBody
from casework.decisions.pack_names import KNOWN_UNIT
from casework.errors import Finding
from casework.moves.deadlines import start_informing_clock, start_unit_clock
from casework.moves.referrals import referral_data
from casework.pack.jurisdiction import Jurisdiction


class Accept(SeesReports):
    """The unit takes the case. Where the gate is shut, it may not inquire before something opens
    it."""

    move = Move.ACKNOWLEDGE

    outcome: Literal["accept"]

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        shut = context.gate is not None and not case.gate
        clock = start_unit_clock(case, at, context.clocks, gate_shut=shut)
        clock |= start_informing_clock(case, at, context.clocks)
        return Change.from_move(
            case, self.move, at, by, referral_data(case), gate_shut=shut, **clock
        )


class Decline(Decision):
    """The unit says why the case is not its own, and names the competent unit."""

    move = Move.DECLINE

    outcome: Literal["decline"]
    reason: DeclineReason
    competent_unit: Annotated[PackId, KNOWN_UNIT]

    @property
    def event_data(self) -> dict[str, Any]:
        return {"reason": self.reason.value, "named": self.competent_unit}

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        found = super().findings(pack, unit)
        if found or self.competent_unit != unit:
            return found
        return (
            Finding("#/competent_unit", "unit.own", "Name the unit that is competent instead."),
        )

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return Change.from_move(
            case,
            self.move,
            at,
            by,
            {**referral_data(case), **self.event_data},
            declines=case.declines + 1,
            named=self.competent_unit,
        )


class Acknowledgement(UnionBody):
    """The answers of a unit to a referral."""

    root: Annotated[Accept | Decline, Field(discriminator="outcome")]
