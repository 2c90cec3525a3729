"""What analysts and supervisors decide at review, one person at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move
from casework.case.parts import CloseReason, Due, Hold, Priority, Proposal
from casework.case.times import stamp, wait_from
from casework.errors import HeldByAnother, HeldLongEnough, IllegalMove
from casework.moves.ending import end_of
from casework.pack.clocks import Clocks

HOLD_SECONDS = 900
"""How long an item that somebody took stays theirs before it comes back by itself."""
MOST_HELD_SECONDS = 3_600
"""How long it stays theirs at most, however often they take it again."""
OTHERS_FIRST_SECONDS = 900
"""After that, how long it is for others to take."""


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
    kept: Sequence[str] = (),
) -> Change:
    """An analyst confirms the case, corrected where needed; `unit` overrides the rule.

    `kept` names what the analyst left as the case had it.
    """
    return Change.of(
        case,
        Move.CONFIRM,
        at,
        by,
        {
            "category": category,
            "priority": priority.value,
            "territory": territory,
            "country": country,
            "unit": unit,
            **({"ground": ground} if ground else {}),
            **({"flags": list(flags)} if flags else {}),
            **({"kept": list(kept)} if kept else {}),
        },
        category=category,
        priority=priority,
        territory=territory,
        territory_percent=100,
        ground=ground,
        country=country,
        named=unit,
        supervision=False,
    )


def rejected(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    *,
    turn_to: str | None = None,
    retention_seconds: Sequence[int] = (),
) -> Change:
    """An analyst ends the case at review; `turn_to` is the service that can help instead."""
    return Change.of(
        case,
        Move.REJECT,
        at,
        by,
        {"reason": reason.value, "turn_to": turn_to},
        **end_of(at, reason, retention_seconds),
    )


def reopened(case: Case, at: datetime, by: str, because: str, clocks: Clocks) -> Change:
    """A case that was rejected is reviewed again, by the clocks of a new one.

    What it lost since it ended is not taken back: another case may be about it.
    """
    lifecycle.after(case.status, Move.REOPEN)
    if case.closed is None or not case.closed.at_review:
        raise IllegalMove(
            "Only a rejection is reopened: a unit ended this case. A new report on the same facts "
            "opens a case that names this one."
        )
    return Change.of(
        case,
        Move.REOPEN,
        at,
        by,
        {"because": because, "reason": case.closed.value},
        closed=None,
        closed_at=None,
        unseen=None,
        unread=None,
        retention=None,
        wait=wait_from(at, clocks(case)[Due.WAIT]),
    )


def proposed(
    case: Case, at: datetime, by: str, *, digest: str, data: dict[str, JsonValue]
) -> Change:
    """A first person decided; `data` is what, until a second one decides the same.

    The second one need not wait until the first has given the case back.
    """
    said = {**data, "digest": digest}
    waiting = Proposal(by=by, digest=digest)
    return Change.of(case, Move.PROPOSE, at, by, said, proposal=waiting, hold=None)


def taken(case: Case, at: datetime, by: str, queues: Collection[str]) -> Change:
    """Somebody works on the case alone for a while; it comes back by itself.

    `queues` are those they work through: nobody takes what waits for others. Whoever takes it
    again goes on with the time they had: once all of it is used, others come first.
    """
    if case.held_by_another(by, at):
        raise HeldByAnother("A colleague has taken this item.")
    if case.desk not in queues:
        raise IllegalMove("The case waits in none of your queues.")
    since = _held_since(case, at, by)
    most = since + timedelta(seconds=MOST_HELD_SECONDS)
    if at >= most:
        raise HeldLongEnough("You had this item for as long as one person may: others come first.")
    until = min(at + timedelta(seconds=HOLD_SECONDS), most)
    return Change.quietly(case, hold=Hold(by=by, since=stamp(since), until=stamp(until)))


def _held_since(case: Case, at: datetime, by: str) -> datetime:
    """Since when the time runs for which this person may hold the case."""
    last = case.hold
    if last is None or last.by != by:
        return at
    rested = datetime.fromisoformat(last.until) + timedelta(seconds=OTHERS_FIRST_SECONDS)
    return at if at >= rested else datetime.fromisoformat(last.since)


def given_back(case: Case, at: datetime, by: str) -> Change | None:
    """The holder gives the item back; None when nobody holds it."""
    if case.held_by_another(by, at):
        raise HeldByAnother("A colleague has taken this item.")
    hold = case.held(at)
    if hold is None:
        return None
    return Change.quietly(case, hold=hold.model_copy(update={"until": stamp(at)}))


def hold_broken(case: Case, at: datetime, by: str, because: Particulars | None) -> Change:
    """A supervisor ends the time for which a colleague works on the case alone; others come
    first."""
    hold = case.held(at)
    if hold is None:
        raise IllegalMove("Nobody works on the case alone.")
    spent = stamp(at - timedelta(seconds=MOST_HELD_SECONDS))
    over = Hold(by=hold.by, since=spent, until=stamp(at))
    data: dict[str, JsonValue] = {"held_by": hold.by}
    return Change.of(case, Move.BREAK_HOLD, at, by, data, particulars=because, hold=over)
