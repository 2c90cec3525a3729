"""Who works on a case alone, and for how long: it is taken, given back, or comes back by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from casework.case.case import Case
from casework.case.change import Change
from casework.case.times import format_timestamp
from casework.case.value_objects import Hold
from casework.errors import HeldByAnother, HeldLongEnough, IllegalMove

HOLD_SECONDS = 900
"""The time after which a taken item comes back by itself."""
MAX_HELD_SECONDS = 3_600
"""How long it stays theirs at most, however often they take it again."""
HOLD_COOLDOWN_SECONDS = 900
"""After that, how long it is for others to take."""


def take_hold(case: Case, at: datetime, by: str, queues: Collection[str]) -> Change:
    """A person works on the case alone for a while; it comes back by itself.

    `queues` are those of the person, who cannot take a case that waits for others. Taking it again
    continues the same hour; once it is used up, colleagues come first.
    """
    if case.is_held_by_another(by, at):
        raise HeldByAnother("A colleague has taken this item.")
    if case.desk not in queues:
        raise IllegalMove("The case waits in none of your queues.")
    since = _held_since(case, at, by)
    most = since + timedelta(seconds=MAX_HELD_SECONDS)
    if at >= most:
        raise HeldLongEnough("You had this item for as long as one person may: others come first.")
    until = min(at + timedelta(seconds=HOLD_SECONDS), most)
    return Change.bookkeeping(
        case, hold=Hold(by=by, since=format_timestamp(since), until=format_timestamp(until))
    )


def _held_since(case: Case, at: datetime, by: str) -> datetime:
    """Since when the time runs for which this person may hold the case."""
    last = case.hold
    if last is None or last.by != by:
        return at
    rested = datetime.fromisoformat(last.until) + timedelta(seconds=HOLD_COOLDOWN_SECONDS)
    return at if at >= rested else datetime.fromisoformat(last.since)


def release_hold(case: Case, at: datetime, by: str) -> Change | None:
    """The holder gives the item back; None when it is not held."""
    if case.is_held_by_another(by, at):
        raise HeldByAnother("A colleague has taken this item.")
    hold = case.active_hold(at)
    if hold is None:
        return None
    return Change.bookkeeping(case, hold=hold.model_copy(update={"until": format_timestamp(at)}))


def end_hold(hold: Hold, at: datetime) -> Hold:
    """A hold that another person ended: its holder has used the whole hour, and colleagues come
    first."""
    spent = format_timestamp(at - timedelta(seconds=MAX_HELD_SECONDS))
    return Hold(by=hold.by, since=spent, until=format_timestamp(at))
