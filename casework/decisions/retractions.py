"""Withdrawals of entries that were errors and no instructions: a notice, or an end of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CORRECTS_FIELD, CaseEvent, valid_entries
from casework.case.lifecycle import Move
from casework.case.times import DeadlineWait
from casework.decisions.base import DecisionContext, HasReason
from casework.decisions.instructions import (
    first_notice_due,
    last_notice,
    list_instructions,
    notice_owed_without,
)
from casework.errors import IllegalMove
from casework.moves import inquiry


class NoticeWithdrawal(HasReason):
    """The complainant was not told: the last notice that holds was recorded in error. It is owed
    again, and its time ran on meanwhile."""

    move: ClassVar[Move] = Move.NOTICE_WITHDRAWN

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        events = context.events()
        return inquiry.retract_notice(
            case,
            at,
            by,
            owed=_owed_again(case, events, context),
            noticed=last_notice(events, valid_entries(events) - {case.noticed}),
            because=context.reason_particulars(self.reason),
        )


class EndWithdrawal(HasReason):
    """A unit's case did not end: the end was recorded in the wrong case, or too early. The unit
    that held it goes on with it, and its notices are owed again."""

    move: ClassVar[Move] = Move.RESUME

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        events = context.events()
        valid = valid_entries(events)
        # Its reason may have been corrected since: the case ended all the same.
        undone = {each.data.get(CORRECTS_FIELD) for each in events if each.move == Move.RESUME}
        ends = [each.number for each in events if each.move == Move.CLOSE]
        if not ends or ends[-1] in undone:
            raise IllegalMove("No unit ended this case.")
        end = ends[-1]
        return inquiry.resume_case(
            case,
            at,
            by,
            end,
            because=context.reason_particulars(self.reason),
            notice=notice_owed_without(case, end, events, context),
            instructed=any(each.number in valid - {end} for each in list_instructions(events)),
            gate_shut=context.gate is not None and not case.gate,
            clocks=context.clocks,
        )


def _owed_again(
    case: Case, events: Sequence[CaseEvent], context: DecisionContext
) -> DeadlineWait | None:
    """The notice as it stood before it was recorded as given, or that of an earlier decision."""
    if first_notice_due(case.noticed, events, context) is None:
        return None  # the decision behind it was annulled meanwhile
    stood = [
        DeadlineWait.model_validate(each.changed["notice"])
        for each in events
        if each.number < case.noticed and each.changed.get("notice")
    ][-1:]
    owed = [*stood, *([case.notice] if case.notice else [])]
    return min(owed, key=lambda each: each.since, default=None)
