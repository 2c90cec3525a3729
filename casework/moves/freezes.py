"""Money that may still be held back: its loss, the steps of freezes, and its waiver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from casework.case import freezes as freezing
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezes import (
    CLOCK_BY_BOND,
    INSTITUTION_NOTIFYING_STEPS,
    Bond,
    Clock,
    FreezingStep,
)
from casework.case.history import CaseEvent, Particulars
from casework.case.lifecycle import Move
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.case.value_objects import DeadlineKind, Freeze
from casework.errors import IllegalMove, TooMany

MAX_FREEZES = 20
"""Of one case: with their deadlines the case stays a small item."""

MAX_FREEZE_STEPS = 200
"""Entries about all freezes of a case: each tells of sums and accounts, which are read together."""

MAX_PAYMENTS = 200
"""Of one case, that staff were told of."""

EXTENSION_STEP_TIME = timedelta(hours=6)
"""By how much later money that left keeps a case longer on the duty desk."""

Times = Mapping[Clock, Sequence[int]]
"""How long each has, in seconds, one for each level; a clock left out does not run."""


def note_recoverable_money(case: Case, at: datetime, source: str, until: datetime) -> Change | None:
    """The money of `source` may be held back until then; None when that is known or was over.

    No decision depends on it. Of many reports of money, only one that brings the case to the duty
    desk, or keeps it there for `EXTENSION_STEP_TIME` longer, makes an entry. Its caller makes no
    second entry of a source that has one, even if people acted on the first.
    """
    if until <= at or not lifecycle.is_legal_move(case.status, Move.MONEY):
        return None
    known = case.pending_deadlines.get(DeadlineKind.MONEY)
    if known is not None and known.due >= format_timestamp(until - EXTENSION_STEP_TIME):
        return None
    data: dict[str, JsonValue] = {"source": source, "until": format_timestamp(until)}
    return Change.from_move(case, Move.MONEY, at, data=data, money=extend_wait(known, at, until))


def extend_wait(known: DeadlineWait | None, at: datetime, until: datetime) -> DeadlineWait:
    """Until when any of the money may be held back."""
    wait = DeadlineWait(since=format_timestamp(at), due=format_timestamp(until))
    return known if known is not None and known.due >= wait.due else wait


def record_payment(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    particulars: Particulars,
    until: datetime | None,
    events: Iterable[CaseEvent] = (),
) -> Change:
    """Staff were told of a payment; `until` when it may be held back, None when it is over.

    `events` is the history of the case so far. Raises TooMany.
    """
    if _count(events, Move.PAYMENT) >= MAX_PAYMENTS:
        raise TooMany(f"A case takes at most {MAX_PAYMENTS} payments that staff were told of.")
    recent = until is not None and until > at
    known = case.pending_deadlines.get(DeadlineKind.MONEY)
    money = extend_wait(known, at, until) if until is not None and recent else case.money
    return Change.from_move(case, Move.PAYMENT, at, by, data, particulars=particulars, money=money)


def waive_recovery(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The money is not pursued, for a reason."""
    if DeadlineKind.MONEY not in case.pending_deadlines:
        raise IllegalMove("No money of this case waits to be held back.")
    return Change.from_move(case, Move.WAIVE, at, by, data, money=None)


def _count(events: Iterable[CaseEvent], move: Move) -> int:
    return sum(1 for each in events if each.move == move.value)


def _refuse_too_many(events: Iterable[CaseEvent]) -> None:
    if _count(events, Move.FREEZE) >= MAX_FREEZE_STEPS:
        raise TooMany(f"A case takes at most {MAX_FREEZE_STEPS} entries about its freezes.")


def open_freeze(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    particulars: Particulars,
    events: Iterable[CaseEvent] = (),
) -> Change:
    """One sum with one institution is to be held back: a freeze of the next number.

    `events` is the history of the case so far. Raises IllegalMove and TooMany.
    """
    if case.status.rule.ended and DeadlineKind.MONEY not in case.pending_deadlines:
        raise IllegalMove(
            "A case that has ended gets a new freeze only while money may be held back of which "
            "it was told after its end."
        )
    number = len(case.freezes) + 1
    if number > MAX_FREEZES:
        raise TooMany(f"A case has at most {MAX_FREEZES} freezes.")
    _refuse_too_many(events)
    return Change.from_move(
        case,
        Move.FREEZE,
        at,
        by,
        {"freeze": number, "step": FreezingStep.OPENED.value, **data},
        particulars=particulars,
        freezes=(*case.freezes, Freeze()),
    )


def take_freeze_step(
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
    events: Iterable[CaseEvent] = (),
) -> Change:
    """A step of the freeze of a number; raises IllegalMove and TooMany.

    `since`: when the clock began that the step starts, if not now. `events` is the history so far.
    """
    if step is not FreezingStep.LIFTED:  # that an order binds no more is always said
        _refuse_too_many(events)
    freeze = freeze_after_step(case.freezes[number - 1], step, since or at, times)
    freezes = list(case.freezes)
    freezes[number - 1] = freeze
    event_data: dict[str, JsonValue] = {"freeze": number, "step": step.value, **data}
    return Change.from_move(
        case,
        Move.FREEZE,
        at,
        by,
        event_data,
        particulars=particulars,
        freezes=tuple(freezes),
        money=None if step in INSTITUTION_NOTIFYING_STEPS else case.money,
    )


def freeze_after_step(freeze: Freeze, step: FreezingStep, since: datetime, times: Times) -> Freeze:
    """The freeze after a step, with the clocks that run then."""
    bond = freezing.next_freeze_state(freeze.bond, step, sent=freeze.sent)
    waits = dict(freeze.waits)
    started: list[Clock] = []
    if bond is not freeze.bond:
        if freeze.bond in CLOCK_BY_BOND:
            waits.pop(CLOCK_BY_BOND[freeze.bond], None)
        started += [CLOCK_BY_BOND[bond]] if bond in CLOCK_BY_BOND else []
    if step is FreezingStep.ANSWERED:
        waits.pop(Clock.ANSWER, None)
    started += [Clock.ANSWER] if step in INSTITUTION_NOTIFYING_STEPS else []
    waits |= {clock: start_wait(since, times[clock]) for clock in started if times.get(clock)}
    return Freeze(
        bond=bond,
        sent=freeze.sent or step in INSTITUTION_NOTIFYING_STEPS,
        waits={} if bond is Bond.LIFTED else waits,
    )
