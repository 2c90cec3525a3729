"""The moves of a case that a unit holds: gate, instructions, suspects, end and notice.

Only people open the gate: by the prosecutor's authorisation, by recorded danger, or by an identity
that an officer accepted. It shuts when the last of these is taken back; acts in the meantime remain
valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.danger import DangerKind, ToldDanger
from casework.case.history import CORRECTS, Event, Particulars
from casework.case.lifecycle import Move, Status
from casework.case.parts import CloseReason, Danger, Opener, Priority
from casework.case.times import Wait, stamp
from casework.errors import IllegalMove
from casework.moves import gating
from casework.moves.deadlines import no_clocks, taken
from casework.moves.ending import end_of
from casework.moves.weight import Weight, told_more
from casework.pack.clocks import Clocks

MOST_SUSPECTS = 100
"""Suspects of one case: with their states the case stays a small item."""

ONE_EXPORT: Final = timedelta(days=1)
"""Within this time all pages of a dossier, in any order, are one export."""


def passed(
    case: Case,
    at: datetime,
    by: str,
    danger: Danger,
    *,
    because: Particulars | None,
    report: str | None = None,
    clocks: Clocks = no_clocks,
) -> Change:
    """The unit may not wait: a person records imminent danger, its kind and its reason; `report` is
    the one in which they saw it at a glance.

    So the case and its deadlines are as urgent as with danger in a report. If the gate is open
    already, the danger is a further ground.
    """
    lifecycle.after(case.status, Move.PASS)
    waits = case.status is Status.AWAITING_AUTHORISATION
    waits_no_more = case.model_copy(update={"authorisation": None}) if waits else case
    told = ToldDanger(kind=DangerKind.STATED, report=report or "", by=by, at=stamp(at))
    weight = Weight(Priority.IMMEDIATE, told)
    graver, said = told_more(waits_no_more, at, weight, clocks)
    due = taken(waits_no_more.model_copy(update=graver), at, clocks) if waits else {}
    return Change.of(
        case,
        Move.PASS,
        at,
        by,
        {"danger": danger.value, **said},
        particulars=because,
        **gating.opened(case, Opener.DANGER, report),
        **{**graver, **due},
    )


def identity_accepted(
    case: Case, at: datetime, by: str, *, request: int, report: str, clocks: Clocks = no_clocks
) -> Change:
    """The officer who opened a reporter's identity accepts it: for a request, of a report."""
    waits = case.status is Status.AWAITING_AUTHORISATION
    return Change.of(
        case,
        Move.IDENTITY_ACCEPTED,
        at,
        by,
        {"request": request, "report": report},
        **gating.opened(case, Opener.IDENTITY, report),
        **(taken(case, at, clocks) if waits else {}),
    )


def identity_doubted(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    because: Particulars | None,
    accepted: int | None,
    clocks: Clocks = no_clocks,
) -> Change:
    """An officer of the unit does not, or no more: `accepted` is the entry by which one did."""
    return Change.of(
        case,
        Move.IDENTITY_DOUBTED,
        at,
        by,
        {**data, **({CORRECTS: accepted} if accepted else {})},
        particulars=because,
        **gating.without(case, accepted, at, clocks),
    )


def annulled(
    case: Case,
    at: datetime,
    by: str,
    entry: int,
    *,
    because: Particulars | None,
    notice: Wait | None,
    instructed: bool = True,
    clocks: Clocks = no_clocks,
) -> Change:
    """An entry holds no more. Without it `notice` is owed to complainants, and an instruction is
    awaited again unless the case is `instructed` all the same."""
    awaited = (
        {} if instructed or case.status is not Status.ACKNOWLEDGED else taken(case, at, clocks)
    )
    return Change.of(
        case,
        Move.ANNUL,
        at,
        by,
        {CORRECTS: entry},
        particulars=because,
        notice=notice,
        **{**awaited, **gating.without(case, entry, at, clocks)},
    )


def instructed(
    case: Case,
    move: Move,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    authorises: bool = False,
    because: Particulars | None = None,
) -> Change:
    """A prosecutor's decision is entered; none is awaited any more, and who decided is informed. An
    authorisation is a ground of the gate, even if it was open already."""
    opened = gating.opened(case, Opener.AUTHORISATION) if authorises else {}
    return Change.of(
        case,
        move,
        at,
        by,
        data,
        particulars=because,
        **{"instruction": None, "informing": None, **opened},
    )


def suspected(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    number: int,
    standing: str,
    move: Move = Move.SUSPECT,
) -> Change:
    """Something happened to the suspect of a number, or was recorded in error; `standing` is how
    they stand after it."""
    known = [*case.suspects, ""] if number > len(case.suspects) else list(case.suspects)
    known[number - 1] = standing
    return Change.of(case, move, at, by, data, suspects=tuple(known))


def ended(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    data: dict[str, JsonValue],
    *,
    retention_seconds: Sequence[int] = (),
    because: Particulars | None = None,
) -> Change:
    """The unit's case ends with a reason."""
    return Change.of(
        case,
        Move.CLOSE,
        at,
        by,
        {**data, "reason": reason.value},
        particulars=because,
        **end_of(at, reason, retention_seconds),
    )


def resumed(
    case: Case,
    at: datetime,
    by: str,
    entry: int,
    *,
    because: Particulars | None,
    notice: Wait | None,
    instructed: bool,
    gated: bool,
    clocks: Clocks = no_clocks,
) -> Change:
    """The case did not end: its ending entry is no longer valid, and the unit goes on with it.

    `notice` is the notice then owed to complainants. The prosecutor's deadlines run anew. Reports
    and identifiers that the case lost since its end stay lost: another case may have them.
    """
    lifecycle.after(case.status, Move.RESUME)
    if case.ended_by is None:
        raise IllegalMove("No unit ended this case: a rejection is reopened.")
    awaited = taken(case, at, clocks, gated=gated) if gated or not instructed else {}
    return Change.of(
        case,
        Move.RESUME,
        at,
        by,
        {CORRECTS: entry},
        gated=gated,
        particulars=because,
        closed=None,
        closed_at=None,
        unseen=None,
        retention=None,
        notice=notice,
        **awaited,
    )


def ended_otherwise(
    case: Case, at: datetime, by: str, reason: CloseReason, data: dict[str, JsonValue]
) -> Change:
    """The reason why the case ended is another one; when it ended stays."""
    return Change.of(case, Move.CORRECT, at, by, {**data, "reason": reason.value}, closed=reason)


def notice_withdrawn(
    case: Case,
    at: datetime,
    by: str,
    *,
    owed: Wait | None,
    noticed: int,
    because: Particulars | None,
) -> Change:
    """They were not: it was recorded in error, and `owed` again. `noticed` is the entry by which
    they were told before that, 0 for none."""
    if not case.noticed:
        raise IllegalMove("It is not recorded that the complainant was told.")
    data: dict[str, JsonValue] = {CORRECTS: case.noticed}
    return Change.of(
        case,
        Move.NOTICE_WITHDRAWN,
        at,
        by,
        data,
        particulars=because,
        notice=owed,
        noticed=noticed,
    )


def exported(case: Case, at: datetime, by: str) -> Change:
    """A person exported the dossier."""
    return Change.of(case, Move.EXPORT, at, by)


def package_taken(
    case: Case,
    at: datetime,
    by: str,
    told: Mapping[str, JsonValue],
    withheld: Sequence[str],
    events: Iterable[Event],
) -> Change | None:
    """A person took the dossier as a package: its digests, and the decision on which print covers
    no identity numbers. None where that is an entry."""
    known = (each for each in events if each.move == Move.EXPORT and each.by == by)
    if any(each.data.get("package") == told["package"] for each in known):
        return None
    data: dict[str, JsonValue] = {**told, "withheld": [str(each) for each in withheld]}
    return Change.of(case, Move.EXPORT, at, by, data)


def exported_further(case: Case, at: datetime, by: str, events: Iterable[Event]) -> Change | None:
    """A person exported a further page, as part of an earlier export or of a new one."""
    since = stamp(at - ONE_EXPORT)
    before = (each for each in events if each.move == Move.EXPORT and each.by == by)
    return None if any(each.at >= since for each in before) else exported(case, at, by)
