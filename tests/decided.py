"""What people decided, as the decision itself changes the case: whatever a caller must look at
beside the case is left out, and so is the second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.referral import DeclineReason
from casework.case.value_objects import CloseReason, Priority
from casework.decisions.base import EMPTY_CONTEXT, DecisionContext
from casework.decisions.duty_desk import Retry
from casework.decisions.gate import NoDanger
from casework.decisions.instructions import GiveNotice
from casework.decisions.referral import Accept, Decline
from casework.decisions.retention import Erase, Keep
from casework.decisions.review import BreakHold, Confirm, Reject, Reopen
from casework.moves.deadlines import no_wait_deadlines
from casework.pack.clocks import Clocks
from casework.pack.procedure import InquiryGate

BECAUSE = "There is a reason for it."


@dataclass(frozen=True)
class Told(DecisionContext):
    """What a decision is told without a pack."""

    times: Clocks = no_wait_deadlines
    shut: bool = False
    """Whether a gate keeps the unit from inquiring."""

    @property
    def clocks(self) -> Clocks:
        return self.times

    @property
    def gate(self) -> InquiryGate | None:
        return InquiryGate() if self.shut else None


@dataclass(frozen=True)
class WithHistory(DecisionContext):
    """What a decision is told of the case itself."""

    history: Sequence[CaseEvent] = ()
    last_report: int = 0

    def events(self) -> Sequence[CaseEvent]:
        return self.history

    def arrived(self) -> int:
        return self.last_report


def confirmed(
    case: Case,
    at: datetime,
    by: str,
    *,
    category: str,
    priority: Priority,
    territory: str | None,
    country: str | None,
    unit: str | None,
    ground: str | None = None,
    flags: Sequence[str] = (),
) -> Change:
    """An analyst confirms the case; `unit` overrides the rule."""
    decision = Confirm(
        outcome="confirm",
        category=category,
        priority=priority,
        territory=territory,
        country=country,
        unit=unit,
        ground=ground,
        flags=tuple(flags),
    )
    return decision.decided(case, at, by, EMPTY_CONTEXT)


def rejected(
    case: Case, at: datetime, by: str, reason: CloseReason, *, turn_to: str | None = None
) -> Change:
    """An analyst ends the case at review."""
    decision = Reject.model_validate(
        {"outcome": "reject", "reason": reason.value, "turn_to": turn_to}
    )
    return decision.decided(case, at, by, EMPTY_CONTEXT)


def reopened(case: Case, at: datetime, by: str, because: str, clocks: Clocks) -> Change:
    """A case that was rejected is reviewed again."""
    decision = Reopen.model_validate({"outcome": "reopen", "because": because})
    return decision.change(case, at, by, Told(times=clocks))


def proposed(case: Case, at: datetime, by: str) -> Change:
    """A first person rejects a case, or has one that ended erased, and a second one must, too."""
    if case.status.rule.ended:
        return Erase(outcome="erase").proposed(case, at, by)
    return Reject(outcome="reject", reason="duplicate").proposed(case, at, by)


def hold_broken(case: Case, at: datetime, by: str) -> Change:
    """A supervisor ends a colleague's hold."""
    return BreakHold(reason=BECAUSE).change(case, at, by)


def no_danger(case: Case, at: datetime, by: str) -> Change:
    """Somebody looked, and no danger is imminent."""
    return NoDanger(outcome="no_danger", dangers=0, reason=BECAUSE).change(case, at, by)


def acknowledged(
    case: Case,
    at: datetime,
    by: str,
    *,
    gate_shut: bool = False,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """A unit takes the case."""
    return Accept(outcome="accept").change(case, at, by, Told(times=clocks, shut=gate_shut))


def declined(case: Case, at: datetime, by: str, *, reason: DeclineReason, named: str) -> Change:
    """A unit says whose case it is instead."""
    decision = Decline(outcome="decline", reason=reason, competent_unit=named)
    return decision.change(case, at, by)


def notified(case: Case, at: datetime, by: str) -> Change:
    """The complainant was told of the prosecutor's decision."""
    return GiveNotice(told="complainant", means="letter").change(case, at, by)


def retried(case: Case, at: datetime, by: str) -> Change:
    """The workflow of a stuck case tries again."""
    return Retry().change(case, at, by)


def kept(case: Case, at: datetime, by: str) -> Change:
    """A supervisor keeps an ended case for another day."""
    until = (at + timedelta(days=1)).date()
    return Keep(outcome="keep", ground="proceedings_open", until=until).change(case, at, by)
