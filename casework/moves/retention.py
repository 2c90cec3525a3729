"""The moves of an ended case past its retention time: kept longer on a ground, or erased.

`today` is the day in the country, by which the holds of courts end.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.times import DeadlineWait, format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR, LegalHold
from casework.errors import Finding, IllegalMove, NotValid
from casework.text.realm import Realm, realm_from_name


def schedule_erasure(
    case: Case, at: datetime, today: date, by: str, data: dict[str, JsonValue]
) -> Change:
    """Reports and messages to reporters are erased; history and figures stay."""
    refuse_under_legal_hold(case, today)
    refuse_before_retention_end(case)
    return _erased(case, at, by, data)


MAX_COURT_HOLDS: Final = 5
"""In force at a time, so that a case stays a small item."""


def place_legal_hold(
    case: Case, at: datetime, today: date, by: str, *, court: str, reference: str, until: str
) -> Change:
    """A court needs the case until a day, by an order of its own. The same order may prolong its
    hold and never shortens it; it touches no other. A proposal to erase the case is over.

    Raises NotValid for a day that is no later than the order's own, and for one order too many.
    """
    data: dict[str, JsonValue] = {"court": court, "reference": reference, "until": until}
    standing = case.holds_of_courts(today)
    earlier = next((each for each in standing if each.is_same_order(court, reference)), None)
    if earlier is None:
        if len(standing) >= MAX_COURT_HOLDS:
            raise _unfit(
                "#/reference",
                "hold.many",
                f"{MAX_COURT_HOLDS} orders hold the case already: lift one that is over first.",
            )
        new = LegalHold(court=court, reference=reference, until=until, entry=case.events + 1)
        after = (*standing, new)
    else:
        if until <= earlier.until:
            raise _unfit(
                "#/until",
                "hold.not_later",
                f"This order holds the case until {earlier.until}. A later day prolongs it; to end "
                "it sooner, lift it.",
            )
        data["prolongs"] = earlier.entry
        longer = earlier.model_copy(update={"until": until})
        after = tuple(longer if each is earlier else each for each in standing)
    return Change.from_move(case, Move.COURT_HOLD, at, by, data, court_holds=after, proposal=None)


def lift_legal_hold(
    case: Case, at: datetime, today: date, by: str, *, court: str, reference: str, entry: int
) -> Change:
    """The court needs the case no more by one order, which the entry set; raises IllegalMove where
    no such hold is in force."""
    standing = case.holds_of_courts(today)
    lifted = next((each for each in standing if each.entry == entry), None)
    if lifted is None or not lifted.is_same_order(court, reference):
        raise IllegalMove("No such hold of this court by this order is in force.")
    data: dict[str, JsonValue] = {
        "court": court,
        "reference": reference,
        "entry": entry,
        "until": lifted.until,
    }
    left = tuple(each for each in standing if each is not lifted)
    return Change.from_move(case, Move.COURT_HOLD_LIFTED, at, by, data, court_holds=left)


def refuse_under_legal_hold(case: Case, today: date) -> None:
    """Raises IllegalMove while a court needs the case: nothing is erased, and no report leaves."""
    if standing := case.holds_of_courts(today):
        orders = "; ".join(
            f"{each.court}, {each.reference}, until {each.until}" for each in standing
        )
        raise IllegalMove(f"A court holds the case: {orders}.")


def _unfit(pointer: str, code: str, detail: str) -> NotValid:
    finding = Finding(pointer, code, detail)
    return NotValid("Some fields cannot be accepted.", findings=[finding])


def end_trial_case(case: Case, at: datetime, by: str) -> Change | None:
    """A trial is over, in any status: its reports are to be erased, and every wait ends. None when
    it is over already.

    Raises IllegalMove for a case of people's reports.
    """
    if realm_from_name(case.id) is not Realm.TRIAL:
        raise IllegalMove("This is no trial: people decide what becomes of it.")
    if case.status is Status.ERASED:
        return None
    return _erased(
        case,
        at,
        by,
        {},
        move=Move.END_TRIAL,
        stuck=None,
        unread=None,
        unseen=None,
        identity=None,
        money=None,
        freezes=(),
    )


def erase_merged_case(case: Case, into: Case, at: datetime) -> Change | None:
    """A case that was merged into one that is erased goes with it; None when it stands apart."""
    if case.status is not Status.MERGED or case.merged_into != into.id:
        return None
    return _erased(case, at, SYSTEM_AUTHOR, {"with": into.id})


def _erased(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    move: Move = Move.ERASE,
    **updates: Any,
) -> Change:
    return Change.from_move(
        case,
        move,
        at,
        by,
        data,
        retention=None,
        notice=None,
        suggestions=(),
        erasing=DeadlineWait(since=format_timestamp(at), due=format_timestamp(at)),
        **updates,
    )


def mark_merged_erased(case: Case) -> Change | None:
    """All cases that were merged into it are erased with it; None when that is known."""
    if case.erasing is None or case.erasing.level > 0:
        return None
    return Change.bookkeeping(case, erasing=case.erasing.model_copy(update={"level": 1}))


def continue_erasure(case: Case, at: datetime) -> Change | None:
    """Something is left to erase: other cases have their turn before this one goes on."""
    if case.erasing is None:
        return None
    return Change.bookkeeping(
        case, erasing=case.erasing.model_copy(update={"due": format_timestamp(at)})
    )


def finish_erasure(case: Case) -> Change | None:
    """The erasure is complete; None when that is known."""
    return Change.bookkeeping(case, erasing=None) if case.erasing else None


def refuse_before_retention_end(case: Case) -> None:
    """Raises IllegalMove before the time of the pack, or of the last such decision, has passed."""
    if case.retention is None or case.retention.level == 0:
        raise IllegalMove("The time for which the case is kept has not passed.")
