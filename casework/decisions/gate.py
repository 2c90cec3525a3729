"""Danger and identity: which decision opens the gate beside the prosecutor's, and which shuts it.

Only people open the gate. Neither an assessment nor a report does. A person records imminent danger
and its source, or an officer who opened an identity accepts it. Each is an entry of the case, and a
later entry takes it back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from casework.case.admission import MAX_REPORTS
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.value_objects import Danger, Opener
from casework.decisions.base import (
    Decision,
    DecisionContext,
    HasReason,
    ReasonText,
    SeesEntries,
    UnionBody,
    reason_particulars,
)
from casework.decisions.identity_requests import require_opened_request
from casework.decisions.news import DANGER_NEWS
from casework.errors import AuthorisationAwaited, IllegalMove, NewsUnseen
from casework.moves import inquiry
from casework.moves.glances import remove_glance_grounds


class PassGate(Decision):
    """The unit may not wait for the authorisation: danger is imminent."""

    move: ClassVar[Move] = Move.PASS
    outcome: Literal["pass"]
    danger: Literal["life", "child", "attack"]
    ground: ReasonText
    """The source that shows the danger."""

    @property
    def event_data(self) -> dict[str, Any]:
        return {"danger": self.danger}

    @property
    def particulars(self) -> dict[str, Any] | None:
        return reason_particulars(self.ground)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if context.gate is None or not context.gate.danger_passes:
            raise AuthorisationAwaited("Not even danger passes the gate of this jurisdiction.")
        return inquiry.override_gate(
            case,
            at,
            by,
            Danger(self.danger),
            because=context.reason_particulars(self.ground),
            clocks=context.clocks,
        )


class WithdrawDanger(HasReason):
    """Danger passed the gate in error, or is over. Acts in the meantime remain valid."""

    move: ClassVar[Move] = Move.ANNUL
    outcome: Literal["withdraw"]

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        passed = [each.event for each in case.gate if each.by is Opener.DANGER]
        if not passed:
            raise IllegalMove("No danger passed the gate of this case.")
        return inquiry.annul_entry(
            case,
            at,
            by,
            passed[-1],
            because=context.reason_particulars(self.reason),
            notice=case.notice,
            clocks=context.clocks,
        )


class NoDanger(HasReason, SeesEntries):
    """A person looked, and no danger is imminent. The case keeps its urgency; what a glance took
    for danger opens no gate any more."""

    move: ClassVar[Move] = Move.NO_DANGER
    outcome: Literal["no_danger"]
    dangers: Annotated[int, Field(ge=0, le=MAX_REPORTS)]
    """`dangers` of the case as you read it: how many reports and additions told of danger. Where
    more have come since, the decision is refused (409, `news-unseen`)."""

    def must_see(self, case: Case) -> Collection[Move]:
        return DANGER_NEWS

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if (told := context.dangers()) > self.dangers:
            raise NewsUnseen(f"{told} reports and additions told of danger, not {self.dangers}.")
        if not case.imminent:
            raise IllegalMove("The case is not one of imminent danger.")
        because = context.reason_particulars(self.reason)
        gate = remove_glance_grounds(case)
        calm: dict[str, Any] = {"imminent": False, "danger": None, "taken": None, **gate}
        return Change.from_move(case, self.move, at, by, particulars=because, **calm)


class DangerDecision(UnionBody):
    """The decisions of the unit on danger."""

    root: Annotated[PassGate | WithdrawDanger | NoDanger, Field(discriminator="outcome")]


class Believed(Decision):
    """The identity that was opened is taken for true."""

    move: ClassVar[Move] = Move.IDENTITY_ACCEPTED
    outcome: Literal["accept"]

    @property
    def event_data(self) -> dict[str, Any]:
        return {"request": self._number}

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        request = require_opened_request(context.identity_request(self._number), by)
        if context.gate is None or request.disclosure not in context.gate.opened_by:
            raise IllegalMove("A report of this disclosure does not open the gate.")
        if not context.holds(request.report):
            raise IllegalMove("The report is not in the case any more.")
        if _accepted_by(case, self._number, context):
            raise IllegalMove("The identity is accepted already.")
        return inquiry.accept_identity(
            case,
            at,
            by,
            request=request.number,
            report=request.report,
            clocks=context.clocks,
        )


class Doubted(Decision):
    """It is not, or no more."""

    # Any officer of the unit that holds the case takes an acceptance back: the first officer may
    # have left, and the report may be erased. An identity without an acceptance is doubted only by
    # the officer who opened it.
    move: ClassVar[Move] = Move.IDENTITY_DOUBTED
    outcome: Literal["doubt"]
    reason: ReasonText

    @property
    def event_data(self) -> dict[str, Any]:
        return {"request": self._number}

    @property
    def particulars(self) -> dict[str, Any] | None:
        return reason_particulars(self.reason)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        request = context.identity_request(self._number)
        accepted = _accepted_by(case, self._number, context)
        if accepted is None:
            require_opened_request(request, by)
        return inquiry.doubt_identity(
            case,
            at,
            by,
            {"request": request.number, "report": request.report},
            because=context.reason_particulars(self.reason),
            accepted=accepted,
            clocks=context.clocks,
        )


class IdentityVerdict(UnionBody):
    """Whether an identity that was opened is to be believed."""

    root: Annotated[Believed | Doubted, Field(discriminator="outcome")]


def _accepted_by(case: Case, request: int, context: DecisionContext) -> int | None:
    """The entry by which the identity of a request opens the gate; None when it does not."""
    standing = {each.event for each in case.gate if each.by is Opener.IDENTITY}
    return next(
        (
            event.number
            for event in (context.events() if standing else ())
            if event.number in standing and event.data.get("request") == request
        ),
        None,
    )
