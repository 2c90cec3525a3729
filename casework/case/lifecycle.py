"""The law of a case: every move of a case is in this file.

`LEGAL[status][move]` is the status after the move. A missing entry is one refusal, `IllegalMove`,
and nothing changes. `NOTES` are facts that are recorded in a status without leaving it, and on
which no decision depends. `GATED` is where a move leads instead while the pack's gate is shut.
Only what a person decides opens the gate or shuts it again.
`docs/lifecycle.md` is drawn from these tables.
"""

from __future__ import annotations

from enum import StrEnum

from casework.errors import AuthorisationAwaited, IllegalMove


class Status(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    """Opened from a report; the assessment is owed."""
    IN_REVIEW = "in_review"
    """Waiting for an analyst, or for a supervisor after too many declines."""
    AWAITING_ANSWER = "awaiting_answer"
    """The reporter was asked; the answer or its deadline brings the case back to the review."""
    REVIEWED = "reviewed"
    """The analyst confirmed it; the referral is owed."""
    QUEUED = "queued"
    """The referral names a unit; the unit is not told yet."""
    PUBLISHED = "published"
    """The unit was told; its acknowledgement is awaited."""
    DECLINED = "declined"
    """The unit named another as competent; the reroute is owed."""
    AWAITING_AUTHORISATION = "awaiting_authorisation"
    """A unit holds the case and may not inquire before the prosecutor authorises it."""
    ACKNOWLEDGED = "acknowledged"
    """A unit holds the case."""
    MERGED = "merged"
    """Its reports and identifiers are in another case, which goes on."""
    CLOSED = "closed"
    """Ended with a reason."""
    ERASED = "erased"
    """Ended, and people decided to erase it: nothing is written about its reporters any more, what
    was is being erased, and its history and its count stay."""


class Move(StrEnum):
    """What happens to a case."""

    OPEN = "open"
    ASSESS = "assess"
    SET_ASIDE = "set_aside"
    """No machine can read the report that opened it: people review it as it is."""
    PROPOSE = "propose"
    """A first person decided; the pack wants a second one to decide the same."""
    CONFIRM = "confirm"
    REJECT = "reject"
    REOPEN = "reopen"
    """A rejection was wrong, or is no longer right: the case is reviewed again."""
    ASK = "ask"
    ANSWER = "answer"
    UNANSWERED = "unanswered"
    MERGE = "merge"
    SPLIT = "split"
    TAKE_OUT = "take_out"
    """A report that does not belong to the case opens its own."""
    REFER = "refer"
    PUBLISH = "publish"
    """The unit was told: its time to acknowledge runs."""
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    REROUTE = "reroute"
    CONTEST = "contest"
    AUTHORISE = "authorise"
    """The prosecutor authorises the inquiry."""
    PASS = "pass"  # noqa: S105 - no password
    """Danger is imminent: a person passes the gate, for a recorded reason."""
    IDENTITY_ACCEPTED = "identity_accepted"
    """Who opened a reporter's identity takes it for true: the gate is open."""
    IDENTITY_DOUBTED = "identity_doubted"
    """Who opened a reporter's identity does not take it for true, or no more."""
    ANNUL = "annul"
    """An entry of the case, an instruction or what opened the gate, holds no more."""
    NO_DANGER = "no_danger"
    """A person looked and sees no imminent danger."""
    BREAK_HOLD = "break_hold"
    """A supervisor ends the time for which a colleague works on the case alone."""
    CHECK = "check"
    """The prosecutor orders checks of seriousness."""
    INSTRUCT = "instruct"
    """The prosecutor's decision on an inquiry: authorise, investigate, complete."""
    SUSPECT = "suspect"
    """A suspect was identified, or something happened to one."""
    CORRECT = "correct"
    """An earlier entry was an error: what happened to a suspect, or the reason of the end."""
    PAYMENT = "payment"
    """Staff were told of a payment: by telephone, by a bank."""
    FREEZE = "freeze"
    """A step to hold money back: named, told, asked, authorised, ordered, answered, lifted."""
    WAIVE = "waive"
    """Money that may still be held back is not pursued, for a reason."""
    NOTICE = "notice"
    """The complainant was told of the prosecutor's decision."""
    NOTICE_WITHDRAWN = "notice_withdrawn"
    """They were not: that was recorded in error, and is owed again."""
    TRANSFER = "transfer"
    REASSIGN = "reassign"
    CLOSE = "close"
    RESUME = "resume"
    """A unit's case was ended in error: the unit goes on with it."""
    KEEP = "keep"
    """An ended case whose time has passed is kept longer, for a ground."""
    ERASE = "erase"
    """An ended case whose time has passed is to be erased, and what was merged into it."""
    END_TRIAL = "end_trial"
    """Whoever tried the platform is done: a trial is to be erased, wherever it stands. No case of
    people's reports takes this move."""
    RETRY = "retry"
    """People let the workflow of a stuck case try again."""

    ADMIT = "admit"
    """A person accepts that reports which joined the case belong to it."""
    ALERT = "alert"
    SUGGEST = "suggest"
    """A report names what belongs to this case and to another: they may be about the same."""
    RAISE = "raise"
    """A report that joined the case, or what a reporter added, tells of more than the case did."""
    MONEY = "money"
    """A report or an addition tells of money that left so lately that it may be held back."""
    ESCALATE = "escalate"
    UNDELIVERED = "undelivered"
    UNREADABLE = "unreadable"
    """No machine can read what a reporter added: people read it as it is."""
    STICK = "stick"
    ADD = "add"
    """A reporter added to their report: more facts, an answer, a correction or a withdrawal."""
    LOOK = "look"
    """A person looked at what was added to a case that a unit holds, or that had ended."""
    MESSAGE = "message"
    """People who work on the case wrote to its reporters."""
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_RELEASED = "identity_released"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_OPENED = "identity_opened"
    ERASED = "erased"
    """A report of the case was erased."""
    READ = "read"
    """An officer of the unit opened the referral for the first time."""
    EXPORT = "export"
    """Somebody took the dossier."""
    ABSORB = "absorb"
    """Another case was merged into this one."""
    RELEASE = "release"
    """A merged case stands on its own again."""
    OVERDUE = "overdue"
    """A deadline outside the workflow passed."""


_TO_A_UNIT = {Move.REASSIGN: Status.QUEUED}

LEGAL: dict[Status, dict[Move, Status]] = {
    Status.RECEIVED: {
        Move.ASSESS: Status.IN_REVIEW,
        Move.SET_ASIDE: Status.IN_REVIEW,
        Move.RETRY: Status.RECEIVED,
    },
    Status.IN_REVIEW: {
        Move.TAKE_OUT: Status.IN_REVIEW,
        Move.PROPOSE: Status.IN_REVIEW,
        Move.CONFIRM: Status.REVIEWED,
        Move.REJECT: Status.CLOSED,
        Move.ASK: Status.AWAITING_ANSWER,
        Move.MERGE: Status.MERGED,
        Move.NO_DANGER: Status.IN_REVIEW,
        Move.BREAK_HOLD: Status.IN_REVIEW,
        Move.NOTICE: Status.IN_REVIEW,
        Move.RETRY: Status.IN_REVIEW,
    },
    Status.AWAITING_ANSWER: {
        Move.TAKE_OUT: Status.AWAITING_ANSWER,
        Move.ANSWER: Status.IN_REVIEW,
        Move.UNANSWERED: Status.IN_REVIEW,
        Move.NOTICE: Status.AWAITING_ANSWER,
    },
    Status.REVIEWED: {Move.REFER: Status.QUEUED, Move.RETRY: Status.REVIEWED},
    Status.QUEUED: {
        Move.TAKE_OUT: Status.QUEUED,
        Move.PUBLISH: Status.PUBLISHED,
        Move.ACKNOWLEDGE: Status.ACKNOWLEDGED,
        Move.DECLINE: Status.DECLINED,
        Move.NO_DANGER: Status.QUEUED,
        Move.BREAK_HOLD: Status.QUEUED,
        Move.NOTICE: Status.QUEUED,
        Move.RETRY: Status.QUEUED,
        **_TO_A_UNIT,
    },
    Status.PUBLISHED: {
        Move.TAKE_OUT: Status.PUBLISHED,
        Move.ACKNOWLEDGE: Status.ACKNOWLEDGED,
        Move.DECLINE: Status.DECLINED,
        Move.NO_DANGER: Status.PUBLISHED,
        Move.BREAK_HOLD: Status.PUBLISHED,
        Move.NOTICE: Status.PUBLISHED,
        Move.RETRY: Status.PUBLISHED,
        **_TO_A_UNIT,
    },
    Status.DECLINED: {
        Move.REROUTE: Status.QUEUED,
        Move.CONTEST: Status.IN_REVIEW,
        Move.RETRY: Status.DECLINED,
        **_TO_A_UNIT,
    },
    Status.AWAITING_AUTHORISATION: {
        Move.TAKE_OUT: Status.AWAITING_AUTHORISATION,
        Move.AUTHORISE: Status.ACKNOWLEDGED,
        Move.PASS: Status.ACKNOWLEDGED,
        Move.IDENTITY_ACCEPTED: Status.ACKNOWLEDGED,
        Move.IDENTITY_DOUBTED: Status.AWAITING_AUTHORISATION,
        Move.CHECK: Status.AWAITING_AUTHORISATION,
        Move.CORRECT: Status.AWAITING_AUTHORISATION,
        Move.ANNUL: Status.AWAITING_AUTHORISATION,
        Move.NO_DANGER: Status.AWAITING_AUTHORISATION,
        Move.LOOK: Status.AWAITING_AUTHORISATION,
        Move.NOTICE: Status.AWAITING_AUTHORISATION,
        Move.CLOSE: Status.CLOSED,
        **_TO_A_UNIT,
    },
    Status.ACKNOWLEDGED: {
        Move.TAKE_OUT: Status.ACKNOWLEDGED,
        Move.IDENTITY_ACCEPTED: Status.ACKNOWLEDGED,
        Move.IDENTITY_DOUBTED: Status.ACKNOWLEDGED,
        Move.CHECK: Status.ACKNOWLEDGED,
        Move.ANNUL: Status.ACKNOWLEDGED,
        Move.NO_DANGER: Status.ACKNOWLEDGED,
        Move.INSTRUCT: Status.ACKNOWLEDGED,
        Move.SUSPECT: Status.ACKNOWLEDGED,
        Move.CORRECT: Status.ACKNOWLEDGED,
        Move.LOOK: Status.ACKNOWLEDGED,
        Move.NOTICE: Status.ACKNOWLEDGED,
        Move.TRANSFER: Status.QUEUED,
        Move.MERGE: Status.MERGED,
        Move.CLOSE: Status.CLOSED,
        **_TO_A_UNIT,
    },
    Status.MERGED: {
        Move.SPLIT: Status.IN_REVIEW,
        Move.SUSPECT: Status.MERGED,
        Move.CORRECT: Status.MERGED,
        Move.NOTICE: Status.MERGED,
        Move.ERASE: Status.ERASED,
    },
    Status.CLOSED: {
        Move.ANNUL: Status.CLOSED,
        Move.SUSPECT: Status.CLOSED,
        Move.CORRECT: Status.CLOSED,
        Move.NOTICE: Status.CLOSED,
        Move.RESUME: Status.ACKNOWLEDGED,
        Move.KEEP: Status.CLOSED,
        Move.LOOK: Status.CLOSED,
        Move.REOPEN: Status.IN_REVIEW,
        Move.PROPOSE: Status.CLOSED,
        Move.ERASE: Status.ERASED,
    },
    Status.ERASED: {},
}

for _status, _moves in LEGAL.items():
    if Move.NOTICE in _moves:
        _moves[Move.NOTICE_WITHDRAWN] = _status
    # Money waits for nobody: wherever a case stands, it is held back or let go.
    if _status is not Status.ERASED:
        _moves[Move.FREEZE] = _status
        _moves[Move.END_TRIAL] = Status.ERASED
    if _status not in {Status.MERGED, Status.ERASED}:
        _moves |= {Move.PAYMENT: _status, Move.WAIVE: _status}

GATED: dict[Move, Status] = dict.fromkeys(
    (
        Move.ACKNOWLEDGE,
        Move.ANNUL,
        Move.IDENTITY_DOUBTED,
        Move.RESUME,
        Move.TAKE_OUT,  # of the report by whose identity it was open
        Move.RELEASE,
    ),
    Status.AWAITING_AUTHORISATION,
)
"""Where a move leads instead, when the pack's gate is shut by then."""

_ON_ITS_WAY = frozenset(
    {
        Status.RECEIVED,
        Status.IN_REVIEW,
        Status.REVIEWED,
        Status.QUEUED,
        Status.PUBLISHED,
        Status.DECLINED,
    }
)
_GOES_ON = frozenset(Status) - {Status.MERGED, Status.CLOSED, Status.ERASED}
_REMEMBERED = frozenset(Status) - {Status.ERASED}

NOTES: dict[Move, frozenset[Status]] = {
    Move.ADMIT: _REMEMBERED - {Status.MERGED},  # of a merged case, in the one that goes on
    Move.MESSAGE: _REMEMBERED - {Status.MERGED},  # its reporters read what the other case is told
    Move.ADD: _REMEMBERED - {Status.MERGED},
    Move.IDENTITY_ASKED: _REMEMBERED,
    Move.IDENTITY_RELEASED: _REMEMBERED,
    Move.IDENTITY_REFUSED: _REMEMBERED,
    Move.IDENTITY_OPENED: _REMEMBERED,
    Move.ERASED: frozenset(Status),
    Move.ALERT: frozenset({Status.IN_REVIEW}),
    Move.SUGGEST: _GOES_ON | {Status.CLOSED},
    Move.RAISE: _GOES_ON | {Status.CLOSED},
    Move.MONEY: _GOES_ON | {Status.CLOSED},  # reporters add to what has ended, too
    Move.ESCALATE: frozenset({Status.IN_REVIEW, Status.PUBLISHED}),
    Move.UNDELIVERED: frozenset({Status.QUEUED}),
    Move.UNREADABLE: _GOES_ON,
    Move.STICK: _ON_ITS_WAY,
    Move.READ: frozenset({Status.QUEUED, Status.PUBLISHED}),
    Move.EXPORT: frozenset(Status),
    Move.ABSORB: _GOES_ON,
    Move.RELEASE: _REMEMBERED,
    Move.OVERDUE: _REMEMBERED,
}

DECISIONS = frozenset(
    {
        Move.PROPOSE,
        Move.CONFIRM,
        Move.REJECT,
        Move.REOPEN,
        Move.ASK,
        Move.MERGE,
        Move.SPLIT,
        Move.TAKE_OUT,
        Move.ACKNOWLEDGE,
        Move.DECLINE,
        Move.AUTHORISE,
        Move.PASS,
        Move.IDENTITY_ACCEPTED,
        Move.IDENTITY_DOUBTED,
        Move.ANNUL,
        Move.NO_DANGER,
        Move.BREAK_HOLD,
        Move.CHECK,
        Move.INSTRUCT,
        Move.SUSPECT,
        Move.CORRECT,
        Move.PAYMENT,
        Move.FREEZE,
        Move.WAIVE,
        Move.NOTICE,
        Move.NOTICE_WITHDRAWN,
        Move.TRANSFER,
        Move.REASSIGN,
        Move.CLOSE,
        Move.RESUME,
        Move.KEEP,
        Move.LOOK,
        Move.ERASE,
        Move.RETRY,
    }
)
"""Moves that people make, each on the version of the case that its author saw."""

ON_THE_WAY = DECISIONS - {Move.PAYMENT, Move.FREEZE, Move.WAIVE, Move.TAKE_OUT}
"""Decisions by which people who read the case take it further: money is held back beside it, and a
report leaves it as it stands."""

WAITS = frozenset({Status.IN_REVIEW, Status.PUBLISHED})
"""Statuses in which the workflow waits for people."""

CARRIED = frozenset({Move.MERGE, Move.SPLIT, Move.TAKE_OUT})
"""Moves after which what is a case's is carried into another one, or back."""

HELD = frozenset(
    {
        Status.AWAITING_ANSWER,
        Status.AWAITING_AUTHORISATION,
        Status.ACKNOWLEDGED,
        Status.MERGED,
        Status.CLOSED,
        Status.ERASED,
    }
)
"""Statuses in which no workflow is owed: the reporter is asked, a unit holds the case, or it has
ended."""

WITH_A_UNIT = frozenset(
    {
        Status.QUEUED,
        Status.PUBLISHED,
        Status.AWAITING_AUTHORISATION,
        Status.ACKNOWLEDGED,
    }
)
"""Statuses in which a case stands with the unit of its referral; one that it declined is no more
its own."""

LOOKED_AT = frozenset({Status.AWAITING_AUTHORISATION, Status.ACKNOWLEDGED, Status.CLOSED})
"""Statuses in which what reporters add waits until somebody has looked: no decision on the case is
due by which somebody reads it. It goes on waiting as a case comes from one of them to another."""

ENDED = frozenset({Status.MERGED, Status.CLOSED, Status.ERASED})
"""Statuses in which nobody works on the case itself any more. What it owes goes on: a notice, and
what becomes of suspects who were counted in it."""

_INQUIRY = frozenset({Move.INSTRUCT, Move.SUSPECT, Move.TRANSFER, Move.MERGE})
"""Acts of inquiry: shut off while the gate is."""


def after(status: Status, move: Move, *, gated: bool = False) -> Status:
    """The status after `move`; raises IllegalMove when the law has no such move."""
    try:
        there = status if status in NOTES.get(move, ()) else LEGAL[status][move]
    except KeyError:
        if status is Status.AWAITING_AUTHORISATION and move in _INQUIRY:
            raise AuthorisationAwaited(
                "The prosecutor's authorisation comes first: nothing has opened the gate."
            ) from None
        raise IllegalMove(f"A case that is {status} cannot take the move {move}.") from None
    return GATED.get(move, there) if gated and there is Status.ACKNOWLEDGED else there


def versions(move: Move) -> bool:
    """Whether a case is a new version after `move`, so that decisions on the one before it fail.

    A note is nothing that a decision depends on, nor is that the unit was told.
    """
    return move not in NOTES and move is not Move.PUBLISH


def allows(status: Status, move: Move) -> bool:
    """Whether `move` is legal from `status`."""
    return status in NOTES.get(move, ()) or move in LEGAL[status]
