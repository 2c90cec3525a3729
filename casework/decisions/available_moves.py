"""Which moves of a case are open to a member of staff now: legal, due, and permitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from casework.case import lifecycle
from casework.case.case import Case
from casework.case.freezes import Bond
from casework.case.lifecycle import Move, Status
from casework.case.suspects import SuspectStanding
from casework.case.value_objects import DeadlineKind
from casework.decisions.permissions import OfficesOf, StaffCall, is_permitted, no_known_offices
from casework.decisions.staff import StaffMember

CALLS_BY_MOVE: Final[Mapping[Move, tuple[StaffCall, ...]]] = {
    Move.CONFIRM: (StaffCall.REVIEW,),
    Move.REJECT: (StaffCall.REVIEW,),
    Move.REOPEN: (StaffCall.REVIEW,),
    Move.ASK: (StaffCall.REVIEW,),
    Move.MERGE: (StaffCall.REVIEW, StaffCall.INSTRUCTIONS),
    Move.SPLIT: (StaffCall.REVIEW,),
    Move.TAKE_OUT: (StaffCall.TAKE_OUT,),
    Move.ACKNOWLEDGE: (StaffCall.ACKNOWLEDGEMENT,),
    Move.DECLINE: (StaffCall.ACKNOWLEDGEMENT,),
    Move.AUTHORISE: (StaffCall.INSTRUCTIONS,),
    Move.PASS: (StaffCall.DANGER,),
    Move.IDENTITY_ACCEPTED: (StaffCall.IDENTITY_REQUESTS,),
    Move.IDENTITY_DOUBTED: (StaffCall.IDENTITY_REQUESTS,),
    Move.ANNUL: (StaffCall.INSTRUCTIONS, StaffCall.DANGER),
    Move.NO_DANGER: (StaffCall.REVIEW, StaffCall.DANGER),
    Move.BREAK_HOLD: (StaffCall.BREAK_HOLD,),
    Move.CHECK: (StaffCall.INSTRUCTIONS,),
    Move.INSTRUCT: (StaffCall.INSTRUCTIONS,),
    Move.TRANSFER: (StaffCall.INSTRUCTIONS,),
    Move.INFORM: (StaffCall.INFORMED,),
    Move.RECEIPT: (StaffCall.RECEIPT,),
    Move.SUSPECT: (StaffCall.SUSPECTS,),
    Move.CORRECT: (StaffCall.SUSPECTS, StaffCall.CORRECTION),
    Move.PAYMENT: (StaffCall.FREEZES,),
    Move.FREEZE: (StaffCall.FREEZES,),
    Move.WAIVE: (StaffCall.FREEZES,),
    Move.NOTICE: (StaffCall.NOTICE,),
    Move.NOTICE_WITHDRAWN: (StaffCall.NOTICE,),
    Move.ADMIT: (StaffCall.ADMISSION,),
    Move.KEEP_APART: (StaffCall.APART,),
    Move.LOOK: (StaffCall.LOOK,),
    Move.CLOSE: (StaffCall.CLOSURE, StaffCall.INSTRUCTIONS),
    Move.RESUME: (StaffCall.CORRECTION,),
    Move.KEEP: (StaffCall.RETENTION,),
    Move.ERASE: (StaffCall.RETENTION,),
    Move.COURT_HOLD: (StaffCall.RETENTION,),
    Move.COURT_HOLD_LIFTED: (StaffCall.RETENTION,),
    Move.RETRY: (StaffCall.RETRY,),
    Move.REASSIGN: (StaffCall.REASSIGN,),
}
"""The calls by which people make each move."""

FINAL_SUSPECT_STANDINGS: Final = frozenset({SuspectStanding.PRESENTED, SuspectStanding.WITHDRAWN})
"""The final states of suspects."""


def list_available_moves(
    member: StaffMember,
    case: Case,
    unadmitted: int = 0,
    *,
    several: bool = False,
    held: bool = False,
    into: Case | None = None,
    offices: OfficesOf = no_known_offices,
) -> tuple[Move, ...]:
    """The next calls of the member on the case: legal in its status, and permitted to the member.

    `unadmitted` is the number of its unadmitted reports, `several` whether it has more than one,
    `into` the case that it was merged into, and `held` whether a court holds it, or the case where
    its reports are.
    """
    return tuple(
        move
        for move, calls in CALLS_BY_MOVE.items()
        if lifecycle.is_legal_move(case.status, move)
        and _is_due(move, case, unadmitted, several=several, held=held, into=into)
        and any(
            is_permitted(member, call, case, offices)
            for call in calls
            if _is_about(call, move, case)
        )
    )


def _is_about(call: StaffCall, move: Move, case: Case) -> bool:
    """Whether the call makes the move on such a case."""
    match call:
        case StaffCall.REVIEW:
            return case.status.rule.review or move is Move.REOPEN
        case StaffCall.SUSPECTS if move is Move.CORRECT:
            return bool(case.suspects)
        case StaffCall.CORRECTION:
            return case.closed is not None
        case _:
            return True


MOVE_PRECONDITIONS: Final[Mapping[Move, Callable[[Case], bool]]] = {
    Move.REOPEN: lambda case: case.closed is not None and case.closed.is_review_reason,
    Move.ASK: lambda case: not case.presses,
    Move.NO_DANGER: lambda case: case.imminent,
    Move.BREAK_HOLD: lambda case: case.hold is not None,
    Move.RETRY: lambda case: case.stuck is not None,
    Move.KEEP: lambda case: case.retention is not None and case.retention.level > 0,
    Move.ERASE: lambda case: case.retention is not None and case.retention.level > 0,
    Move.SUSPECT: lambda case: (
        not case.status.rule.ended
        or any(each not in FINAL_SUSPECT_STANDINGS for each in case.suspects)
    ),
    Move.WAIVE: lambda case: DeadlineKind.MONEY in case.pending_deadlines,
    Move.FREEZE: lambda case: (
        not case.status.rule.ended
        or DeadlineKind.MONEY in case.pending_deadlines
        or any(each.bond is not Bond.LIFTED for each in case.freezes)
    ),
    Move.LOOK: lambda case: case.unread is not None,
    Move.RECEIPT: lambda case: case.receipt_open,
    Move.NOTICE: lambda case: case.notice is not None,
    Move.NOTICE_WITHDRAWN: lambda case: case.noticed > 0,
    Move.RESUME: lambda case: case.final_unit is not None,
}
"""Whether there is something for a move to act on; others always have something."""


def _is_due(
    move: Move, case: Case, unadmitted: int, *, several: bool, held: bool, into: Case | None
) -> bool:
    if held and move.rule.barred:
        return False
    if move is Move.SPLIT:
        return into is not None and into.status is not Status.MERGED
    if move is Move.COURT_HOLD_LIFTED:
        return held
    if move is Move.ADMIT:
        return unadmitted > 0
    if move is Move.TAKE_OUT:
        return several
    return move not in MOVE_PRECONDITIONS or MOVE_PRECONDITIONS[move](case)
