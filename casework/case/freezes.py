"""Money held back: the notice, the order and the answers of the institution, as one table.

A *notice* informs an institution of a reported payment: it is not binding and may be sent at
once. An *order* is sent once the prosecutor authorised it in writing, and binds. The two names are
never exchanged: we found no law by which an institution may hold a sum on a notice alone. A freeze
is one sum with one institution; each further institution is a freeze of its own.

Each freeze of a case is a number, and its ledger is the entries of the history that name it. The
clocks are data of the jurisdiction pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from casework.errors import IllegalMove


class Bond(StrEnum):
    """What binds the institution."""

    OPEN = "open"
    """Nothing: no order was asked for."""
    ASKED = "asked"
    """Nothing yet: the unit asked for the prosecutor's written authorisation."""
    AUTHORISED = "authorised"
    """Nothing yet: the order is signed, and not sent."""
    REFUSED = "refused"
    """Nothing: the prosecutor does not authorise it."""
    ORDERED = "ordered"
    """The order that was sent."""
    LIFT_ASKED = "lift_asked"
    """The order; the prosecutor was asked to lift it."""
    LIFT_REFUSED = "lift_refused"
    """The order; the prosecutor does not lift it."""
    CONTESTED = "contested"
    """The order; the refusal, or the silence, is contested, and the file is owed to the court."""
    AT_COURT = "at_court"
    """The order; the president of the court has the file."""
    LIFTED = "lifted"
    """Nothing any more."""


class FreezingStep(StrEnum):
    """The steps of one freeze."""

    OPENED = "opened"
    """One sum with one institution was named."""
    NOTICE = "notice"
    """The institution was informed of the report. It is no order."""
    ASKED = "asked"
    AUTHORISED = "authorised"
    """In writing: by which office, on which day, under which number."""
    REFUSED = "refused"
    ORDER = "order"
    """The signed order was sent to the institution."""
    ANSWERED = "answered"
    """The institution tells the held sum, and where the rest went."""
    LIFT_ASKED = "lift_asked"
    LIFT_REFUSED = "lift_refused"
    CONTESTED = "contested"
    FILE_SENT = "file_sent"
    """The prosecutor's office sent the file to the president of the court."""
    UPHELD = "upheld"
    """The president of the court leaves the order in force."""
    LIFTED = "lifted"


class Clock(StrEnum):
    """The act for which a clock runs."""

    AUTHORISATION = "authorisation"
    """The prosecutor, to authorise in writing or refuse."""
    ORDER = "order"
    """To send the signed order."""
    ANSWER = "answer"
    """The institution, to answer a notice or an order."""
    LIFT = "lift"
    """The prosecutor, to answer a request to lift the order."""
    FILE = "file"
    """The prosecutor's office, to send the file to the court."""
    COURT = "court"
    """The president of the court, to decide."""


_LIFTABLE: Final = {FreezingStep.LIFTED: Bond.LIFTED}
_UNBOUND: Final = {FreezingStep.ASKED: Bond.ASKED, FreezingStep.AUTHORISED: Bond.AUTHORISED}

FREEZE_TRANSITIONS: Final[Mapping[Bond, Mapping[FreezingStep, Bond]]] = {
    Bond.OPEN: {FreezingStep.NOTICE: Bond.OPEN, **_UNBOUND},
    Bond.ASKED: {
        FreezingStep.NOTICE: Bond.ASKED,
        FreezingStep.AUTHORISED: Bond.AUTHORISED,
        FreezingStep.REFUSED: Bond.REFUSED,
    },
    Bond.AUTHORISED: {FreezingStep.NOTICE: Bond.AUTHORISED, FreezingStep.ORDER: Bond.ORDERED},
    Bond.REFUSED: {FreezingStep.NOTICE: Bond.REFUSED, **_UNBOUND},
    Bond.ORDERED: {FreezingStep.LIFT_ASKED: Bond.LIFT_ASKED, **_LIFTABLE},
    Bond.LIFT_ASKED: {
        FreezingStep.LIFT_REFUSED: Bond.LIFT_REFUSED,
        FreezingStep.CONTESTED: Bond.CONTESTED,
        **_LIFTABLE,
    },
    Bond.LIFT_REFUSED: {
        FreezingStep.LIFT_ASKED: Bond.LIFT_ASKED,
        FreezingStep.CONTESTED: Bond.CONTESTED,
        **_LIFTABLE,
    },
    Bond.CONTESTED: {FreezingStep.FILE_SENT: Bond.AT_COURT, **_LIFTABLE},
    Bond.AT_COURT: {FreezingStep.UPHELD: Bond.ORDERED, **_LIFTABLE},
    Bond.LIFTED: {},
}
"""The table: what binds the institution after a step. An answer never changes it, and may come, or
be replaced, at any time after a notice or order was sent."""

_UNSIGNED: Final = frozenset({Bond.OPEN, Bond.ASKED, Bond.REFUSED})
"""No prosecutor has authorised the order."""

INSTITUTION_NOTIFYING_STEPS: Final = frozenset({FreezingStep.NOTICE, FreezingStep.ORDER})
"""Steps by which the institution hears of the payment: its answer is awaited."""

CLOCK_BY_BOND: Final[Mapping[Bond, Clock]] = {
    Bond.ASKED: Clock.AUTHORISATION,
    Bond.AUTHORISED: Clock.ORDER,
    Bond.LIFT_ASKED: Clock.LIFT,
    Bond.CONTESTED: Clock.FILE,
    Bond.AT_COURT: Clock.COURT,
}
"""The clock that runs in each state of the order."""


def next_freeze_state(bond: Bond, step: FreezingStep, *, sent: bool) -> Bond:
    """What binds the institution after a step; raises IllegalMove.

    `sent`: whether a notice or order was sent to the institution before.
    """
    if step is FreezingStep.ANSWERED:
        if not sent:
            raise IllegalMove("The institution was sent nothing that it could answer.")
        return bond
    if step is FreezingStep.ORDER and bond in _UNSIGNED:
        raise IllegalMove(
            "An order is sent once the prosecutor authorised it in writing. What is sent before "
            "that is a notice."
        )
    try:
        return FREEZE_TRANSITIONS[bond][step]
    except KeyError:
        raise IllegalMove(f"A freeze that is {bond} cannot take the step {step}.") from None
