"""The statuses to which the law leads by the entries of a history."""

from __future__ import annotations

from collections.abc import Sequence

from casework.case import lifecycle
from casework.case.columns import AtShutGate
from casework.case.history import Event
from casework.case.lifecycle import Move, Status


def replayed(events: Sequence[Event]) -> set[Status]:
    """The statuses to which these entries lead; empty when the law does not allow this order."""
    possible = {Status.RECEIVED}
    for event in events[1:]:
        move = Move(event.move)
        back = event.data.get("status") == Status.AWAITING_AUTHORISATION
        gated = back and move.law.gate is AtShutGate.LEADS_BACK
        possible = {
            lifecycle.after(status, move, gated=gated)
            for status in possible
            if lifecycle.allows(status, move)
        }
    return possible
