"""Money that may still be held back: its loss, the steps of freezes, and its waiver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from casework.case import freezing, lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezing import RUNNING, SENT, Bond, Clock, FreezingStep
from casework.case.history import Event, Particulars
from casework.case.lifecycle import Move
from casework.case.parts import Due, Freeze
from casework.case.times import Wait, stamp, wait_from
from casework.errors import IllegalMove, TooMany

MOST_FREEZES = 20
"""Of one case: with their deadlines the case stays a small item."""

MOST_STEPS = 200
"""Entries about all freezes of a case: each tells of sums and accounts, which are read together."""

MOST_PAYMENTS = 200
"""Of one case, that staff were told of."""

PROLONGED = timedelta(hours=6)
"""By how much later money that left keeps a case longer on the duty desk."""

Times = Mapping[Clock, Sequence[int]]
"""How long each has, in seconds, one for each level; a clock left out does not run."""


def money_left(case: Case, at: datetime, source: str, until: datetime) -> Change | None:
    """The money of `source` may be held back until then; None when that is known or was over.

    No decision depends on it. Of many reports of money, only one that brings the case to the duty
    desk, or keeps it there for `PROLONGED` longer, makes an entry. Its caller makes no second entry
    of a source that has one, even if people acted on the first.
    """
    if until <= at or not lifecycle.allows(case.status, Move.MONEY):
        return None
    known = case.dues.get(Due.MONEY)
    if known is not None and known.due >= stamp(until - PROLONGED):
        return None
    data: dict[str, JsonValue] = {"source": source, "until": stamp(until)}
    return Change.of(case, Move.MONEY, at, data=data, money=longer(known, at, until))


def longer(known: Wait | None, at: datetime, until: datetime) -> Wait:
    """Until when any of the money may be held back."""
    wait = Wait(since=stamp(at), due=stamp(until))
    return known if known is not None and known.due >= wait.due else wait


def payment_told(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    particulars: Particulars,
    until: datetime | None,
    events: Iterable[Event] = (),
) -> Change:
    """Staff were told of a payment; `until` when it may be held back, None when it is over.

    `events` is the history of the case so far. Raises TooMany.
    """
    if _count(events, Move.PAYMENT) >= MOST_PAYMENTS:
        raise TooMany(f"A case takes at most {MOST_PAYMENTS} payments that staff were told of.")
    recent = until is not None and until > at
    known = case.dues.get(Due.MONEY)
    money = longer(known, at, until) if until is not None and recent else case.money
    return Change.of(case, Move.PAYMENT, at, by, data, particulars=particulars, money=money)


def waived(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The money is not pursued, for a reason."""
    if Due.MONEY not in case.dues:
        raise IllegalMove("No money of this case waits to be held back.")
    return Change.of(case, Move.WAIVE, at, by, data, money=None)


def _count(events: Iterable[Event], move: Move) -> int:
    return sum(1 for each in events if each.move == move.value)


def _refuse_too_many(events: Iterable[Event]) -> None:
    if _count(events, Move.FREEZE) >= MOST_STEPS:
        raise TooMany(f"A case takes at most {MOST_STEPS} entries about its freezes.")


def opened(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    particulars: Particulars,
    events: Iterable[Event] = (),
) -> Change:
    """One sum with one institution is to be held back: a freeze of the next number.

    `events` is the history of the case so far. Raises IllegalMove and TooMany.
    """
    if case.status.law.ended and Due.MONEY not in case.dues:
        raise IllegalMove(
            "A case that has ended gets a new freeze only while money may be held back of which "
            "it was told after its end."
        )
    number = len(case.freezes) + 1
    if number > MOST_FREEZES:
        raise TooMany(f"A case has at most {MOST_FREEZES} freezes.")
    _refuse_too_many(events)
    return Change.of(
        case,
        Move.FREEZE,
        at,
        by,
        {"freeze": number, "step": FreezingStep.OPENED.value, **data},
        particulars=particulars,
        freezes=(*case.freezes, Freeze()),
    )


def stepped(
    case: Case,
    at: datetime,
    by: str,
    number: int,
    step: FreezingStep,
    data: dict[str, JsonValue],
    times: Times,
    *,
    since: datetime | None = None,
    particulars: Particulars | None = None,
    events: Iterable[Event] = (),
) -> Change:
    """A step of the freeze of a number; raises IllegalMove and TooMany.

    `since`: when the clock began that the step starts, if not now. `events` is the history so far.
    """
    if step is not FreezingStep.LIFTED:  # that an order binds no more is always said
        _refuse_too_many(events)
    freeze = after(case.freezes[number - 1], step, since or at, times)
    freezes = list(case.freezes)
    freezes[number - 1] = freeze
    said: dict[str, JsonValue] = {"freeze": number, "step": step.value, **data}
    return Change.of(
        case,
        Move.FREEZE,
        at,
        by,
        said,
        particulars=particulars,
        freezes=tuple(freezes),
        money=None if step in SENT else case.money,
    )


def after(freeze: Freeze, step: FreezingStep, since: datetime, times: Times) -> Freeze:
    """The freeze after a step, with the clocks that run then."""
    bond = freezing.after(freeze.bond, step, sent=freeze.sent)
    waits = dict(freeze.waits)
    started: list[Clock] = []
    if bond is not freeze.bond:
        if freeze.bond in RUNNING:
            waits.pop(RUNNING[freeze.bond], None)
        started += [RUNNING[bond]] if bond in RUNNING else []
    if step is FreezingStep.ANSWERED:
        waits.pop(Clock.ANSWER, None)
    started += [Clock.ANSWER] if step in SENT else []
    waits |= {clock: wait_from(since, times[clock]) for clock in started if times.get(clock)}
    return Freeze(
        bond=bond,
        sent=freeze.sent or step in SENT,
        waits={} if bond is Bond.LIFTED else waits,
    )
