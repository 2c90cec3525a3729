"""How long an ended case is kept: the decision once the pack's time for it has passed.

No clock erases a case. The pack's times come from the limitation of public action, which may have
been interrupted or suspended, and only people know that. So the case comes to the duty desk. A
supervisor keeps it longer, on a ground and until a day, or has it erased, which needs a second
person.

Courts may need the case at any time, each by orders of its own. While one of them is in force,
until its last day or its lifting, no decision erases anything of the case or of its evidence.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field

from casework.case.admission import MAX_REPORTS
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.times import DeadlineWait, format_timestamp
from casework.decisions.base import Decision, DecisionContext, PackId, UnionBody
from casework.decisions.document_number import DocumentNumber
from casework.decisions.pack_names import KNOWN_COURT
from casework.errors import Finding, NotValid
from casework.moves import retention
from casework.pack.time_zones import day_start

MAX_EXTENSION: Final = timedelta(days=10 * 365)
"""By which a case is kept longer at a time."""


class Keep(Decision):
    """The case is still needed."""

    move = Move.KEEP

    outcome: Literal["keep"]
    ground: Literal["proceedings_open", "limitation_interrupted", "needed_in_another_case"]
    until: date
    """The day of the next decision; within ten years."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        _refuse_day(self.until, at, context)
        retention.refuse_before_retention_end(case)
        again = DeadlineWait(
            since=format_timestamp(at), due=format_timestamp(day_start(self.until, context.zone))
        )
        return Change.from_move(
            case, self.move, at, by, self.event_data, retention=again, proposal=None
        )


class HoldForCourt(Decision):
    """A court orders that the case and its evidence are kept."""

    move = Move.COURT_HOLD

    outcome: Literal["court_hold"]
    court: Annotated[PackId, KNOWN_COURT]
    """Id of the court in the pack."""
    reference: DocumentNumber
    """The number of its order. Each order holds the case by itself, five at most."""
    until: date
    """The last day of it; within ten years. The same order with a later day prolongs its hold; with
    an earlier one, or the same, it is refused: a hold ends sooner by its lifting alone."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        _refuse_day(self.until, at, context)
        return retention.place_legal_hold(case, at, context.local_day(at), by, **self.event_data)


class LiftForCourt(Decision):
    """The court needs the case no more by one of its orders. Other holds stay in force."""

    move = Move.COURT_HOLD_LIFTED

    outcome: Literal["court_hold_lifted"]
    court: Annotated[PackId, KNOWN_COURT]
    reference: DocumentNumber
    """The number of the order that set the hold."""
    entry: Annotated[int, Field(ge=1, le=MAX_REPORTS)]
    """`entry` of the hold, as the case shows it."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return retention.lift_legal_hold(case, at, context.local_day(at), by, **self.event_data)


def _refuse_day(until: date, at: datetime, context: DecisionContext) -> None:
    today = context.local_day(at)
    if not today < until <= today + MAX_EXTENSION:
        finding = Finding("#/until", "date.until", "Name a day to come, within ten years.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])


class Erase(Decision):
    """The case is needed no more: its reports are erased, its history and its count stay."""

    move = Move.ERASE
    may_need_two = True

    outcome: Literal["erase"]

    def needs_two(self, case: Case, context: DecisionContext) -> bool:
        return True  # there is no way back

    def prepare(self, case: Case, at: datetime, context: DecisionContext) -> Self:
        retention.refuse_under_legal_hold(case, context.local_day(at))
        retention.refuse_before_retention_end(case)
        return self

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return retention.schedule_erasure(case, at, context.local_day(at), by, {})


class RetentionDecision(UnionBody):
    """The body of `POST /v1/desk/cases/{id}/retention`."""

    root: Annotated[Keep | Erase | HoldForCourt | LiftForCourt, Field(discriminator="outcome")]
