"""Every act of staff on a case, as one table.

An act names the moves of the law that it may make, the body that it sends, and the fields beside
the status that the law reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from typing import Any, Final

from casework.case.case import Case
from casework.case.freezes import Bond
from casework.case.lifecycle import Move, Status
from casework.case.suspects import SuspectHappening, SuspectStanding
from casework.case.value_objects import CloseReason, DeadlineKind, Opener
from casework.decisions.permissions import StaffCall, responsible_unit
from casework.moves.freezes import MAX_FREEZES
from harness.people.case_client import CaseBook, CaseCall, CaseClient, can_happen

ANY_MOVE: Final = tuple(Move)
"""Of an act that the law allows in every status."""
ENDING_MOVES: Final = frozenset({Move.REJECT, Move.CLOSE})
"""Whoever makes one names the last report that they saw."""
KNOWING_MOVES: Final = ENDING_MOVES | {Move.CONFIRM, Move.ASK, Move.NO_DANGER}
"""Whoever makes one names the last entry that they saw."""
UNDONE_WEIGHT: Final = 48
"""More than that of any other."""
ILLEGAL: Final = frozenset({409})
SELDOM_WEIGHT: Final = 0.05
"""Weight of an act that the law allows in nearly every status."""


GONE_STATUSES: Final = frozenset({Status.MERGED, Status.ERASED})
"""Where no other case can be named any more."""


@dataclass(frozen=True)
class ActKind:
    """One kind of act."""

    moves: tuple[Move, ...]
    """Of the law, that it may make."""
    call: StaffCall | None = None
    """None for acts of reporters and of time."""
    make: Callable[[CaseClient, Case], CaseCall | None] = lambda *_: CaseCall("")
    """The body of the call, with a choice that the law allows; None without another case."""
    allowed: Callable[[CaseBook, Case, CaseCall], bool] = lambda *_: True
    """The fields beside the status that the law reads."""
    refused: frozenset[int] = ILLEGAL
    """The answer when the law does not allow the act."""
    weight: float = 1
    """Weight of the act among those that the law allows, before it has been done often."""
    has_a_point: Callable[[CaseBook, Case], bool] = lambda *_: True
    """Whether the act applies to this case, in any status."""
    opens: tuple[str, ...] = ()
    """Acts that have a point after this one alone: it is as rare as the rarest of them."""

    def weigh(self, name: str, acts: Container[str], done: Counter[str]) -> float:
        """The weight of an act by this name among others, which were done so often: one that
        nobody has done, or that opens such a one, comes first."""
        often = min(done[each] for each in (name, *self.opens) if each in acts)
        return self.weight / often if often else UNDONE_WEIGHT

    def seen_fields(self, report: int, entry: int) -> dict[str, int]:
        """How the call names the last report and the last entry that its sender saw."""
        shown = {} if not report or ENDING_MOVES.isdisjoint(self.moves) else {"shown": report}
        return shown if KNOWING_MOVES.isdisjoint(self.moves) else {**shown, "seen": entry}


def is_reported(book: CaseBook, case: Case) -> bool:
    """Whether a reporter who can be followed opened the case."""
    return case.opened_by in book.receipts


def has_paused_for_reporter(book: CaseBook, case: Case) -> bool:
    """Whether the case waits for the answer of a reporter who can be followed."""
    return case.paused is not None and case.paused.report in book.receipts


def _of_a_unit(book: CaseBook, case: Case) -> bool:
    return responsible_unit(case) is not None


def _at_the_gate(book: CaseBook, case: Case) -> bool:
    return case.status is Status.AWAITING_AUTHORISATION


def _unread(book: CaseBook, case: Case) -> bool:
    return case.status is Status.PUBLISHED and not (case.referral and case.referral.opened_at)


def _has_suspects(book: CaseBook, case: Case) -> bool:
    return bool(case.suspects)


def _due_again(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    return case.retention is not None and case.retention.level > 0


def _into_another(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    free = case.moving is None and not case.court_holds
    return free and sent.other is not None and sent.other.joinable


def _apart(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    if sent.other is None or sent.other.court_holds:
        return False
    return sent.other.status not in GONE_STATUSES


def _can_be_closed(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    refused = sent.content is not None and sent.content["reason"] == "authorisation_refused"
    return refused == (case.status is Status.AWAITING_AUTHORISATION)


def _can_be_frozen(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    awaited = not case.status.rule.ended or DeadlineKind.MONEY in case.pending_deadlines
    return awaited and len(case.freezes) < MAX_FREEZES


def _can_be_taken(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    return 1 <= sent.number <= len(case.freezes) and (
        case.freezes[sent.number - 1].bond is not Bond.LIFTED
    )


def _another_reason(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    possible = case.closed not in {None, CloseReason.AUTHORISATION_REFUSED}
    return case.status is Status.CLOSED and possible


def _was_rejected(book: CaseBook, case: Case, sent: CaseCall) -> bool:
    return case.closed is not None and case.closed.is_review_reason


def _closed(book: CaseBook, case: Case) -> bool:
    return case.status is Status.CLOSED


def _review(move: Move, weight: float, **said: Any) -> ActKind:
    """A decision at review."""
    content = {"outcome": move.value, **said}
    return ActKind(
        (move,), StaffCall.REVIEW, lambda *_: CaseCall("/review", content), weight=weight
    )


def _unit(move: Move, call: StaffCall, **said: Any) -> ActKind:
    """A decision of the unit the case stands with."""
    return ActKind((move,), call, lambda *_: CaseCall(f"/{call}", said), has_a_point=_of_a_unit)


def _instruction(kind: str, *moves: Move, allowed: Any = lambda *_: True, **said: Any) -> ActKind:
    """A decision of the prosecutor, as the unit enters it."""

    def make(client: CaseClient, case: Case) -> CaseCall:
        return client.instruct(kind, **said)

    return ActKind(moves, StaffCall.INSTRUCTIONS, make, allowed, has_a_point=_of_a_unit)


def _happening(happening: SuspectHappening, weight: float) -> ActKind:
    return ActKind(
        (Move.SUSPECT,),
        StaffCall.SUSPECTS,
        lambda client, case: client.happens(case, happening),
        lambda book, case, sent: can_happen(case, sent.number, happening),
        refused=frozenset({404, 409}),
        weight=weight,
        has_a_point=_has_suspects,
        opens=("suspect lapsed", "suspect cancelled")
        if happening is SuspectHappening.WANTED
        else (),
    )


def _reading(*moves: Move, call: StaffCall, path: str = "") -> ActKind:
    return ActKind(moves, call, lambda *_: CaseCall(path, method="GET"), weight=SELDOM_WEIGHT)


STAFF_ACTS: Final[dict[str, ActKind]] = {
    # at review
    "confirm": ActKind((Move.CONFIRM,), StaffCall.REVIEW, CaseClient.confirm, weight=12),
    "reject": _review(Move.REJECT, 1, reason="duplicate"),
    "reopen": replace(
        _review(Move.REOPEN, 6, because="error"), allowed=_was_rejected, has_a_point=_closed
    ),
    "ask": ActKind(
        (Move.ASK,),
        StaffCall.REVIEW,
        lambda *_: CaseCall("/review", {"outcome": "ask", "question": "Quel jour était-ce ?"}),
        lambda book, case, _: is_reported(book, case) and case.moving is None and book.hears(case),
        refused=frozenset({409, 422}),
        weight=3,
        has_a_point=is_reported,
        opens=("answer", "silence"),
    ),
    "merge": ActKind(
        (Move.MERGE,),
        StaffCall.REVIEW,
        CaseClient.merge,
        lambda book, case, sent: (
            case.status is Status.IN_REVIEW and _into_another(book, case, sent)
        ),
    ),
    "keep apart": ActKind(
        (Move.KEEP_APART,),
        StaffCall.APART,
        CaseClient.keep_apart,
        lambda _, __, sent: sent.other is not None and sent.other.status not in GONE_STATUSES,
        weight=SELDOM_WEIGHT,
    ),
    "split": ActKind((Move.SPLIT,), StaffCall.REVIEW, CaseClient.split, _apart, weight=2),
    # of the unit
    "accept": ActKind(
        (Move.ACKNOWLEDGE,),
        StaffCall.ACKNOWLEDGEMENT,
        lambda *_: CaseCall("/acknowledgement", {"outcome": "accept"}),
        weight=12,
        has_a_point=_of_a_unit,
    ),
    "decline": ActKind(
        (Move.DECLINE,),
        StaffCall.ACKNOWLEDGEMENT,
        CaseClient.decline,
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
    "join": ActKind(
        (Move.MERGE,),
        StaffCall.INSTRUCTIONS,
        CaseClient.join,
        lambda book, case, sent: (
            case.status is not Status.IN_REVIEW
            and _into_another(book, case, sent)
            and responsible_unit(sent.other or case) == responsible_unit(case)
        ),
        # Another unit's case is answered like none.
        refused=ILLEGAL | {404},
        has_a_point=_of_a_unit,
    ),
    "transfer": ActKind(
        (Move.TRANSFER,),
        StaffCall.INSTRUCTIONS,
        lambda client, case: client.instruct("transfer", unit=client.elsewhere(case)),
        has_a_point=_of_a_unit,
    ),
    "close": _instruction(
        "close",
        Move.CLOSE,
        allowed=lambda _, case, __: case.status is not Status.AWAITING_AUTHORISATION,
        ground="no_offence",
    ),
    "annul": ActKind(
        (Move.ANNUL,),
        StaffCall.INSTRUCTIONS,
        CaseClient.annul,
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
    "no danger": ActKind(
        (Move.NO_DANGER,),
        StaffCall.DANGER,
        lambda *_: CaseCall(
            "/danger", {"outcome": "no_danger", "reason": "C'est une chanson.", "dangers": 999}
        ),
        lambda _, case, __: case.imminent,
        weight=3,
        has_a_point=lambda _, case: case.imminent,
    ),
    "suspect": ActKind(
        (Move.SUSPECT,),
        StaffCall.SUSPECTS,
        lambda *_: CaseCall("/suspects", {}),
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
    "correct": ActKind(
        (Move.CORRECT,),
        StaffCall.SUSPECTS,
        CaseClient.corrects,
        lambda book, case, sent: (
            1 <= sent.number <= len(case.suspects)
            and case.suspects[sent.number - 1] != SuspectStanding.WITHDRAWN
        ),
        refused=frozenset({404, 409}),
        weight=2,
        has_a_point=_has_suspects,
    ),
    "ended otherwise": ActKind(
        (Move.CORRECT,),
        StaffCall.CORRECTION,
        CaseClient.ends_otherwise,
        _another_reason,
        weight=2,
        has_a_point=lambda _, case: case.closed is not None,
    ),
    "notice": ActKind(
        (Move.NOTICE,),
        StaffCall.NOTICE,
        lambda *_: CaseCall("/notice", {"told": "lawyer", "means": "letter"}),
        lambda _, case, __: case.notice is not None,
        weight=12,
        has_a_point=_of_a_unit,
        opens=("notice withdrawn",),
    ),
    "notice withdrawn": ActKind(
        (Move.NOTICE_WITHDRAWN,),
        StaffCall.NOTICE,
        lambda *_: CaseCall("/notice/withdrawal", {"reason": "La lettre est revenue."}),
        lambda _, case, __: case.noticed > 0,
        weight=6,
        has_a_point=lambda _, case: case.noticed > 0,
    ),
    "closure": ActKind(
        (Move.CLOSE,),
        StaffCall.CLOSURE,
        CaseClient.close,
        _can_be_closed,
        has_a_point=_of_a_unit,
    ),
    "end withdrawn": ActKind(
        (Move.RESUME,),
        StaffCall.CORRECTION,
        lambda *_: CaseCall("/closure/withdrawal", {"reason": "Saisi par erreur."}),
        lambda _, case, __: case.final_unit is not None,
        weight=2,
        has_a_point=lambda _, case: case.final_unit is not None,
    ),
    # of the duty desk and of supervisors
    "reassign": ActKind(
        (Move.REASSIGN,),
        StaffCall.REASSIGN,
        lambda client, case: CaseCall("/reassign", {"unit": client.elsewhere(case)}),
        weight=SELDOM_WEIGHT,
    ),
    "retry": ActKind(
        (Move.RETRY,),
        StaffCall.RETRY,
        lambda *_: CaseCall("/retry", {}),
        lambda _, case, __: case.stuck is not None,
        weight=3,
    ),
    "keep": ActKind((Move.KEEP,), StaffCall.RETENTION, CaseClient.keep, _due_again, weight=3),
    "erase": ActKind(
        (Move.PROPOSE,),
        StaffCall.RETENTION,
        lambda *_: CaseCall("/retention", {"outcome": "erase"}),
        lambda book, case, sent: (
            case.status is Status.CLOSED and not case.court_holds and _due_again(book, case, sent)
        ),
    ),
    "court hold": ActKind(
        (Move.COURT_HOLD,),
        StaffCall.RETENTION,
        CaseClient.court_hold,
        weight=SELDOM_WEIGHT,
        opens=("court lets go",),
    ),
    "court lets go": ActKind(
        (Move.COURT_HOLD_LIFTED,),
        StaffCall.RETENTION,
        CaseClient.court_lets_go,
        lambda _, case, __: bool(case.court_holds),
        weight=3,
        has_a_point=lambda _, case: bool(case.court_holds),
    ),
    # of everybody
    "message": ActKind(
        (Move.MESSAGE,),
        StaffCall.MESSAGES,
        lambda *_: CaseCall("/messages", {"text": "Merci."}),
        weight=SELDOM_WEIGHT,
    ),
    "dossier": _reading(Move.EXPORT, call=StaffCall.DOSSIER, path="/dossier"),
    "read": _reading(*ANY_MOVE, call=StaffCall.CASE),
    "open": replace(_reading(*ANY_MOVE, call=StaffCall.CASE), weight=3, has_a_point=_unread),
    "hold": ActKind(
        ANY_MOVE,
        StaffCall.HOLD,
        lambda *_: CaseCall("/hold"),
        weight=SELDOM_WEIGHT,
        opens=("give back", "break"),
    ),
    "give back": ActKind(
        ANY_MOVE,
        StaffCall.HOLD,
        lambda *_: CaseCall("/hold", method="DELETE"),
        weight=SELDOM_WEIGHT,
    ),
    # of money that may be held back
    "payment": ActKind((Move.PAYMENT,), StaffCall.FREEZES, CaseClient.payment, weight=2),
    "freeze": ActKind(
        (Move.FREEZE,),
        StaffCall.FREEZES,
        CaseClient.begins_freeze,
        _can_be_frozen,
        weight=2,
    ),
    "freeze step": ActKind(
        (Move.FREEZE,),
        StaffCall.FREEZES,
        CaseClient.takes_step,
        _can_be_taken,
        refused=frozenset({404, 409}),
        weight=6,
        has_a_point=lambda _, case: bool(case.freezes),
    ),
    "waive": ActKind(
        (Move.WAIVE,),
        StaffCall.FREEZES,
        lambda *_: CaseCall("/payments/waiver", {"reason": "no_payment"}),
        lambda _, case, __: DeadlineKind.MONEY in case.pending_deadlines,
        has_a_point=lambda _, case: case.money is not None,
    ),
    "break": ActKind(
        (Move.BREAK_HOLD,),
        StaffCall.BREAK_HOLD,
        lambda *_: CaseCall("/hold/break", {"reason": "Elle est partie."}),
        lambda book, case, _: case.active_hold(book.now()) is not None,
        weight=3,
        has_a_point=lambda book, case: case.active_hold(book.now()) is not None,
    ),
}
