"""The acts of the desk on a case: which are open to a person now, and why the others are not.

An act is what a person chooses by name at the desk. It makes one of its moves, by a call; whether
it is open follows from the law of these (`casework.decisions.available_moves`), and from what the
act itself needs. So the desk asks for nothing that would be refused, and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.case.case import Case
from casework.case.freezes import Bond
from casework.case.history import CaseEvent, valid_entries
from casework.case.lifecycle import Move
from casework.case.rule_types import UnitRelation
from casework.case.value_objects import DeadlineKind, Opener
from casework.decisions.available_moves import (
    CALLS_BY_MOVE,
    NO_FACTS,
    CaseFacts,
    Precondition,
    find_closed_reason,
    is_blocked_by_hold,
)
from casework.decisions.closed_reasons import ClosedReason
from casework.decisions.instructions import (
    ANNULLABLE_MOVES,
    INSTRUCTION_GIVEN_FIELD,
    Given,
    list_instructions,
)
from casework.decisions.permissions import (
    PERMISSIONS_BY_ROLE,
    OfficesOf,
    PermissionReach,
    StaffCall,
    no_known_offices,
)
from casework.decisions.staff import Role, StaffMember
from casework.moves.freezes import MAX_FREEZES
from casework.moves.inquiry import MAX_SUSPECTS


class CaseAct(StrEnum):
    """The acts of the desk on a case, by the names that the desk gives them."""

    CONFIRM = "confirm"
    REJECT = "reject"
    ASK = "ask"
    MERGE = "merge"
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    COMPARE = "compare"
    LOOK = "look"
    ADMIT = "admit"
    INSTRUCT = "instruct"
    INFORM = "inform"
    RECEIPT = "receipt"
    SUSPECT = "suspect"
    SUSPECT_EVENT = "suspect_event"
    NOTICE = "notice"
    MESSAGE = "message"
    ASSIGN = "assign"
    NOTE = "note"
    FREEZE = "freeze"
    FREEZE_STEP = "freeze_step"
    PASS = "pass"  # noqa: S105 - no password
    NO_DANGER = "no_danger"
    CLOSURE = "closure"
    PAYMENT = "payment"
    WAIVE = "waive"
    TAKE_OUT = "take_out"
    ANNUL = "annul"
    DANGER_OVER = "danger_over"
    SUSPECT_CORRECT = "suspect_correct"
    NOTICE_WITHDRAW = "notice_withdraw"
    CLOSURE_CORRECT = "closure_correct"
    RESUME = "resume"
    REOPEN = "reopen"
    SPLIT = "split"
    BREAK_HOLD = "break_hold"
    REASSIGN = "reassign"
    RETRY = "retry"
    KEEP = "keep"
    ERASE = "erase"
    COURT_HOLD = "court_hold"
    COURT_LIFT = "court_lift"
    IDENTITY_ASK = "identity_ask"
    IDENTITIES = "identities"
    DOSSIER = "dossier"


@dataclass(frozen=True)
class ActRule:
    """The row of an act."""

    moves: tuple[Move, ...]
    """Those that it makes: one of them has to be open."""
    calls: tuple[StaffCall, ...] = ()
    """The calls by which it makes them; none for all calls that do."""
    needs: tuple[Precondition, ...] = ()
    """What it acts on, where its moves do not say it."""
    needs_of_person: Callable[[StaffMember], tuple[Precondition, ...]] = lambda _: ()
    """The same where it is not the same for everybody."""

    def options(self) -> Iterator[tuple[Move, StaffCall]]:
        """Each move with each call that makes it for this act."""
        for move in self.moves:
            for call in self.calls or CALLS_BY_MOVE[move]:
                yield move, call


def _annullable(member: StaffMember) -> tuple[Precondition, ...]:
    """What a prosecutor gave at the desk, no officer takes back; and the unit alone takes back that
    it informed the office, until the dossier came."""
    office = member.role is Role.PROSECUTOR

    def holds(case: Case, facts: CaseFacts) -> bool:
        own = facts.annullable if office else facts.annullable - {Given.BY_PROSECUTOR.value}
        return bool(own) or (case.receipt_open and not office)

    return (Precondition(ClosedReason.NOTHING_TO_ANNUL, holds),)


def _ends(member: StaffMember) -> tuple[Precondition, ...]:
    """A prosecutor ends nothing by it but a case that awaits the authorisation."""
    if member.role is not Role.PROSECUTOR:
        return ()
    return (
        Precondition(
            ClosedReason.UNIT_ENDS_IT,
            lambda case, _: case.status.rule.awaits_authorisation,
        ),
    )


ACT_RULES: Final[Mapping[CaseAct, ActRule]] = {
    CaseAct.CONFIRM: ActRule((Move.CONFIRM,)),
    CaseAct.REJECT: ActRule((Move.REJECT,)),
    CaseAct.ASK: ActRule((Move.ASK,)),
    CaseAct.MERGE: ActRule((Move.MERGE,), (StaffCall.REVIEW,)),
    CaseAct.ACKNOWLEDGE: ActRule((Move.ACKNOWLEDGE,)),
    CaseAct.DECLINE: ActRule((Move.DECLINE,)),
    CaseAct.COMPARE: ActRule(
        (Move.MERGE, Move.KEEP_APART),
        (StaffCall.REVIEW, StaffCall.APART),
        needs=(Precondition(ClosedReason.NOTHING_ALIKE, lambda _, facts: facts.alike),),
    ),
    CaseAct.LOOK: ActRule((Move.LOOK,)),
    CaseAct.ADMIT: ActRule((Move.ADMIT,)),
    CaseAct.INSTRUCT: ActRule(
        (Move.AUTHORISE, Move.CHECK, Move.INSTRUCT, Move.TRANSFER, Move.CLOSE),
        (StaffCall.INSTRUCTIONS,),
    ),
    CaseAct.INFORM: ActRule((Move.INFORM,)),
    CaseAct.RECEIPT: ActRule((Move.RECEIPT,)),
    CaseAct.SUSPECT: ActRule(
        (Move.SUSPECT,),
        needs=(
            Precondition(ClosedReason.ENDED, lambda case, _: not case.status.rule.ended),
            Precondition(ClosedReason.FULL, lambda case, _: len(case.suspects) < MAX_SUSPECTS),
        ),
    ),
    CaseAct.SUSPECT_EVENT: ActRule(
        (Move.SUSPECT,),
        needs=(Precondition(ClosedReason.NO_SUSPECT, lambda case, _: bool(case.suspects)),),
    ),
    CaseAct.NOTICE: ActRule((Move.NOTICE,)),
    CaseAct.MESSAGE: ActRule((Move.MESSAGE,), (StaffCall.MESSAGES,)),
    CaseAct.ASSIGN: ActRule((Move.ASSIGN,), (StaffCall.OWNER,)),
    CaseAct.NOTE: ActRule((Move.REMARK,), (StaffCall.NOTES,)),
    CaseAct.FREEZE: ActRule(
        (Move.FREEZE,),
        needs=(
            Precondition(
                ClosedReason.NO_MONEY,
                lambda case, _: (
                    not case.status.rule.ended or DeadlineKind.MONEY in case.pending_deadlines
                ),
            ),
            Precondition(ClosedReason.FULL, lambda case, _: len(case.freezes) < MAX_FREEZES),
        ),
    ),
    CaseAct.FREEZE_STEP: ActRule(
        (Move.FREEZE,),
        needs=(
            Precondition(
                ClosedReason.NO_FREEZE,
                lambda case, _: any(each.bond is not Bond.LIFTED for each in case.freezes),
            ),
        ),
    ),
    CaseAct.PASS: ActRule((Move.PASS,)),
    CaseAct.NO_DANGER: ActRule((Move.NO_DANGER,)),
    CaseAct.CLOSURE: ActRule((Move.CLOSE,), (StaffCall.CLOSURE,), needs_of_person=_ends),
    CaseAct.PAYMENT: ActRule((Move.PAYMENT,)),
    CaseAct.WAIVE: ActRule((Move.WAIVE,)),
    CaseAct.TAKE_OUT: ActRule((Move.TAKE_OUT,)),
    CaseAct.ANNUL: ActRule((Move.ANNUL,), (StaffCall.INSTRUCTIONS,), needs_of_person=_annullable),
    CaseAct.DANGER_OVER: ActRule(
        (Move.ANNUL,),
        (StaffCall.DANGER,),
        needs=(
            Precondition(
                ClosedReason.NO_DANGER,
                lambda case, _: any(each.by is Opener.DANGER for each in case.gate),
            ),
        ),
    ),
    CaseAct.SUSPECT_CORRECT: ActRule((Move.CORRECT,), (StaffCall.SUSPECTS,)),
    CaseAct.NOTICE_WITHDRAW: ActRule((Move.NOTICE_WITHDRAWN,)),
    CaseAct.CLOSURE_CORRECT: ActRule((Move.CORRECT,), (StaffCall.CORRECTION,)),
    CaseAct.RESUME: ActRule((Move.RESUME,)),
    CaseAct.REOPEN: ActRule((Move.REOPEN,)),
    CaseAct.SPLIT: ActRule((Move.SPLIT,)),
    CaseAct.BREAK_HOLD: ActRule(
        (Move.BREAK_HOLD,),
        needs=(Precondition(ClosedReason.NOBODY_HOLDS, lambda _, facts: facts.on_hold),),
    ),
    CaseAct.REASSIGN: ActRule((Move.REASSIGN,)),
    CaseAct.RETRY: ActRule((Move.RETRY,)),
    CaseAct.KEEP: ActRule((Move.KEEP,)),
    CaseAct.ERASE: ActRule((Move.ERASE,)),
    CaseAct.COURT_HOLD: ActRule((Move.COURT_HOLD,)),
    CaseAct.COURT_LIFT: ActRule((Move.COURT_HOLD_LIFTED,)),
    CaseAct.IDENTITY_ASK: ActRule(
        (Move.IDENTITY_ASKED,),
        (StaffCall.IDENTITY_REQUESTS,),
        needs=(
            Precondition(
                ClosedReason.ENDED,
                lambda case, _: (
                    case.status.rule.unit is not UnitRelation.KEPT and not case.status.rule.ended
                ),
            ),
            Precondition(
                ClosedReason.NOT_TAKEN, lambda case, _: case.status.rule.unit is UnitRelation.TAKEN
            ),
            Precondition(ClosedReason.NO_IDENTITY, lambda _, facts: facts.identities),
        ),
    ),
    CaseAct.IDENTITIES: ActRule(
        (Move.IDENTITY_ACCEPTED, Move.IDENTITY_DOUBTED),
        needs=(Precondition(ClosedReason.NOT_ASKED, lambda _, facts: facts.asked),),
    ),
    CaseAct.DOSSIER: ActRule((Move.EXPORT,), (StaffCall.DOSSIER,)),
}
"""One row for each act."""


class ClosedAct(BaseModel, title="ClosedAct"):
    """An act of the reader's role that is not open now."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    act: CaseAct
    because: ClosedReason
    """What would refuse it first."""


@dataclass(frozen=True)
class ActsOnCase:
    """The acts of a person on a case."""

    open: tuple[CaseAct, ...]
    closed: tuple[ClosedAct, ...]
    """Those that the role has, and that are not open now."""


def list_acts(
    member: StaffMember,
    case: Case,
    now: datetime,
    facts: CaseFacts = NO_FACTS,
    offices: OfficesOf = no_known_offices,
) -> ActsOnCase:
    """The acts of the person's role on the case: the open ones, and the others with the reason."""
    facts = replace(facts, on_hold=case.active_hold(now) is not None)
    reasons = {
        act: _why_closed(rule, member, case, now, facts, offices)
        for act, rule in ACT_RULES.items()
        if _is_of_role(rule, member.role)
    }
    return ActsOnCase(
        open=tuple(act for act, why in reasons.items() if why is None),
        closed=tuple(
            ClosedAct(act=act, because=why) for act, why in reasons.items() if why is not None
        ),
    )


def annullable_instructions(events: Sequence[CaseEvent]) -> frozenset[str]:
    """How the decisions of the prosecutor came into a case that can still be annulled."""
    valid = valid_entries(events)
    return frozenset(
        str(each.data.get(INSTRUCTION_GIVEN_FIELD, Given.ENTERED.value))
        for each in list_instructions(events)
        if each.number in valid and each.move in ANNULLABLE_MOVES
    )


def _is_of_role(rule: ActRule, role: Role) -> bool:
    may = PERMISSIONS_BY_ROLE[role]
    return any(may[call] is not PermissionReach.NONE for _, call in rule.options())


def _why_closed(
    rule: ActRule,
    member: StaffMember,
    case: Case,
    now: datetime,
    facts: CaseFacts,
    offices: OfficesOf,
) -> ClosedReason | None:
    """The first reason of the way that comes furthest; None where one way is open."""
    may = PERMISSIONS_BY_ROLE[member.role]
    ways = [way for way in rule.options() if may[way[1]] is not PermissionReach.NONE]
    whys = [
        why
        for move, call in ways
        if (why := find_closed_reason(member, case, move, call, facts, offices)) is not None
    ]
    if len(whys) == len(ways):
        return whys[0]
    needs = (*rule.needs, *rule.needs_of_person(member))
    missing = next((each.because for each in needs if not each.holds(case, facts)), None)
    if missing is not None:
        return missing
    free = any(
        find_closed_reason(member, case, move, call, facts, offices) is None
        and not is_blocked_by_hold(move, case, member.subject, now)
        for move, call in ways
    )
    return None if free else ClosedReason.HELD_BY_COLLEAGUE
