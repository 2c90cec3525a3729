"""Which moves of a case are open to a member of staff now: legal, due, and permitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.freezing import Bond
from casework.case.lifecycle import Move, Status
from casework.case.parts import Due
from casework.case.suspects import SuspectStanding
from casework.decisions.permissions import Call, OfficesOf, no_offices, permitted
from casework.decisions.staff import StaffMember

CALLS_OF: Final[Mapping[Move, tuple[Call, ...]]] = {
    Move.CONFIRM: (Call.REVIEW,),
    Move.REJECT: (Call.REVIEW,),
    Move.REOPEN: (Call.REVIEW,),
    Move.ASK: (Call.REVIEW,),
    Move.MERGE: (Call.REVIEW, Call.INSTRUCTIONS),
    Move.SPLIT: (Call.REVIEW,),
    Move.TAKE_OUT: (Call.TAKE_OUT,),
    Move.ACKNOWLEDGE: (Call.ACKNOWLEDGEMENT,),
    Move.DECLINE: (Call.ACKNOWLEDGEMENT,),
    Move.AUTHORISE: (Call.INSTRUCTIONS,),
    Move.PASS: (Call.DANGER,),
    Move.IDENTITY_ACCEPTED: (Call.IDENTITY_REQUESTS,),
    Move.IDENTITY_DOUBTED: (Call.IDENTITY_REQUESTS,),
    Move.ANNUL: (Call.INSTRUCTIONS, Call.DANGER),
    Move.NO_DANGER: (Call.REVIEW, Call.DANGER),
    Move.BREAK_HOLD: (Call.BREAK_HOLD,),
    Move.CHECK: (Call.INSTRUCTIONS,),
    Move.INSTRUCT: (Call.INSTRUCTIONS,),
    Move.TRANSFER: (Call.INSTRUCTIONS,),
    Move.INFORM: (Call.INFORMED,),
    Move.RECEIPT: (Call.RECEIPT,),
    Move.SUSPECT: (Call.SUSPECTS,),
    Move.CORRECT: (Call.SUSPECTS, Call.CORRECTION),
    Move.PAYMENT: (Call.FREEZES,),
    Move.FREEZE: (Call.FREEZES,),
    Move.WAIVE: (Call.FREEZES,),
    Move.NOTICE: (Call.NOTICE,),
    Move.NOTICE_WITHDRAWN: (Call.NOTICE,),
    Move.ADMIT: (Call.ADMISSION,),
    Move.KEEP_APART: (Call.APART,),
    Move.LOOK: (Call.LOOK,),
    Move.CLOSE: (Call.CLOSURE, Call.INSTRUCTIONS),
    Move.RESUME: (Call.CORRECTION,),
    Move.KEEP: (Call.RETENTION,),
    Move.ERASE: (Call.RETENTION,),
    Move.COURT_HOLD: (Call.RETENTION,),
    Move.COURT_HOLD_LIFTED: (Call.RETENTION,),
    Move.RETRY: (Call.RETRY,),
    Move.REASSIGN: (Call.REASSIGN,),
}
"""The calls by which people make each move."""

OVER: Final = frozenset({SuspectStanding.PRESENTED, SuspectStanding.WITHDRAWN})
"""The final states of suspects."""


def moves_open_to(
    member: StaffMember,
    case: Case,
    unadmitted: int = 0,
    *,
    several: bool = False,
    held: bool = False,
    into: Case | None = None,
    offices: OfficesOf = no_offices,
) -> tuple[Move, ...]:
    """The next calls of the member on the case: legal in its status, and permitted to the member.

    `unadmitted` is the number of its unadmitted reports, `several` whether it has more than one,
    `into` the case that it was merged into, and `held` whether a court holds it, or the case where
    its reports are.
    """
    return tuple(
        move
        for move, calls in CALLS_OF.items()
        if lifecycle.allows(case.status, move)
        and _is_due(move, case, unadmitted, several=several, held=held, into=into)
        and any(
            permitted(member, call, case, offices) for call in calls if _is_about(call, move, case)
        )
    )


def _is_about(call: Call, move: Move, case: Case) -> bool:
    """Whether the call makes the move on such a case."""
    match call:
        case Call.REVIEW:
            return case.status.law.review or move is Move.REOPEN
        case Call.SUSPECTS if move is Move.CORRECT:
            return bool(case.suspects)
        case Call.CORRECTION:
            return case.closed is not None
        case _:
            return True


ACTS_ON: Final[Mapping[Move, Callable[[Case], bool]]] = {
    Move.REOPEN: lambda case: case.closed is not None and case.closed.at_review,
    Move.ASK: lambda case: not case.presses,
    Move.NO_DANGER: lambda case: case.imminent,
    Move.BREAK_HOLD: lambda case: case.hold is not None,
    Move.RETRY: lambda case: case.stuck is not None,
    Move.KEEP: lambda case: case.retention is not None and case.retention.level > 0,
    Move.ERASE: lambda case: case.retention is not None and case.retention.level > 0,
    Move.SUSPECT: lambda case: (
        not case.status.law.ended or any(each not in OVER for each in case.suspects)
    ),
    Move.WAIVE: lambda case: Due.MONEY in case.dues,
    Move.FREEZE: lambda case: (
        not case.status.law.ended
        or Due.MONEY in case.dues
        or any(each.bond is not Bond.LIFTED for each in case.freezes)
    ),
    Move.LOOK: lambda case: case.unread is not None,
    Move.RECEIPT: lambda case: case.receipt_open,
    Move.NOTICE: lambda case: case.notice is not None,
    Move.NOTICE_WITHDRAWN: lambda case: case.noticed > 0,
    Move.RESUME: lambda case: case.ended_by is not None,
}
"""Whether there is something for a move to act on; others always have something."""


def _is_due(
    move: Move, case: Case, unadmitted: int, *, several: bool, held: bool, into: Case | None
) -> bool:
    if held and move.law.barred:
        return False
    if move is Move.SPLIT:
        return into is not None and into.status is not Status.MERGED
    if move is Move.COURT_HOLD_LIFTED:
        return held
    if move is Move.ADMIT:
        return unadmitted > 0
    if move is Move.TAKE_OUT:
        return several
    return move not in ACTS_ON or ACTS_ON[move](case)
