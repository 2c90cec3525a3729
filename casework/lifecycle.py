"""The law of a case: every move of a case is in this file.

`LEGAL[status][move]` is the status after the move. A missing entry is one refusal, `IllegalMove`,
and nothing changes. `NOTES` are facts that are recorded in a status without leaving it.
`docs/lifecycle.md` is drawn from these tables.
"""

from __future__ import annotations

from enum import StrEnum

from casework.errors import IllegalMove


class Status(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    """Opened from a report; the assessment is owed."""
    IN_REVIEW = "in_review"
    """Waiting for an analyst, or for a supervisor after too many declines."""
    REVIEWED = "reviewed"
    """The analyst confirmed it; the referral is owed."""
    QUEUED = "queued"
    """The referral names a unit; the unit is not told yet."""
    PUBLISHED = "published"
    """The unit was told; its acknowledgement is awaited."""
    DECLINED = "declined"
    """The unit named another as competent; the reroute is owed."""
    ACKNOWLEDGED = "acknowledged"
    """A unit holds the case."""
    CLOSED = "closed"
    """Ended with a reason."""


class Move(StrEnum):
    """What happens to a case."""

    OPEN = "open"
    ASSESS = "assess"
    CONFIRM = "confirm"
    REJECT = "reject"
    REFER = "refer"
    PUBLISH = "publish"
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    REROUTE = "reroute"
    CONTEST = "contest"
    ALERT = "alert"
    ESCALATE = "escalate"
    UNDELIVERED = "undelivered"
    STICK = "stick"
    MESSAGE = "message"
    """People who work on the case wrote to its reporters."""
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_RELEASED = "identity_released"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_OPENED = "identity_opened"
    ERASED = "erased"
    """A report of the case was erased."""


LEGAL: dict[Status, dict[Move, Status]] = {
    Status.RECEIVED: {Move.ASSESS: Status.IN_REVIEW},
    Status.IN_REVIEW: {Move.CONFIRM: Status.REVIEWED, Move.REJECT: Status.CLOSED},
    Status.REVIEWED: {Move.REFER: Status.QUEUED},
    Status.QUEUED: {
        Move.PUBLISH: Status.PUBLISHED,
        Move.ACKNOWLEDGE: Status.ACKNOWLEDGED,
        Move.DECLINE: Status.DECLINED,
    },
    Status.PUBLISHED: {
        Move.ACKNOWLEDGE: Status.ACKNOWLEDGED,
        Move.DECLINE: Status.DECLINED,
    },
    Status.DECLINED: {Move.REROUTE: Status.QUEUED, Move.CONTEST: Status.IN_REVIEW},
    Status.ACKNOWLEDGED: {},
    Status.CLOSED: {},
}

NOTES: dict[Move, frozenset[Status]] = {
    Move.MESSAGE: frozenset(Status),
    Move.IDENTITY_ASKED: frozenset(Status),
    Move.IDENTITY_RELEASED: frozenset(Status),
    Move.IDENTITY_REFUSED: frozenset(Status),
    Move.IDENTITY_OPENED: frozenset(Status),
    Move.ERASED: frozenset(Status),
    Move.ALERT: frozenset({Status.IN_REVIEW}),
    Move.ESCALATE: frozenset({Status.IN_REVIEW, Status.PUBLISHED}),
    Move.UNDELIVERED: frozenset({Status.QUEUED}),
    Move.STICK: frozenset(
        {
            Status.RECEIVED,
            Status.IN_REVIEW,
            Status.REVIEWED,
            Status.QUEUED,
            Status.PUBLISHED,
            Status.DECLINED,
        }
    ),
}

DECISIONS = frozenset({Move.CONFIRM, Move.REJECT, Move.ACKNOWLEDGE, Move.DECLINE})
"""Moves that people make; each ends one of the workflow's two waits."""

WAITS = frozenset({Status.IN_REVIEW, Status.PUBLISHED})
"""Statuses in which the workflow waits for people."""

HELD = frozenset({Status.ACKNOWLEDGED, Status.CLOSED})
"""Statuses in which no workflow is owed: a unit holds the case, or it has ended."""


def after(status: Status, move: Move) -> Status:
    """The status after `move`; raises IllegalMove when the law has no such move."""
    if status in NOTES.get(move, ()):
        return status
    try:
        return LEGAL[status][move]
    except KeyError:
        raise IllegalMove(f"A case that is {status} cannot take the move {move}.") from None


def allows(status: Status, move: Move) -> bool:
    """Whether `move` is legal from `status`."""
    return status in NOTES.get(move, ()) or move in LEGAL[status]
