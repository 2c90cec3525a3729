"""Every act of staff, of reporters and of time on a case, as one table.

An act names the moves of the law that it may make, the body that it sends, and the fields beside
the status that the law reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from casework.case.case import Case
from casework.case.freezes import Bond
from casework.case.lifecycle import Move, Status
from casework.case.suspects import SuspectHappening, SuspectStanding
from casework.case.value_objects import CloseReason, DeadlineKind, Opener
from casework.decisions.permissions import StaffCall, responsible_unit
from casework.moves.deadlines import escalate_missed_deadline
from casework.moves.executions import mark_stuck
from casework.moves.freezes import MAX_FREEZES
from tests.e2e.clerk import LONG
from tests.e2e.hands import TIME_TELLS, Hand, Sent, World, can_happen

STUCK: Final = "retries_exhausted"
ILLEGAL: Final = frozenset({409})
SELDOM: Final = 0.05
"""Weight of an act that the law allows in nearly every status."""


GONE: Final = frozenset({Status.MERGED, Status.ERASED})
"""Where no other case can be named any more."""


@dataclass(frozen=True)
class Act:
    """One kind of act."""

    moves: tuple[Move, ...]
    """Of the law, that it may make."""
    call: StaffCall | None = None
    """None for acts of reporters and of time."""
    make: Callable[[Hand, Case], Sent] = lambda *_: Sent("")
    """The body of the call, with a choice that the law allows."""
    allowed: Callable[[World, Case, Sent], bool] = lambda *_: True
    """The fields beside the status that the law reads."""
    refused: frozenset[int] = ILLEGAL
    """The answer when the law does not allow the act."""
    do: Callable[[Hand, Case], int] | None = None
    """Of a reporter or of time, the status of the answer; 0 when there is none to expect."""
    weight: float = 1
    """Weight of the act among those that the law allows, before it has been done often."""
    has_a_point: Callable[[World, Case], bool] = lambda *_: True
    """Whether the act applies to this case, in any status."""
    opens: tuple[str, ...] = ()
    """Acts that have a point after this one alone: it is as rare as the rarest of them."""


def _reported(world: World, case: Case) -> bool:
    return case.opened_by in world.receipts


def _asked(world: World, case: Case) -> bool:
    return case.paused is not None and case.paused.report in world.receipts


def _of_a_unit(world: World, case: Case) -> bool:
    return responsible_unit(case) is not None


def _at_the_gate(world: World, case: Case) -> bool:
    return case.status is Status.AWAITING_AUTHORISATION


def _unread(world: World, case: Case) -> bool:
    return case.status is Status.PUBLISHED and not (case.referral and case.referral.opened_at)


def _has_suspects(world: World, case: Case) -> bool:
    return bool(case.suspects)


def _due_again(world: World, case: Case, sent: Sent) -> bool:
    return case.retention is not None and case.retention.level > 0


def _into_another(world: World, case: Case, sent: Sent) -> bool:
    assert sent.other is not None
    return case.moving is None and sent.other.joinable and not case.court_holds


def _apart(world: World, case: Case, sent: Sent) -> bool:
    if sent.other is None or sent.other.court_holds:
        return False
    return sent.other.status not in GONE


def _can_be_closed(world: World, case: Case, sent: Sent) -> bool:
    refused = sent.content is not None and sent.content["reason"] == "authorisation_refused"
    return refused == (case.status is Status.AWAITING_AUTHORISATION)


def _can_be_frozen(world: World, case: Case, sent: Sent) -> bool:
    awaited = not case.status.rule.ended or DeadlineKind.MONEY in case.pending_deadlines
    return awaited and len(case.freezes) < MAX_FREEZES


def _can_be_taken(world: World, case: Case, sent: Sent) -> bool:
    return 1 <= sent.number <= len(case.freezes) and (
        case.freezes[sent.number - 1].bond is not Bond.LIFTED
    )


def _another_reason(world: World, case: Case, sent: Sent) -> bool:
    possible = case.closed not in {None, CloseReason.AUTHORISATION_REFUSED}
    return case.status is Status.CLOSED and possible


def _was_rejected(world: World, case: Case, sent: Sent) -> bool:
    return case.closed is not None and case.closed.is_review_reason


def _closed(world: World, case: Case) -> bool:
    return case.status is Status.CLOSED


def _review(move: Move, weight: float, **said: Any) -> Act:
    """A decision at review."""
    content = {"outcome": move.value, **said}
    return Act((move,), StaffCall.REVIEW, lambda *_: Sent("/review", content), weight=weight)


def _unit(move: Move, call: StaffCall, **said: Any) -> Act:
    """A decision of the unit the case stands with."""
    return Act((move,), call, lambda *_: Sent(f"/{call}", said), has_a_point=_of_a_unit)


def _instruction(kind: str, *moves: Move, allowed: Any = lambda *_: True, **said: Any) -> Act:
    """A decision of the prosecutor, as the unit enters it."""

    def make(hand: Hand, case: Case) -> Sent:
        return hand.instruct(kind, **said)

    return Act(moves, StaffCall.INSTRUCTIONS, make, allowed, has_a_point=_of_a_unit)


def _happening(happening: SuspectHappening, weight: float) -> Act:
    return Act(
        (Move.SUSPECT,),
        StaffCall.SUSPECTS,
        lambda hand, case: hand.happens(case, happening),
        lambda world, case, sent: can_happen(case, sent.number, happening),
        refused=frozenset({404, 409}),
        weight=weight,
        has_a_point=_has_suspects,
        opens=("suspect lapsed", "suspect cancelled")
        if happening is SuspectHappening.WANTED
        else (),
    )


def _reading(*moves: Move, call: StaffCall, path: str = "") -> Act:
    return Act(moves, call, lambda *_: Sent(path, method="GET"), weight=SELDOM)


ACTS: Final[dict[str, Act]] = {
    # at review
    "confirm": Act((Move.CONFIRM,), StaffCall.REVIEW, Hand.confirm, weight=12),
    "reject": _review(Move.REJECT, 1, reason="duplicate"),
    "reopen": replace(
        _review(Move.REOPEN, 6, because="error"), allowed=_was_rejected, has_a_point=_closed
    ),
    "ask": Act(
        (Move.ASK,),
        StaffCall.REVIEW,
        lambda *_: Sent("/review", {"outcome": "ask", "question": "Quel jour était-ce ?"}),
        lambda world, case, _: _reported(world, case) and case.moving is None and world.hears(case),
        refused=frozenset({409, 422}),
        weight=3,
        has_a_point=_reported,
        opens=("answer", "silence"),
    ),
    "merge": Act(
        (Move.MERGE,),
        StaffCall.REVIEW,
        Hand.merge,
        lambda world, case, sent: (
            case.status is Status.IN_REVIEW and _into_another(world, case, sent)
        ),
    ),
    "keep apart": Act(
        (Move.KEEP_APART,),
        StaffCall.APART,
        Hand.keep_apart,
        lambda _, __, sent: sent.other is not None and sent.other.status not in GONE,
        weight=SELDOM,
    ),
    "split": Act((Move.SPLIT,), StaffCall.REVIEW, Hand.split, _apart, weight=2),
    # of the unit
    "accept": Act(
        (Move.ACKNOWLEDGE,),
        StaffCall.ACKNOWLEDGEMENT,
        lambda *_: Sent("/acknowledgement", {"outcome": "accept"}),
        weight=12,
        has_a_point=_of_a_unit,
    ),
    "decline": Act(
        (Move.DECLINE,),
        StaffCall.ACKNOWLEDGEMENT,
        Hand.decline,
        weight=2,
        has_a_point=_of_a_unit,
    ),
    "authorise": replace(  # on a case past the gate it is one more instruction
        _instruction("authorise", Move.AUTHORISE, Move.INSTRUCT),
        weight=12,
        has_a_point=_at_the_gate,
    ),
    "order checks": _instruction("order_checks", Move.CHECK),
    "investigate": replace(
        _instruction("investigate", Move.INSTRUCT), opens=("notice", "notice withdrawn")
    ),
    "complete": _instruction("complete", Move.INSTRUCT),
    "join": Act(
        (Move.MERGE,),
        StaffCall.INSTRUCTIONS,
        Hand.join,
        lambda world, case, sent: (
            case.status is not Status.IN_REVIEW
            and _into_another(world, case, sent)
            and responsible_unit(sent.other or case) == responsible_unit(case)
        ),
        # Another unit's case is answered like none.
        refused=ILLEGAL | {404},
        has_a_point=_of_a_unit,
    ),
    "transfer": Act(
        (Move.TRANSFER,),
        StaffCall.INSTRUCTIONS,
        lambda hand, case: hand.instruct("transfer", unit=hand.elsewhere(case)),
        has_a_point=_of_a_unit,
    ),
    "close": _instruction(
        "close",
        Move.CLOSE,
        allowed=lambda _, case, __: case.status is not Status.AWAITING_AUTHORISATION,
        ground="no_offence",
    ),
    "annul": Act(
        (Move.ANNUL,),
        StaffCall.INSTRUCTIONS,
        Hand.annul,
        lambda _, __, sent: sent.number > 0,
        refused=frozenset({409, 422}),
        weight=6,
        has_a_point=_of_a_unit,
    ),
    "danger": replace(
        _unit(
            Move.PASS, StaffCall.DANGER, outcome="pass", danger="life", ground="Il est à la porte."
        ),
        weight=6,
    ),
    "withdraw": replace(
        _unit(Move.ANNUL, StaffCall.DANGER, outcome="withdraw", reason="Il est parti."),
        allowed=lambda _, case, __: any(each.by is Opener.DANGER for each in case.gate),
        weight=3,
    ),
    "no danger": Act(
        (Move.NO_DANGER,),
        StaffCall.DANGER,
        lambda *_: Sent(
            "/danger", {"outcome": "no_danger", "reason": "C'est une chanson.", "dangers": 999}
        ),
        lambda _, case, __: case.imminent,
        weight=3,
        has_a_point=lambda _, case: case.imminent,
    ),
    "suspect": Act(
        (Move.SUSPECT,),
        StaffCall.SUSPECTS,
        lambda *_: Sent("/suspects", {}),
        lambda _, case, __: not case.status.rule.ended,
        weight=6,
        has_a_point=_of_a_unit,
        opens=("suspect wanted", "suspect lapsed", "suspect arrested", "suspect presented"),
    ),
    **{
        f"suspect {happening}": _happening(happening, weight)
        for happening, weight in {
            SuspectHappening.WANTED: 12,
            SuspectHappening.LAPSED: 12,
            SuspectHappening.CANCELLED: 12,
            SuspectHappening.ARRESTED: 2,
            SuspectHappening.PRESENTED: 2,
        }.items()
    },
    "correct": Act(
        (Move.CORRECT,),
        StaffCall.SUSPECTS,
        Hand.corrects,
        lambda world, case, sent: (
            1 <= sent.number <= len(case.suspects)
            and case.suspects[sent.number - 1] != SuspectStanding.WITHDRAWN
        ),
        refused=frozenset({404, 409}),
        weight=2,
        has_a_point=_has_suspects,
    ),
    "ended otherwise": Act(
        (Move.CORRECT,),
        StaffCall.CORRECTION,
        Hand.ends_otherwise,
        _another_reason,
        weight=2,
        has_a_point=lambda _, case: case.closed is not None,
    ),
    "notice": Act(
        (Move.NOTICE,),
        StaffCall.NOTICE,
        lambda *_: Sent("/notice", {"told": "lawyer", "means": "letter"}),
        lambda _, case, __: case.notice is not None,
        weight=12,
        has_a_point=_of_a_unit,
        opens=("notice withdrawn",),
    ),
    "notice withdrawn": Act(
        (Move.NOTICE_WITHDRAWN,),
        StaffCall.NOTICE,
        lambda *_: Sent("/notice/withdrawal", {"reason": "La lettre est revenue."}),
        lambda _, case, __: case.noticed > 0,
        weight=6,
        has_a_point=lambda _, case: case.noticed > 0,
    ),
    "closure": Act(
        (Move.CLOSE,),
        StaffCall.CLOSURE,
        Hand.close,
        _can_be_closed,
        has_a_point=_of_a_unit,
    ),
    "end withdrawn": Act(
        (Move.RESUME,),
        StaffCall.CORRECTION,
        lambda *_: Sent("/closure/withdrawal", {"reason": "Saisi par erreur."}),
        lambda _, case, __: case.final_unit is not None,
        weight=2,
        has_a_point=lambda _, case: case.final_unit is not None,
    ),
    # of the duty desk and of supervisors
    "reassign": Act(
        (Move.REASSIGN,),
        StaffCall.REASSIGN,
        lambda hand, case: Sent("/reassign", {"unit": hand.elsewhere(case)}),
        weight=SELDOM,
    ),
    "retry": Act(
        (Move.RETRY,),
        StaffCall.RETRY,
        lambda *_: Sent("/retry", {}),
        lambda _, case, __: case.stuck is not None,
        weight=3,
    ),
    "keep": Act((Move.KEEP,), StaffCall.RETENTION, Hand.keep, _due_again, weight=3),
    "erase": Act(
        (Move.PROPOSE,),
        StaffCall.RETENTION,
        lambda *_: Sent("/retention", {"outcome": "erase"}),
        lambda world, case, sent: (
            case.status is Status.CLOSED and not case.court_holds and _due_again(world, case, sent)
        ),
    ),
    "court hold": Act(
        (Move.COURT_HOLD,),
        StaffCall.RETENTION,
        Hand.court_hold,
        weight=SELDOM,
        opens=("court lets go",),
    ),
    "court lets go": Act(
        (Move.COURT_HOLD_LIFTED,),
        StaffCall.RETENTION,
        Hand.court_lets_go,
        lambda _, case, __: bool(case.court_holds),
        weight=3,
        has_a_point=lambda _, case: bool(case.court_holds),
    ),
    # of everybody
    "message": Act(
        (Move.MESSAGE,),
        StaffCall.MESSAGES,
        lambda *_: Sent("/messages", {"text": "Merci."}),
        weight=SELDOM,
    ),
    "dossier": _reading(Move.EXPORT, call=StaffCall.DOSSIER, path="/dossier"),
    "read": _reading(*Move, call=StaffCall.CASE),
    "open": replace(_reading(*Move, call=StaffCall.CASE), weight=3, has_a_point=_unread),
    "hold": Act(
        tuple(Move),
        StaffCall.HOLD,
        lambda *_: Sent("/hold"),
        weight=SELDOM,
        opens=("give back", "break"),
    ),
    "give back": Act(
        tuple(Move), StaffCall.HOLD, lambda *_: Sent("/hold", method="DELETE"), weight=SELDOM
    ),
    # of money that may be held back
    "payment": Act((Move.PAYMENT,), StaffCall.FREEZES, Hand.payment, weight=2),
    "freeze": Act(
        (Move.FREEZE,),
        StaffCall.FREEZES,
        Hand.begins_freeze,
        _can_be_frozen,
        weight=2,
    ),
    "freeze step": Act(
        (Move.FREEZE,),
        StaffCall.FREEZES,
        Hand.takes_step,
        _can_be_taken,
        refused=frozenset({404, 409}),
        weight=6,
        has_a_point=lambda _, case: bool(case.freezes),
    ),
    "waive": Act(
        (Move.WAIVE,),
        StaffCall.FREEZES,
        lambda *_: Sent("/payments/waiver", {"reason": "no_payment"}),
        lambda _, case, __: DeadlineKind.MONEY in case.pending_deadlines,
        has_a_point=lambda _, case: case.money is not None,
    ),
    "break": Act(
        (Move.BREAK_HOLD,),
        StaffCall.BREAK_HOLD,
        lambda *_: Sent("/hold/break", {"reason": "Elle est partie."}),
        lambda _, case, __: case.active_hold(datetime.now(UTC)) is not None,
        weight=3,
        has_a_point=lambda _, case: case.active_hold(datetime.now(UTC)) is not None,
    ),
    # of reporters
    "answer": Act((Move.ANSWER,), do=Hand.adds, weight=24, has_a_point=_asked),
    "silence": Act(
        (Move.UNANSWERED,),
        do=lambda hand, case: hand.time_passes(case, {DeadlineKind.ANSWER}),
        weight=9,
        has_a_point=_asked,
    ),
    "addition": Act((Move.TRANSFER, Move.ACKNOWLEDGE), do=Hand.adds, has_a_point=_reported),
    "another report": Act(
        (Move.RAISE,),
        do=Hand.another_report,
        has_a_point=lambda world, case: case.id in world.phones,
    ),
    # of time, and of a service that fails
    "time passes": Act(
        (Move.OVERDUE,),
        do=lambda hand, case: hand.time_passes(case, TIME_TELLS),
        has_a_point=lambda _, case: bool(case.pending_deadlines.keys() & TIME_TELLS),
    ),
    "stuck": Act(
        (Move.STICK,),
        do=lambda hand, case: hand.beside_people(
            case, lambda now: None if now.stuck else mark_stuck(now, datetime.now(UTC), STUCK)
        ),
        has_a_point=lambda _, case: case.stuck is None,
        weight=0.5,
        opens=("retry",),
    ),
    "late": Act(
        (Move.ESCALATE,),
        do=lambda hand, case: hand.beside_people(
            case, lambda now: escalate_missed_deadline(now, datetime.now(UTC), LONG * 3)
        ),
        weight=0.5,
    ),
}
