"""What staff see in lists: a line of a case, with its deadlines and what it owes.

Built from what the system remembers, for one reader at one moment. Nothing here has a field for
a reporter's contact or identity, for keyed hashes or verifiers, or for a task token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final, Literal, Self

from casework.case.case import Case
from casework.case.freezes import Clock
from casework.case.lifecycle import Status
from casework.case.referral import Referral
from casework.case.suspects import SuspectStanding
from casework.case.times import DeadlineWait
from casework.case.value_objects import (
    Care,
    CloseReason,
    DeadlineKind,
    Opening,
    Priority,
    Result,
    Whom,
)
from casework.decisions.permissions import case_owner
from casework.views.danger import DangerView
from casework.views.desk_view import DeskView
from casework.views.line_facts import LineFacts


class WaitView(DeskView):
    """A wait for people."""

    since: str
    due: str
    seconds_left: int
    """Until due; 0 once it is late."""
    level: int
    """How often it has escalated."""

    @classmethod
    def from_wait(cls, wait: DeadlineWait, now: datetime) -> Self:
        """The wait as it stands now."""
        return cls(
            since=wait.since,
            due=wait.due,
            seconds_left=seconds_until_due(wait, now),
            level=wait.level,
        )


def seconds_until_due(wait: DeadlineWait, now: datetime) -> int:
    """Seconds until due; 0 once it is late, or was late at its last level."""
    if not wait.due:
        return 0
    return max(0, math.ceil((datetime.fromisoformat(wait.due) - now).total_seconds()))


class DeadlineView(DeskView):
    """One deadline of a case, and the time left."""

    kind: Literal[
        "review",
        "acknowledgement",
        "answer",
        "authorisation",
        "instruction",
        "informing",
        "identity",
        "unread",
        "notice",
        "retention",
        "money",
        "freeze",
    ]
    since: str
    due: str | None = None
    """Left out once it was late at its last level."""
    seconds_left: int
    level: int
    """How often it has escalated."""
    freeze: int | None = None
    """Number of the freeze it is about."""
    clock: Clock | None = None
    """Whose time runs there."""
    owed_by: Literal["unit", "office"] | None = None
    """Who must act, where the unit and the prosecutor's office wait for each other."""


class HoldView(DeskView):
    """Who works on the item alone, since when and until when."""

    by: str
    since: str
    until: str


class AttendedView(DeskView):
    """Who took care of the case on the duty desk, when, and what they did."""

    by: str
    at: str
    did: Care


class TakenView(DeskView):
    """Who has a case in which danger may be imminent, since when, and whether something happened
    since of which the duty desk must hear."""

    by: str
    at: str
    news: bool = False


class TryView(DeskView):
    """One try to reach somebody about a case."""

    by: str
    at: str
    whom: Whom
    of: str | None = None
    """Id of the unit, of the control room's territory, of the court of the office, or of the
    emergency service; left out where nobody said."""
    result: Result
    call_back_at: str | None = None
    """When whoever has the case tries again; left out where that is not planned."""


OWING_PARTY_BY_DEADLINE: Final[Mapping[str, str]] = {
    "informing": "unit",
    "authorisation": "office",
    "instruction": "office",
}
"""Who must act, by the kind of the deadline."""


def deadline_views(case: Case, now: datetime) -> tuple[DeadlineView, ...]:
    """Every deadline of the case, those of the workflow's waits first."""
    waits: dict[Any, DeadlineWait | None] = {
        case.status.rule.awaited: case.wait,
        "authorisation": case.authorisation,
        "instruction": case.instruction,
        "informing": case.informing,
        "identity": case.identity,
        "unread": case.unread.wait if case.unread else None,
        "notice": case.notice,
        "retention": case.retention,
        "money": case.pending_deadlines.get(DeadlineKind.MONEY),
    }
    return (
        *(
            _deadline(now, wait, kind=kind, owed_by=OWING_PARTY_BY_DEADLINE.get(kind))
            for kind, wait in waits.items()
            if kind and wait
        ),
        *(
            _deadline(now, wait, kind="freeze", freeze=number, clock=clock)
            for number, freeze in enumerate(case.freezes, start=1)
            for clock, wait in freeze.waits.items()
        ),
    )


def _deadline(now: datetime, wait: DeadlineWait, **said: Any) -> DeadlineView:
    return DeadlineView(
        since=wait.since,
        due=wait.due or None,
        seconds_left=seconds_until_due(wait, now),
        level=wait.level,
        **said,
    )


class ReferralView(DeskView):
    """The current transmission to a unit, and how its delivery stands."""

    hop: int
    unit: str
    published_at: str | None = None
    """When the unit was told; left out until then."""
    failure: str | None = None
    """The service's error code when telling it first failed; left out when it did not."""
    opened_at: str | None = None
    """When an officer of the unit first read it; left out until then."""

    @classmethod
    def from_referral(cls, referral: Referral) -> Self:
        """The referral as it stands."""
        return cls(
            hop=referral.hop,
            unit=referral.unit,
            published_at=referral.published_at or None,
            failure=referral.failure or None,
            opened_at=referral.opened_at or None,
        )


class UnreadView(DeskView):
    """What reporters added to a case that a unit holds, or that ended, and nobody has looked at."""

    since: str
    last: int
    """Number of the last entry that tells of it: a person who looks at it names it."""


class InformedView(DeskView):
    """That the unit of the case informed a prosecutor's office, and whether it confirmed that."""

    prosecutor: str
    court: str
    entry: int
    """Number of its entry in the history: a receipt names it."""
    at: str
    received_at: str | None = None
    """Left out until a prosecutor of the office confirmed that the dossier came."""


class CourtHoldView(DeskView):
    """That a court needs the case: until the day is over nothing of it is erased."""

    court: str
    reference: str
    """The number of its order."""
    until: str
    entry: int
    """Number of the entry in the history that set it: a lifting names it."""


class CaseLine(DeskView):
    """A case in one line: how it stands, and how urgent it is."""

    id: str
    etag: str
    """Of the case as the line shows it: a decision sends it back in If-Match."""
    number: str | None = None
    """That people say over a telephone; left out for a case that was opened before there were
    any."""
    status: Status
    priority: Priority
    category: str | None = None
    told: tuple[str, ...] = ()
    """Categories of which its reports tell, beside its own, and on which two people decide."""
    flags: tuple[str, ...] = ()
    """What the assessments of its reports, and of what was added to them, raised."""
    territory: str | None = None
    country: str | None = None
    language: str
    """Of the reporter who opened it."""
    opened_at: str
    imminent: bool
    """Danger in the next hours: a report, or something added to one, tells of it, and nobody has
    said since that there is none."""
    danger: DangerView | None = None
    """How that danger is known, since when, and what was said; left out without danger."""
    supervision: bool
    """The review is a supervisor's."""
    gate: tuple[Opening, ...] = ()
    """What opened the gate for acts of inquiry and still stands."""
    declines: int
    named: str | None = None
    """The unit that a declining unit or an analyst named as competent."""
    wait: WaitView | None = None
    deadlines: tuple[DeadlineView, ...] = ()
    """Every deadline of the case, with the time left."""
    hold: HoldView | None = None
    """Left out when nobody works on it alone."""
    attended: AttendedView | None = None
    """Left out where nobody took care of it since something happened of which the duty desk must
    hear."""
    taken: TakenView | None = None
    """Left out where nobody has it. It concerns danger alone: nobody is kept from deciding."""
    tries: tuple[TryView, ...] = ()
    """The latest tries to reach somebody about it, the last one last; at most twelve."""
    owner: str | None = None
    """The officer of its unit who works on it, by subject; left out without one."""
    proposed_by: str | None = None
    """Who decided first, where another person must decide the same."""
    merged_into: str | None = None
    questions: int = 0
    """Questions put to reporters."""
    withdrawals: int = 0
    """How often reporters asked to withdraw whose reports belong to the case; that ends nothing by
    itself."""
    unread: UnreadView | None = None
    """What reporters added since a unit holds it or since it ended, until somebody has looked: by
    when is among its deadlines."""
    court_holds: tuple[CourtHoldView, ...] = ()
    """The orders of courts that need the case today, the first set first."""
    informed: InformedView | None = None
    """Left out where the unit of the case has not informed the prosecutor."""
    suspects: tuple[SuspectStanding, ...] = ()
    """How each stands; the first is number 1."""
    moved_at: str = ""
    """When it came into its status."""
    referral: ReferralView | None = None
    stuck: str | None = None
    unreadable: bool = False
    """It has something that no machine could read, and nobody has decided on the case since."""
    closed: CloseReason | None = None
    closed_at: str | None = None
    facts: LineFacts | None = None
    """What the report that opened it says: in lists, for those who may read the case."""

    @classmethod
    def from_case(cls, case: Case, now: datetime, zone: tzinfo) -> Self:
        """The case as it stands now, by the clocks of the country."""
        return cls(**case_line_fields(case, now, zone))


def case_line_fields(case: Case, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """The fields of a `CaseLine`."""
    computed = {
        "wait",
        "referral",
        "deadlines",
        "hold",
        "attended",
        "taken",
        "tries",
        "owner",
        "proposed_by",
        "suspects",
        "unread",
        "informed",
        "court_holds",
        "number",
        "danger",
        "facts",
    }
    held, danger = case.active_hold(now), case.danger_source
    return {
        **{name: getattr(case, name) for name in set(CaseLine.model_fields) - computed},
        "number": case.number or None,
        "danger": DangerView.from_danger(danger) if danger else None,
        "deadlines": deadline_views(case, now),
        "hold": HoldView(**held.model_dump()) if held else None,
        "attended": AttendedView(**case.attended.model_dump()) if case.attended else None,
        "taken": TakenView(**case.taken.model_dump()) if case.taken else None,
        "tries": tuple(TryView(**each.model_dump(exclude={"key"})) for each in case.tries),
        "owner": case_owner(case),
        "proposed_by": case.proposal.by if case.proposal else None,
        "suspects": tuple(map(SuspectStanding, case.suspects)),
        "unread": UnreadView(since=case.unread.since, last=case.unread.last)
        if case.unread
        else None,
        "informed": _informed(case),
        "court_holds": court_hold_views(case, now, zone),
        "wait": WaitView.from_wait(case.wait, now) if case.wait else None,
        "referral": ReferralView.from_referral(case.referral) if case.referral else None,
    }


def court_hold_views(case: Case, now: datetime, zone: tzinfo) -> tuple[CourtHoldView, ...]:
    """The holds of courts that are in force today, by the clocks of the country."""
    today = now.astimezone(zone).date()
    return tuple(CourtHoldView(**each.model_dump()) for each in case.holds_of_courts(today))


def _informed(case: Case) -> InformedView | None:
    known = case.informed_by_unit
    if known is None:
        return None
    said = known.model_dump(exclude={"unit", "received_at"})
    return InformedView(**said, received_at=known.received_at or None)


class BriefLine(DeskView):
    """A case in few bytes: what tells how much waits, and for whom."""

    id: str
    priority: Priority
    opened_at: str
    hold: HoldView | None = None
    """Left out when nobody works on it alone."""


class QueuePage(DeskView):
    """Some of the work waiting for me, most urgent first."""

    cases: tuple[CaseLine, ...]
    """May be shorter than asked for: a case that left the queue meanwhile is left out."""
    brief: tuple[BriefLine, ...] | None = None
    """The same cases in brief, where that was asked for; `cases` and `people` are then empty."""
    people: Mapping[str, str] = {}
    """The names of those who hold or proposed, by subject."""
    cursor: str | None = None
    """Of the next page; left out on the last."""
    left_out: bool = False
    """More cases stand with the units of a prosecutor's office than one list looks at: a case that
    is missing is opened by its id."""
    mine: tuple[CaseLine, ...] | None = None
    """What the reader works on alone now, the oldest hold first; at most fifty. Left out where it
    was not asked for."""

    def without_content(self) -> Self:
        """The page for somebody who counts what waits and reads none of it."""
        lines = tuple(
            BriefLine(id=each.id, priority=each.priority, opened_at=each.opened_at, hold=each.hold)
            for each in self.cases
        )
        return self.model_copy(update={"cases": (), "people": {}, "brief": lines})
