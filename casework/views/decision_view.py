"""The answer to a person whose decision holds."""

from __future__ import annotations

from typing import Self

from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.decisions.base import resulting_status
from casework.views.desk_view import DeskView


class Decided(DeskView):
    """A decision that holds. Repeating the request gives the same answer."""

    id: str
    """Of the case."""
    decision: Move
    status: Status
    """The status the decision moved the case to; the workflow may have moved it on since."""
    at: str
    event: int
    """Number of the decision's entry in the history of the case."""

    @classmethod
    def from_event(cls, case_id: str, event: CaseEvent) -> Self:
        """What the decision's event says of it."""
        return cls(
            id=case_id,
            decision=Move(event.move),
            status=resulting_status(event),
            at=event.at,
            event=event.number,
        )
