"""What staff see: lines of queues, a case with its reports and history, the duty desk.

Built from what the system remembers, for one reader at one moment. Nothing here has a field for
a reporter's contact or identity, for keyed hashes or verifiers, or for a task token.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from casework.case import Case, CloseReason, Duty, Priority, Wait
from casework.decisions import OUTCOME
from casework.history import Event
from casework.lifecycle import Move, Status
from casework.referral import Referral
from casework.report import Facts
from casework.staff import StaffMember, moves_open_to


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WaitView(_View):
    """A wait for people."""

    since: str
    due: str
    seconds_left: int
    """Until due; 0 once it is late."""
    level: int
    """How often it has escalated."""

    @classmethod
    def of(cls, wait: Wait, now: datetime) -> Self:
        """The wait as it stands now."""
        left = (datetime.fromisoformat(wait.due) - now).total_seconds()
        return cls(
            since=wait.since, due=wait.due, seconds_left=max(0, math.ceil(left)), level=wait.level
        )


class ReferralView(_View):
    """The current transmission to a unit, and how its delivery stands."""

    hop: int
    unit: str
    published_at: str | None = None
    """When the unit was told; left out until then."""
    failures: int
    """How often telling it failed."""
    failure: str | None = None
    """The service's error code of the last failure."""

    @classmethod
    def of(cls, referral: Referral) -> Self:
        """The referral as it stands."""
        return cls(
            hop=referral.hop,
            unit=referral.unit,
            published_at=referral.published_at or None,
            failures=referral.failures,
            failure=referral.failure or None,
        )


class CaseLine(_View):
    """A case in one line: how it stands, and how urgent it is."""

    id: str
    status: Status
    priority: Priority
    category: str | None = None
    territory: str | None = None
    country: str | None = None
    language: str
    """Of the reporter who opened it."""
    opened_at: str
    imminent: bool
    """The assessment sees danger in the next hours."""
    supervision: bool
    """The review is a supervisor's."""
    declines: int
    named: str | None = None
    """The unit that a declining unit or an analyst named as competent."""
    wait: WaitView | None = None
    referral: ReferralView | None = None
    stuck: str | None = None
    closed: CloseReason | None = None
    closed_at: str | None = None

    @classmethod
    def of(cls, case: Case, now: datetime) -> Self:
        """The case as it stands now."""
        return cls(**line_of(case, now))


def line_of(case: Case, now: datetime) -> dict[str, Any]:
    """The fields of a `CaseLine`."""
    same = set(CaseLine.model_fields) - {"wait", "referral"}
    return {
        **{name: getattr(case, name) for name in same},
        "wait": WaitView.of(case.wait, now) if case.wait else None,
        "referral": ReferralView.of(case.referral) if case.referral else None,
    }


class QueuePage(_View):
    """Some of the work waiting for me, most urgent first."""

    cases: tuple[CaseLine, ...]
    """May be shorter than asked for: a case that left the queue meanwhile is left out."""
    cursor: str | None = None
    """Of the next page; left out on the last."""


class ReportView(_View):
    """One report of a case, without anything that tells who sent it."""

    reference: str
    accepted_at: str
    language: str
    disclosure: str
    """`anonymous`, `confidential` or `identified`: that a contact or identity exists, not what."""
    linked_by: tuple[str, ...]
    """Kinds of identifiers that joined it to the case; empty for the report that opened it."""
    facts: Facts
    narrative: str
    """In the reporter's words."""


class EventView(_View):
    """One entry of the history."""

    number: int
    move: str
    """What happened, a word of the lifecycle."""
    at: str
    by: str
    """`system`, or the subject of a staff member."""
    data: dict[str, JsonValue]
    hash: str


class CaseState(CaseLine):
    """A case as it is now, and what the reader may do next."""

    may: tuple[Move, ...]

    @classmethod
    def seen_by(cls, member: StaffMember, case: Case, now: datetime) -> Self:
        """The case for one reader."""
        return cls(**line_of(case, now), may=moves_open_to(member, case))


class CaseView(CaseState):
    """A case with all that people need to decide on it."""

    assessment: dict[str, JsonValue] | None = None
    """The automatic analysis with its reasons: advice, never a decision."""
    competence: dict[str, JsonValue] | None = None
    """Which unit and prosecutor, on which ground, by which rule; once it was referred."""
    reports: tuple[ReportView, ...]
    """Oldest first, page by page."""
    cursor: str | None = None
    """Of the next page of reports; left out on the last."""
    history: tuple[EventView, ...]

    @classmethod
    def whole(
        cls,
        member: StaffMember,
        case: Case,
        now: datetime,
        *,
        events: Sequence[Event],
        reports: Sequence[ReportView],
        cursor: str | None,
    ) -> Self:
        """The case for one reader, with its history and a page of its reports."""
        return cls(
            **line_of(case, now),
            may=moves_open_to(member, case),
            assessment=_last(events, Move.ASSESS),
            competence=_last(events, Move.REFER),
            reports=tuple(reports),
            cursor=cursor,
            history=tuple(EventView(**event.model_dump(exclude={"previous"})) for event in events),
        )


class Decided(_View):
    """A decision that holds. Repeating the request gives the same answer."""

    id: str
    """Of the case."""
    decision: Move
    status: Status
    """The status the decision moved the case to; the workflow may have moved it on since."""
    at: str
    event: int
    """Number of the decision's entry in the history of the case."""

    @classmethod
    def on(cls, case_id: str, move: Move, at: str, event: int) -> Self:
        """A decision made at a time, as the case's event of this number."""
        return cls(id=case_id, decision=move, status=OUTCOME[move], at=at, event=event)

    @classmethod
    def by(cls, case_id: str, event: Event) -> Self:
        """What the decision's event says of it."""
        return cls.on(case_id, Move(event.move), event.at, event.number)


class DutyDesk(_View):
    """What is imminent, overdue, undelivered or stuck. A case may be in several lists."""

    imminent: tuple[CaseLine, ...] = ()
    overdue: tuple[CaseLine, ...] = ()
    undelivered: tuple[CaseLine, ...] = ()
    stuck: tuple[CaseLine, ...] = ()
    cursors: dict[Duty, str] = {}
    """Where the lists that are longer than one page go on."""


def still_due(kind: Duty, cases: Iterable[Case], now: datetime) -> tuple[CaseLine, ...]:
    """Lines of the cases for which the reason still holds, most urgent first."""
    holding = [case for case in cases if kind in case.duties]
    holding.sort(key=lambda case: (case.priority.rank, case.opened_at))
    return tuple(CaseLine.of(case, now) for case in holding)


def _last(events: Sequence[Event], move: Move) -> dict[str, JsonValue] | None:
    return next((event.data for event in reversed(events) if event.move == move.value), None)
