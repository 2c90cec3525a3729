"""A person read what was added to a case that a unit holds, or that ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.decisions.base import Decision, DecisionContext
from casework.moves import additions


class Look(Decision):
    """A person looked at the additions to a case that a unit holds, or that ended."""

    move = Move.LOOK

    seen: Annotated[int, Field(ge=1, le=999_999)]
    """`unread.last` of the case as it was read."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return additions.mark_additions_read(case, at, by, seen=self.seen)
