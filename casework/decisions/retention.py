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

from casework.case.admission import MOST
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move
from casework.case.times import Wait, stamp
from casework.decisions.act_reference import ActReference
from casework.decisions.decision import Decision, Known, OneOf, PackId
from casework.decisions.pack_names import KNOWN_COURT
from casework.errors import Finding, NotValid
from casework.moves import keeping
from casework.pack.time_zones import beginning_of

LONGEST: Final = timedelta(days=10 * 365)
"""By which a case is kept longer at a time."""


class Keep(Decision):
    """The case is still needed."""

    move = Move.KEEP

    outcome: Literal["keep"]
    ground: Literal["proceedings_open", "limitation_interrupted", "needed_in_another_case"]
    until: date
    """The day of the next decision; within ten years."""

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        _refuse_day(self.until, at, known)
        keeping.refuse_early(case)
        again = Wait(since=stamp(at), due=stamp(beginning_of(self.until, known.zone)))
        return Change.of(case, self.move, at, by, self.said, retention=again, proposal=None)


class HoldForCourt(Decision):
    """A court orders that the case and its evidence are kept."""

    move = Move.COURT_HOLD

    outcome: Literal["court_hold"]
    court: Annotated[PackId, KNOWN_COURT]
    """Id of the court in the pack."""
    reference: ActReference
    """The number of its order. Each order holds the case by itself, five at most."""
    until: date
    """The last day of it; within ten years. The same order with a later day prolongs its hold; with
    an earlier one, or the same, it is refused: a hold ends sooner by its lifting alone."""

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        _refuse_day(self.until, at, known)
        return keeping.held_for_court(case, at, known.day_of(at), by, **self.said)


class LiftForCourt(Decision):
    """The court needs the case no more by one of its orders. Other holds stay in force."""

    move = Move.COURT_HOLD_LIFTED

    outcome: Literal["court_hold_lifted"]
    court: Annotated[PackId, KNOWN_COURT]
    reference: ActReference
    """The number of the order that set the hold."""
    entry: Annotated[int, Field(ge=1, le=MOST)]
    """`entry` of the hold, as the case shows it."""

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return keeping.given_back_by_court(case, at, known.day_of(at), by, **self.said)


def _refuse_day(until: date, at: datetime, known: Known) -> None:
    today = known.day_of(at)
    if not today < until <= today + LONGEST:
        finding = Finding("#/until", "date.until", "Name a day to come, within ten years.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])


class Erase(Decision):
    """The case is needed no more: its reports are erased, its history and its count stay."""

    move = Move.ERASE
    may_need_two = True

    outcome: Literal["erase"]

    def needs_two(self, case: Case, known: Known) -> bool:
        return True  # there is no way back

    def prepare(self, case: Case, at: datetime, known: Known) -> Self:
        keeping.refuse_held(case, known.day_of(at))
        keeping.refuse_early(case)
        return self

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return keeping.to_be_erased(case, at, known.day_of(at), by, {})


class RetentionDecision(OneOf):
    """The body of `POST /v1/desk/cases/{id}/retention`."""

    root: Annotated[Keep | Erase | HoldForCourt | LiftForCourt, Field(discriminator="outcome")]
