"""A case and the moves it makes. Each move returns a `Change`: the case after it and its event.

Values in, values out: the caller brings the time, the pack's figures and who acts. Times are
RFC 3339 in UTC with milliseconds, so that they sort as text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from casework import lifecycle
from casework.errors import IllegalMove
from casework.history import Event, chained
from casework.lifecycle import Move, Status
from casework.referral import DeclineReason, Referral, may_reroute

SYSTEM = "system"
"""`by` of what no person did."""

MOST_RUNS = 5
"""Executions a case may have before it is left to the duty desk."""


class Priority(StrEnum):
    """How soon people must look, most urgent first."""

    IMMEDIATE = "immediate"
    URGENT = "urgent"
    STANDARD = "standard"
    INFORMATION = "information"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Priority).index(self)


class Duty(StrEnum):
    """Why the duty desk must see a case."""

    IMMINENT = "imminent"
    OVERDUE = "overdue"
    UNDELIVERED = "undelivered"
    STUCK = "stuck"


class CloseReason(StrEnum):
    """Why a case was rejected at review."""

    NOT_AN_OFFENCE = "not_an_offence"
    NO_EXPLOITABLE_FACTS = "no_exploitable_facts"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"


def stamp(at: datetime) -> str:
    """A time as it is stored: RFC 3339, UTC, milliseconds; sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Wait(BaseModel):
    """A wait for people: since when, due when, and how often it has escalated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: str
    due: str
    level: int = 0


class Case(BaseModel):
    """What police work on. Small on purpose: details live in its events and reports."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    status: Status
    opened_at: str
    opened_by: str
    """Reference of the report that opened it."""
    correlation_id: str
    language: str
    category: str | None = None
    """The reporter's choice until reviewed, then the analyst's."""
    priority: Priority = Priority.STANDARD
    territory: str | None = None
    """Code in the pack; None when unknown or abroad."""
    country: str | None = None
    """ISO 3166-1 alpha-2 when abroad."""
    imminent: bool = False
    alerted: bool = False
    supervision: bool = False
    """The review is a supervisor's."""
    wait: Wait | None = None
    referral: Referral | None = None
    declines: int = 0
    named: str | None = None
    """Unit a supervisor, or the unit that declined, named as competent."""
    run: int = 1
    """Number of the workflow execution that serves the case."""
    settled: bool = False
    """A unit holds it or it ended, and the workflow was told."""
    stuck: str | None = None
    closed: CloseReason | None = None
    closed_at: str | None = None
    version: int = 0
    """Grows with every change a decision depends on; the ETag. Joins do not touch it."""
    revision: int = 0
    """Grows with every write."""
    events: int = 0
    head: str = ""
    """Hash of the last event."""

    @property
    def etag(self) -> str:
        """The decision version as an HTTP entity tag."""
        return f'"{self.version}"'

    @property
    def execution(self) -> str:
        """Name of the workflow execution that serves the case."""
        return f"{self.id}-{self.run}"

    @property
    def in_flight(self) -> bool:
        """Whether a running workflow is owed."""
        return not self.settled

    @property
    def joinable(self) -> bool:
        """Whether another report about the same facts joins it."""
        return self.status is not Status.CLOSED

    @property
    def desk(self) -> str | None:
        """In whose queue the case waits: review, supervision, decided, a unit's id, or nobody's.

        `decided` is the reconciler's: a decision was saved that the workflow may not know of yet.
        """
        match self.status:
            case Status.IN_REVIEW:
                return "supervision" if self.supervision else "review"
            case Status.REVIEWED | Status.DECLINED:
                return "decided"
            case Status.QUEUED | Status.PUBLISHED:
                return self.referral.unit if self.referral else None
            case Status.ACKNOWLEDGED | Status.CLOSED if not self.settled:
                return "decided"
            case _:
                return None

    @property
    def duties(self) -> frozenset[Duty]:
        """Why the duty desk must see it now; empty for nearly every case."""
        waiting = self.status not in lifecycle.HELD
        reasons = {
            Duty.IMMINENT: waiting and self.imminent and self.status is not Status.RECEIVED,
            Duty.OVERDUE: self.wait is not None and self.wait.level > 0,
            Duty.UNDELIVERED: self.status is Status.QUEUED
            and self.referral is not None
            and self.referral.failures > 0,
            Duty.STUCK: waiting and self.stuck is not None,
        }
        return frozenset(kind for kind, holds in reasons.items() if holds)

    def journey(self, now: datetime) -> dict[str, Any]:
        """The only thing the workflow knows of a case: ids, enums and seconds."""
        return {
            "case_id": self.id,
            "run": self.run,
            "status": self.status.value,
            "alert": self.imminent and not self.alerted and self.status is Status.IN_REVIEW,
            "wait_seconds": self._seconds_left(now),
        }

    def _seconds_left(self, now: datetime) -> int:
        if self.wait is None:
            return 1
        due = datetime.fromisoformat(self.wait.due)
        return max(1, math.ceil((due - now).total_seconds()))


class Change(BaseModel):
    """What one move does: the case before (None when it is opened), after, and the event."""

    model_config = ConfigDict(frozen=True)

    before: Case | None
    after: Case
    event: Event | None = None

    @classmethod
    def of(
        cls,
        case: Case,
        move: Move,
        at: datetime,
        by: str = SYSTEM,
        data: dict[str, JsonValue] | None = None,
        **updates: Any,
    ) -> Self:
        """Make `move`, recording `data`; raises IllegalMove when the law has no such move."""
        status = lifecycle.after(case.status, move)
        event = chained(
            Event(number=case.events + 1, move=move.value, at=stamp(at), by=by, data=data or {}),
            case.head,
        )
        moved = status is not case.status
        after = case.model_copy(
            update={
                "status": status,
                "version": case.version + (1 if moved else 0),
                "revision": case.revision + 1,
                "events": event.number,
                "head": event.hash,
                **({"wait": None} if moved else {}),
                **updates,
            }
        )
        return cls(before=case, after=after, event=event)

    @classmethod
    def quietly(cls, case: Case, **updates: Any) -> Self:
        """A bookkeeping write that is no event of the case."""
        after = case.model_copy(update={"revision": case.revision + 1, **updates})
        return cls(before=case, after=after)


def wait_from(at: datetime, seconds: Sequence[int], level: int = 0) -> Wait:
    """A wait that starts at `at`; `seconds` holds one length for each escalation level."""
    length = seconds[min(level, len(seconds) - 1)]
    return Wait(since=stamp(at), due=stamp(at + timedelta(seconds=length)), level=level)


def opened(case: Case, at: datetime) -> Change:
    """The first entry of a new case."""
    event = chained(Event(number=1, move=Move.OPEN.value, at=stamp(at), by=SYSTEM), case.head)
    after = case.model_copy(update={"events": 1, "head": event.hash, "revision": 1, "version": 1})
    return Change(before=None, after=after, event=event)


def assessed(
    case: Case,
    at: datetime,
    *,
    priority: Priority,
    imminent: bool,
    territory: str | None,
    review_seconds: Sequence[int],
    data: dict[str, JsonValue],
) -> Change:
    """The assessment is there; the case waits for review. `data` is the assessment, as advice."""
    return Change.of(
        case,
        Move.ASSESS,
        at,
        data=data,
        priority=priority,
        imminent=imminent,
        territory=territory,
        wait=wait_from(at, review_seconds),
    )


def alerted(case: Case, at: datetime) -> Change:
    """The duty desk was told of imminent danger."""
    return Change.of(case, Move.ALERT, at, alerted=True)


def confirmed(
    case: Case,
    at: datetime,
    by: str,
    *,
    category: str,
    priority: Priority,
    territory: str | None,
    country: str | None,
    unit: str | None,
) -> Change:
    """An analyst confirms the case, corrected where needed; `unit` overrides the rule."""
    return Change.of(
        case,
        Move.CONFIRM,
        at,
        by,
        {
            "category": category,
            "priority": priority.value,
            "territory": territory,
            "country": country,
            "unit": unit,
        },
        category=category,
        priority=priority,
        territory=territory,
        country=country,
        named=unit,
        supervision=False,
    )


def rejected(case: Case, at: datetime, by: str, reason: CloseReason) -> Change:
    """An analyst ends the case at review."""
    return Change.of(
        case,
        Move.REJECT,
        at,
        by,
        {"reason": reason.value},
        closed=reason,
        closed_at=stamp(at),
    )


def referred(case: Case, at: datetime, *, unit: str, data: dict[str, JsonValue]) -> Change:
    """The case is queued for `unit`; `data` is the competence that named it."""
    return _queued(case, Move.REFER, at, unit, data)


def rerouted(
    case: Case, at: datetime, *, unit: str, most_declines: int, review_seconds: Sequence[int]
) -> Change:
    """A declined case goes to the unit named, or, after too many declines, to a supervisor."""
    if may_reroute(case.declines, most_declines):
        return _queued(case, Move.REROUTE, at, unit, {"unit": unit})
    return Change.of(
        case,
        Move.CONTEST,
        at,
        data={"declines": case.declines},
        supervision=True,
        wait=wait_from(at, review_seconds),
    )


def _queued(case: Case, move: Move, at: datetime, unit: str, data: dict[str, JsonValue]) -> Change:
    hop = case.referral.hop + 1 if case.referral else 1
    return Change.of(case, move, at, data=data, referral=Referral(hop=hop, unit=unit), named=None)


def published(case: Case, at: datetime, acknowledge_seconds: Sequence[int]) -> Change:
    """The unit was told; it has until the deadline to acknowledge."""
    return Change.quietly(
        case,
        status=lifecycle.after(case.status, Move.PUBLISH),
        referral=_referral(case).model_copy(update={"published_at": stamp(at)}),
        wait=wait_from(at, acknowledge_seconds),
    )


def undelivered(case: Case, at: datetime, failure: str) -> Change:
    """Telling the unit failed; `failure` is the service's error code."""
    lifecycle.after(case.status, Move.UNDELIVERED)
    referral = _referral(case)
    counted = referral.model_copy(update={"failures": referral.failures + 1, "failure": failure})
    if counted.failures > 1:
        return Change.quietly(case, referral=counted)
    return Change.of(case, Move.UNDELIVERED, at, data={"failure": failure}, referral=counted)


def acknowledged(case: Case, at: datetime, by: str) -> Change:
    """A unit takes the case."""
    return Change.of(case, Move.ACKNOWLEDGE, at, by, _referral_data(case))


def declined(case: Case, at: datetime, by: str, *, reason: DeclineReason, named: str) -> Change:
    """A unit says whose case it is instead."""
    return Change.of(
        case,
        Move.DECLINE,
        at,
        by,
        {**_referral_data(case), "reason": reason.value, "named": named},
        declines=case.declines + 1,
        named=named,
    )


def _referral(case: Case) -> Referral:
    if case.referral is None:
        raise IllegalMove("The case is not referred to a unit.")
    return case.referral


def _referral_data(case: Case) -> dict[str, JsonValue]:
    referral = _referral(case)
    return {"unit": referral.unit, "hop": referral.hop, "published_at": referral.published_at}


def escalated(case: Case, at: datetime, seconds: Sequence[int]) -> Change:
    """Nobody acted in time: once per level; on the last level the wait is only renewed."""
    lifecycle.after(case.status, Move.ESCALATE)
    level = case.wait.level if case.wait else 0
    last = len(seconds) - 1
    if level >= last:
        return Change.quietly(case, wait=wait_from(at, seconds, max(level, last)))
    return Change.of(
        case,
        Move.ESCALATE,
        at,
        data={"level": level + 1},
        wait=wait_from(at, seconds, level + 1),
    )


def stuck(case: Case, at: datetime, reason: str) -> Change:
    """No workflow can bring the case further by itself; people must look."""
    return Change.of(case, Move.STICK, at, data={"reason": reason}, stuck=reason)


def rerun(case: Case) -> Change:
    """Claim the next execution for a case whose last one ended; the caller saw it end."""
    return Change.quietly(case, run=case.run + 1)


def settled(case: Case) -> Change:
    """The workflow knows that a unit holds the case, or that it ended."""
    return Change.quietly(case, settled=True)
