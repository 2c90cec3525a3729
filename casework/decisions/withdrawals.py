"""Withdrawals of entries that were errors and no instructions: a notice, or an end of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CORRECTS, Event, holding
from casework.case.lifecycle import Move
from casework.case.times import Wait
from casework.decisions.decision import Known, Reasoned
from casework.decisions.inquiry import first_owed, ledger, noticed_in, owed_without
from casework.errors import IllegalMove
from casework.moves import inquiry


class NoticeWithdrawal(Reasoned):
    """The complainant was not told: the last notice that holds was recorded in error. It is owed
    again, and its time ran on meanwhile."""

    move: ClassVar[Move] = Move.NOTICE_WITHDRAWN

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        events = known.events()
        return inquiry.notice_withdrawn(
            case,
            at,
            by,
            owed=_owed_again(case, events, known),
            noticed=noticed_in(events, holding(events) - {case.noticed}),
            because=known.because(self.reason),
        )


class EndWithdrawal(Reasoned):
    """A unit's case did not end: the end was recorded in the wrong case, or too early. The unit
    that held it goes on with it, and its notices are owed again."""

    move: ClassVar[Move] = Move.RESUME

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        events = known.events()
        held = holding(events)
        # Its reason may have been corrected since: the case ended all the same.
        undone = {each.data.get(CORRECTS) for each in events if each.move == Move.RESUME}
        ends = [each.number for each in events if each.move == Move.CLOSE]
        if not ends or ends[-1] in undone:
            raise IllegalMove("No unit ended this case.")
        end = ends[-1]
        return inquiry.resumed(
            case,
            at,
            by,
            end,
            because=known.because(self.reason),
            notice=owed_without(case, end, events, known),
            instructed=any(each.number in held - {end} for each in ledger(events)),
            gated=known.gate is not None and not case.gate,
            clocks=known.clocks,
        )


def _owed_again(case: Case, events: Sequence[Event], known: Known) -> Wait | None:
    """The notice as it stood before it was recorded as given, or that of an earlier decision."""
    if first_owed(case.noticed, events, known) is None:
        return None  # the decision behind it was annulled meanwhile
    stood = [
        Wait.model_validate(each.changed["notice"])
        for each in events
        if each.number < case.noticed and each.changed.get("notice")
    ][-1:]
    owed = [*stood, *([case.notice] if case.notice else [])]
    return min(owed, key=lambda each: each.since, default=None)
