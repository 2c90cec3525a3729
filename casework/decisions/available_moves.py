"""Which moves of a case are open to a member of staff now: legal, due, and permitted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.case.case import Case
from casework.case.freezes import Bond
from casework.case.lifecycle import Move, Status, is_legal_move
from casework.case.rule_types import UnitRelation
from casework.case.suspects import SuspectStanding
from casework.case.value_objects import DeadlineKind
from casework.decisions.closed_reasons import ClosedReason
from casework.decisions.permissions import (
    OfficesOf,
    StaffCall,
    no_known_offices,
    require_permission,
)
from casework.decisions.staff import StaffMember
from casework.errors import CaseNotFound, NotAllowed

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


@dataclass(frozen=True)
class CaseFacts:
    """What the law reads beside the case itself, to say what is open on it."""

    unadmitted: int = 0
    """Its unadmitted reports."""
    several: bool = False
    """It has more than one report."""
    held: bool = False
    """A court holds it, or the case where its reports are."""
    into: Case | None = None
    """The case that it was merged into."""
    alike: bool = False
    """It can be compared with another case."""
    annullable: frozenset[str] = frozenset()
    """How the prosecutor's decisions came into it that can still be annulled."""
    identities: bool = False
    """A report has an identity."""
    asked: bool = False
    """Somebody asked for one."""
    on_hold: bool = False
    """Somebody works on the case alone at this moment."""


NO_FACTS: Final = CaseFacts()


def list_available_moves(
    member: StaffMember,
    case: Case,
    facts: CaseFacts = NO_FACTS,
    *,
    offices: OfficesOf = no_known_offices,
) -> tuple[Move, ...]:
    """The next calls of the member on the case: legal in its status, and permitted to the
    member."""
    return tuple(
        move
        for move, calls in CALLS_BY_MOVE.items()
        if any(
            find_closed_reason(member, case, move, call, facts, offices) is None for call in calls
        )
    )


def find_closed_reason(
    member: StaffMember,
    case: Case,
    move: Move,
    call: StaffCall,
    facts: CaseFacts = NO_FACTS,
    offices: OfficesOf = no_known_offices,
) -> ClosedReason | None:
    """Why the call does not make the move on the case now, by what would refuse it first; None
    where it does."""
    try:
        require_permission(member, call, case, offices)
    except NotAllowed as refused:
        return ClosedReason(refused.because or ClosedReason.NOT_YOUR_UNIT)
    except CaseNotFound:
        return ClosedReason.NOT_YOUR_UNIT
    statuses = [each for each in Status if is_legal_move(each, move)]
    if call is StaffCall.REVIEW and move is not Move.REOPEN:
        statuses = [each for each in statuses if each.rule.review]
    if case.status not in statuses:
        return _reason_of_status(case.status, statuses)
    if facts.held and move.rule.barred:
        return ClosedReason.COURT_HOLDS
    return next(
        (
            each.because
            for each in (MOVE_PRECONDITIONS.get(move), CALL_PRECONDITIONS.get((call, move)))
            if each is not None and not each.holds(case, facts)
        ),
        None,
    )


def is_blocked_by_hold(move: Move, case: Case, subject: str, now: datetime) -> bool:
    """Whether the hold of a colleague keeps a person from the move."""
    waits = move.rule.kind.is_decision and not move.rule.passes_holds
    return waits and case.is_held_by_another(subject, now)


def _reason_of_status(status: Status, possible: Collection[Status]) -> ClosedReason:
    """Why a move that these statuses have is not open in another one, by the law of statuses."""
    law = status.rule
    match status:
        case Status.MERGED:
            return ClosedReason.MERGED
        case Status.ERASED:
            return ClosedReason.ERASED
        case Status.AWAITING_ANSWER if Status.IN_REVIEW in possible:
            return ClosedReason.ANSWER_AWAITED
        case _ if law.awaits_authorisation and any(
            each.rule.is_open_to_inquiry for each in possible
        ):
            return ClosedReason.AUTHORISATION_AWAITED
        case _ if law.ended:
            return ClosedReason.ENDED
        case _ if all(each.rule.ended for each in possible):
            return ClosedReason.NOT_ENDED
        case _ if not law.idle and not law.waits and law.unit is None:
            return ClosedReason.ON_ITS_WAY
    later = any(each.rule.unit is UnitRelation.TAKEN for each in possible)
    if law.unit is None:
        return ClosedReason.NOT_REFERRED
    if law.unit is UnitRelation.OFFERED and later:
        return ClosedReason.NOT_TAKEN
    return ClosedReason.DONE if later else ClosedReason.WITH_UNIT


@dataclass(frozen=True)
class Precondition:
    """Something that there has to be, and the reason where there is none."""

    because: ClosedReason
    holds: Callable[[Case, CaseFacts], bool]


def _due_for_erasure(case: Case, _: CaseFacts) -> bool:
    return case.retention is not None and case.retention.level > 0


def _has_open_freeze(case: Case) -> bool:
    return any(each.bond is not Bond.LIFTED for each in case.freezes)


MOVE_PRECONDITIONS: Final[Mapping[Move, Precondition]] = {
    Move.REOPEN: Precondition(
        ClosedReason.NOT_REJECTED,
        lambda case, _: case.closed is not None and case.closed.is_review_reason,
    ),
    Move.ASK: Precondition(ClosedReason.CANNOT_WAIT, lambda case, _: not case.presses),
    Move.MERGE: Precondition(ClosedReason.ON_ITS_WAY, lambda case, _: case.moving is None),
    Move.SPLIT: Precondition(
        ClosedReason.MERGED,
        lambda _, facts: facts.into is not None and facts.into.status is not Status.MERGED,
    ),
    Move.TAKE_OUT: Precondition(ClosedReason.ONE_REPORT, lambda _, facts: facts.several),
    Move.ADMIT: Precondition(ClosedReason.ALL_ADMITTED, lambda _, facts: facts.unadmitted > 0),
    Move.NO_DANGER: Precondition(ClosedReason.NO_DANGER, lambda case, _: case.imminent),
    Move.BREAK_HOLD: Precondition(ClosedReason.NOBODY_HOLDS, lambda case, _: case.hold is not None),
    Move.RETRY: Precondition(ClosedReason.NOT_STUCK, lambda case, _: case.stuck is not None),
    Move.KEEP: Precondition(ClosedReason.STILL_KEPT, _due_for_erasure),
    Move.ERASE: Precondition(ClosedReason.STILL_KEPT, _due_for_erasure),
    Move.COURT_HOLD_LIFTED: Precondition(ClosedReason.NO_COURT_HOLD, lambda _, facts: facts.held),
    Move.SUSPECT: Precondition(
        ClosedReason.SUSPECTS_SETTLED,
        lambda case, _: (
            not case.status.rule.ended
            or any(each not in FINAL_SUSPECT_STANDINGS for each in case.suspects)
        ),
    ),
    Move.WAIVE: Precondition(
        ClosedReason.NO_MONEY, lambda case, _: DeadlineKind.MONEY in case.pending_deadlines
    ),
    Move.FREEZE: Precondition(
        ClosedReason.NO_MONEY,
        lambda case, _: (
            not case.status.rule.ended
            or DeadlineKind.MONEY in case.pending_deadlines
            or _has_open_freeze(case)
        ),
    ),
    Move.LOOK: Precondition(ClosedReason.NOTHING_ADDED, lambda case, _: case.unread is not None),
    Move.RECEIPT: Precondition(ClosedReason.NO_DOSSIER, lambda case, _: case.receipt_open),
    Move.NOTICE: Precondition(ClosedReason.NO_NOTICE, lambda case, _: case.notice is not None),
    Move.NOTICE_WITHDRAWN: Precondition(ClosedReason.NO_NOTICE, lambda case, _: case.noticed > 0),
    Move.RESUME: Precondition(
        ClosedReason.UNIT_DID_NOT_END_IT, lambda case, _: case.final_unit is not None
    ),
}
"""What a move acts on; others always have something."""

CALL_PRECONDITIONS: Final[Mapping[tuple[StaffCall, Move], Precondition]] = {
    (StaffCall.SUSPECTS, Move.CORRECT): Precondition(
        ClosedReason.NO_SUSPECT, lambda case, _: bool(case.suspects)
    ),
    (StaffCall.CORRECTION, Move.CORRECT): Precondition(
        ClosedReason.NOT_ENDED, lambda case, _: case.closed is not None
    ),
    (StaffCall.CORRECTION, Move.RESUME): Precondition(
        ClosedReason.NOT_ENDED, lambda case, _: case.closed is not None
    ),
}
"""The same where another call that makes the move acts on something else."""
