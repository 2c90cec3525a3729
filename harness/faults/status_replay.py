"""The statuses to which the law leads by the entries of a history."""

from __future__ import annotations

from collections.abc import Sequence

from casework.case import lifecycle
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.case.rule_types import ClosedGateEffect


def replay_statuses(events: Sequence[CaseEvent]) -> set[Status]:
    """The statuses to which these entries lead; empty when the law does not allow this order."""
    possible = {Status.RECEIVED}
    for event in events[1:]:
        move = Move(event.move)
        back = event.data.get("status") == Status.AWAITING_AUTHORISATION
        gate_shut = back and move.rule.gate is ClosedGateEffect.LEADS_BACK
        possible = {
            lifecycle.next_status(status, move, gate_shut=gate_shut)
            for status in possible
            if lifecycle.is_legal_move(status, move)
        }
    return possible
