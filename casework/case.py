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
from casework.errors import HeldByAnother, IllegalMove, OtherCaseUnfit
from casework.history import Event, chained
from casework.lifecycle import Move, Status
from casework.referral import DeclineReason, Referral, may_reroute

SYSTEM = "system"
"""`by` of what no person did."""

REPORTER = "reporter"
"""`by` of what a reporter did with their receipt."""

MOST_RUNS = 5
"""Executions a case may have, since people last set it going, before the duty desk gets it."""

HOLD_SECONDS = 900
"""How long an item that somebody took stays theirs before it comes back by itself."""

MOVED_AGAIN_SECONDS = 60
"""After a merge or split: by then every index shows every report that was linked before it."""

MOST_SUSPECTS = 100
"""Suspects of one case: with their states the case stays a small item."""


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
    """Why a case ended: the first four at review, the others with the unit that held it."""

    NOT_AN_OFFENCE = "not_an_offence"
    NO_EXPLOITABLE_FACTS = "no_exploitable_facts"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    CLOSED_BY_PROSECUTOR = "closed_by_prosecutor"
    AUTHORISATION_REFUSED = "authorisation_refused"
    SENT_TO_COURT = "sent_to_court"
    SENT_ABROAD = "sent_abroad"


class Danger(StrEnum):
    """Why a unit may not wait for the prosecutor's authorisation."""

    ASSESSED = "assessed"
    """The assessment saw it, before any unit had the case."""
    LIFE = "life"
    CHILD = "child"
    ATTACK = "attack"


class Due(StrEnum):
    """A deadline that no workflow waits for."""

    ANSWER = "answer"
    """The reporter's, to a question."""
    NOTICE = "notice"
    """To tell an identified complainant of the prosecutor's decision."""
    RETENTION = "retention"
    """To review whether what is kept may be kept longer."""
    MOVING = "moving"
    """To bring the reports of a merged or split case to where they belong."""


def stamp(at: datetime) -> str:
    """A time as it is stored: RFC 3339, UTC, milliseconds; sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Wait(BaseModel):
    """A deadline: since when, due when, and how often it has escalated."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    since: str
    due: str
    level: int = 0


class Hold(BaseModel):
    """Who works on the case alone, and until when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: str
    until: str


class Proposal(BaseModel):
    """A decision that waits for a second person to decide the same."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: str
    digest: str
    """Of the decision's content; the content is in the `propose` event."""


class Moving(Wait):
    """Reports on their way between this case and another: all are moved at the first level, and
    at the second what an index showed too late."""

    other: str
    """Id of the case this one was merged into, or stands apart from again."""


class Paused(BaseModel):
    """What is left of a review that stopped for the reporter's answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seconds: int
    level: int


class Case(BaseModel):
    """What police work on. Small on purpose: details live in its events and reports.

    Fields that are not known are left out when a case is read: a release that is rolled back
    still reads what the newer one wrote.
    """

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
    first_run: int = 1
    """The run with which people, or the first report, last set the case going."""
    settled: bool = False
    """No workflow is owed, and the last one was told."""
    stuck: str | None = None
    moved_at: str = ""
    """When it came into its status; empty before its first move."""
    hold: Hold | None = None
    proposal: Proposal | None = None
    paused: Paused | None = None
    questions: int = 0
    """Questions put to reporters so far; they are numbered from 1."""
    merged_into: str | None = None
    moving: Moving | None = None
    notice: Wait | None = None
    """By when an identified complainant must be told of the prosecutor's decision."""
    retention: Wait | None = None
    """By when somebody reviews whether what is kept may be kept longer."""
    suspects: tuple[str, ...] = ()
    """How each suspect stands, a word of `casework.suspects`; the first is number 1."""
    closed: CloseReason | None = None
    closed_at: str | None = None
    version: int = 0
    """Grows with every change a decision depends on; the ETag. Joins do not touch it."""
    revision: int = 0
    """Grows with every write."""
    events: int = 0
    head: str = ""
    """Hash of the last event."""
    grew_on: str = ""
    """Day of the last event: its first one on a day puts the case among those sealed then."""

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
        return self.status not in lifecycle.ENDED

    @property
    def spent(self) -> bool:
        """Whether no more executions are tried before people look."""
        return self.run - self.first_run + 1 >= MOST_RUNS

    @property
    def desk(self) -> str | None:
        """In whose queue the case waits: review, supervision, decided, a unit's id, or nobody's.

        `decided` is the reconciler's: a decision was saved that the workflow may not know of yet.
        What a unit holds is in a queue of its own, `held:` and its id.
        """
        match self.status:
            case Status.IN_REVIEW:
                return "supervision" if self.supervision else "review"
            case Status.REVIEWED | Status.DECLINED:
                return "decided"
            case Status.QUEUED | Status.PUBLISHED:
                return self.referral.unit if self.referral else None
            case _ if self.status in lifecycle.HELD and not self.settled:
                return "decided"
            case Status.ACKNOWLEDGED | Status.AWAITING_AUTHORISATION if self.referral:
                return f"held:{self.referral.unit}"
            case _:
                return None

    @property
    def duties(self) -> frozenset[Duty]:
        """Why the duty desk must see it now; empty for nearly every case."""
        waiting = self.status not in lifecycle.HELD or self.status is Status.AWAITING_ANSWER
        reasons = {
            Duty.IMMINENT: waiting and self.imminent and self.status is not Status.RECEIVED,
            Duty.OVERDUE: any(wait and wait.level > 0 for wait in (self.wait, self.notice)),
            Duty.UNDELIVERED: self.status is Status.QUEUED
            and self.referral is not None
            and self.referral.failures > 0,
            Duty.STUCK: waiting and self.stuck is not None,
        }
        return frozenset(kind for kind, holds in reasons.items() if holds)

    @property
    def dues(self) -> dict[Due, Wait]:
        """The deadlines that no workflow waits for, while they still have to be looked at."""
        answer = self.wait if self.status is Status.AWAITING_ANSWER else None
        known = {
            Due.ANSWER: answer,
            Due.NOTICE: self.notice,
            Due.RETENTION: self.retention,
            Due.MOVING: self.moving,
        }
        return {kind: wait for kind, wait in known.items() if wait and wait.due}

    def held_by_another(self, subject: str, now: datetime) -> bool:
        """Whether somebody else works on the case alone now."""
        return self.hold is not None and self.hold.by != subject and self.hold.until > stamp(now)

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


class Question(BaseModel):
    """What a reporter is asked. Kept with their report, never in an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    """Counted from 1 within the case."""
    report: str
    """Reference of the report whose reporter is asked."""
    text: str
    language: str
    asked_at: str
    due: str


class Change(BaseModel):
    """What one move does: the case before (None when it is opened), after, and the event."""

    model_config = ConfigDict(frozen=True)

    before: Case | None
    after: Case
    event: Event | None = None
    beside: tuple[Change, ...] = ()
    """What the same act does to other cases."""
    question: Question | None = None
    """What the act asks a reporter."""

    @classmethod
    def of(
        cls,
        case: Case,
        move: Move,
        at: datetime,
        by: str = SYSTEM,
        data: dict[str, JsonValue] | None = None,
        *,
        gated: bool = False,
        **updates: Any,
    ) -> Self:
        """Make `move`, recording `data`; raises IllegalMove when the law has no such move.

        Whatever is no note is a new version. Where a move does not lead to the one status the
        law names for it, its event says to which.
        """
        status = lifecycle.after(case.status, move, gated=gated)
        moved, note = status is not case.status, move in lifecycle.NOTES
        said = dict(data or {})
        if gated or not (moved or note):
            said["status"] = status.value
        event = chained(
            Event(number=case.events + 1, move=move.value, at=stamp(at), by=by, data=said),
            case.head,
        )
        left = {"wait": None, "hold": None, "proposal": None, "moved_at": stamp(at)}
        after = case.model_copy(
            update={
                "status": status,
                "version": case.version + (0 if note else 1),
                "revision": case.revision + 1,
                "events": event.number,
                "head": event.hash,
                "grew_on": event.at[:10],
                **(left if moved else {}),
                **(_going_again(case, status) if move in lifecycle.DECISIONS else {}),
                **updates,
            }
        )
        return cls(before=case, after=after, event=event)

    @classmethod
    def quietly(cls, case: Case, **updates: Any) -> Self:
        """A bookkeeping write that is no event of the case."""
        after = case.model_copy(update={"revision": case.revision + 1, **updates})
        return cls(before=case, after=after)

    def noticed(self, at: datetime, seconds: Sequence[int]) -> Self:
        """The same, and the complainant is owed a notice of it; nothing without `seconds`."""
        if not seconds:
            return self
        after = self.after.model_copy(update={"notice": wait_from(at, seconds)})
        return self.model_copy(update={"after": after})


def _going_again(case: Case, status: Status) -> dict[str, Any]:
    """A person decided: what no execution was taking further is served by a new one.

    A case that no workflow is owed leaves that state only by a new run; a stuck one too, which is
    how a decision on it is carried on.
    """
    idle = case.status in lifecycle.HELD and status not in lifecycle.HELD
    if not idle and case.stuck is None:
        return {}
    run = case.run + 1
    return {"run": run, "first_run": run, "settled": False, "stuck": None}


def wait_from(at: datetime, seconds: Sequence[int], level: int = 0) -> Wait:
    """A wait that starts at `at`; `seconds` holds one length for each escalation level."""
    length = seconds[min(level, len(seconds) - 1)]
    return Wait(since=stamp(at), due=stamp(at + timedelta(seconds=length)), level=level)


def opened(case: Case, at: datetime) -> Change:
    """The first entry of a new case."""
    event = chained(Event(number=1, move=Move.OPEN.value, at=stamp(at), by=SYSTEM), case.head)
    after = case.model_copy(
        update={
            "events": 1,
            "head": event.hash,
            "grew_on": event.at[:10],
            "revision": 1,
            "version": 1,
        }
    )
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
    """The assessment is there; the case waits for review. `data` is the assessment, as advice.

    It is of the report that opened the case: danger that another report told of meanwhile stays.
    """
    return Change.of(
        case,
        Move.ASSESS,
        at,
        data=data,
        priority=case.priority if case.imminent else priority,
        imminent=imminent or case.imminent,
        territory=territory,
        wait=wait_from(at, review_seconds),
    )


def alerted(case: Case, at: datetime) -> Change:
    """The duty desk was told of imminent danger."""
    return Change.of(case, Move.ALERT, at, alerted=True)


def endangered(case: Case, at: datetime, reference: str) -> Change:
    """A report that joined tells of danger; the duty desk was told of it by whoever found it.

    No decision depends on it: what people decided on the case as they saw it still holds.
    """
    return Change.of(
        case,
        Move.DANGER,
        at,
        data={"reference": reference},
        priority=Priority.IMMEDIATE,
        imminent=True,
        alerted=True,
    )


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
    flags: Sequence[str] = (),
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
            **({"flags": list(flags)} if flags else {}),
        },
        category=category,
        priority=priority,
        territory=territory,
        country=country,
        named=unit,
        supervision=False,
    )


def rejected(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    *,
    turn_to: str | None = None,
    retention_seconds: Sequence[int] = (),
) -> Change:
    """An analyst ends the case at review; `turn_to` is the service that can help instead."""
    return Change.of(
        case,
        Move.REJECT,
        at,
        by,
        {"reason": reason.value, "turn_to": turn_to},
        closed=reason,
        closed_at=stamp(at),
        retention=wait_from(at, retention_seconds) if retention_seconds else None,
    )


def proposed(
    case: Case, at: datetime, by: str, *, digest: str, data: dict[str, JsonValue]
) -> Change:
    """A first person decided; `data` is what, until a second one decides the same."""
    said = {**data, "digest": digest}
    return Change.of(case, Move.PROPOSE, at, by, said, proposal=Proposal(by=by, digest=digest))


# ---- the reporter is asked ---------------------------------------------------------------------


def asked(
    case: Case,
    at: datetime,
    by: str,
    *,
    report: str,
    text: str,
    language: str,
    answer_seconds: int,
) -> Change:
    """A reporter is asked: the review stops, with the time it has left, until they answer.

    The text is kept with the report of the reference `report`, where its reporter finds it; the
    event holds numbers only.
    """
    left, number = case.wait, case.questions + 1
    due = datetime.fromisoformat(left.due) if left else at
    wait = wait_from(at, (answer_seconds,))
    change = Change.of(
        case,
        Move.ASK,
        at,
        by,
        {"question": number, "report": report},
        questions=number,
        wait=wait,
        paused=Paused(
            seconds=max(1, math.ceil((due - at).total_seconds())), level=left.level if left else 0
        ),
    )
    question = Question(
        number=number,
        report=report,
        text=text,
        language=language,
        asked_at=wait.since,
        due=wait.due,
    )
    return change.model_copy(update={"question": question})


def answered(case: Case, at: datetime, *, question: int, report: str) -> Change:
    """The reporter answered: the review goes on with the time it had left, in a new run.

    Raises IllegalMove when the case no longer waits for an answer, or for another one.
    """
    lifecycle.after(case.status, Move.ANSWER)
    if question != case.questions:
        raise IllegalMove("Another question is open.")
    return _review_again(case, Move.ANSWER, at, REPORTER, {"question": question, "report": report})


def unanswered(case: Case, at: datetime) -> Change:
    """The reporter did not answer in time: the review goes on without."""
    return _review_again(case, Move.UNANSWERED, at, SYSTEM, {"question": case.questions})


def _review_again(
    case: Case, move: Move, at: datetime, by: str, data: dict[str, JsonValue]
) -> Change:
    paused = case.paused or Paused(seconds=1, level=0)
    run = case.run + 1
    return Change.of(
        case,
        move,
        at,
        by,
        data,
        wait=wait_from(at, (paused.seconds,)).model_copy(update={"level": paused.level}),
        paused=None,
        run=run,
        first_run=run,
        settled=False,
    )


# ---- one case into another, and back -----------------------------------------------------------


def merged(case: Case, into: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The case's reports belong to another one from now on; it points there.

    Decisions on the other case are not disturbed: for it, this is a note.
    """
    if into.id == case.id or not into.joinable:
        raise OtherCaseUnfit("The other case has ended, or is this one.")
    if case.moving is not None:
        raise IllegalMove("Reports of the case are still on their way.")
    change = Change.of(
        case,
        Move.MERGE,
        at,
        by,
        {**data, "into": into.id},
        merged_into=into.id,
        moving=Moving(since=stamp(at), due=stamp(at), other=into.id),
    )
    absorbed = Change.of(into, Move.ABSORB, at, by, {"case": case.id})
    return change.model_copy(update={"beside": (absorbed,)})


def split(case: Case, into: Case, at: datetime, by: str, review_seconds: Sequence[int]) -> Change:
    """A merge is undone: the case stands on its own and is reviewed again."""
    change = Change.of(
        case,
        Move.SPLIT,
        at,
        by,
        {"from": into.id},
        merged_into=None,
        moving=Moving(since=stamp(at), due=stamp(at), other=into.id),
        referral=None,
        wait=wait_from(at, review_seconds),
    )
    released = Change.of(into, Move.RELEASE, at, by, {"case": case.id})
    return change.model_copy(update={"beside": (released,)})


def reports_moved(case: Case, at: datetime, moving: Moving) -> Change | None:
    """All reports that could be seen were moved: once more a while later, then never again."""
    if case.moving != moving:
        return None
    if moving.level > 0:
        return Change.quietly(case, moving=None)
    later = stamp(at + timedelta(seconds=MOVED_AGAIN_SECONDS))
    return Change.quietly(case, moving=moving.model_copy(update={"due": later, "level": 1}))


# ---- one person at a time ----------------------------------------------------------------------


def taken(case: Case, at: datetime, by: str) -> Change:
    """Somebody works on the case alone for a while; it comes back by itself."""
    if case.held_by_another(by, at):
        raise HeldByAnother("A colleague has taken this item.")
    if case.status not in {Status.IN_REVIEW, Status.QUEUED, Status.PUBLISHED}:
        raise IllegalMove(f"A case that is {case.status} waits for nobody to take it.")
    until = stamp(at + timedelta(seconds=HOLD_SECONDS))
    return Change.quietly(case, hold=Hold(by=by, until=until))


def given_back(case: Case, at: datetime, by: str) -> Change | None:
    """The holder gives the item back; None when nobody holds it."""
    if case.held_by_another(by, at):
        raise HeldByAnother("A colleague has taken this item.")
    return Change.quietly(case, hold=None) if case.hold else None


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
        moved_at=stamp(at),
        hold=None,
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


def read_by_unit(case: Case, at: datetime, by: str) -> Change | None:
    """An officer of the unit opens the referral; None when one did before."""
    referral = _referral(case)
    if referral.opened_at or not lifecycle.allows(case.status, Move.READ):
        return None
    opened_now = referral.model_copy(update={"opened_at": stamp(at)})
    data: dict[str, JsonValue] = {"unit": referral.unit, "hop": referral.hop}
    return Change.of(case, Move.READ, at, by, data, referral=opened_now)


def acknowledged(
    case: Case, at: datetime, by: str, *, gated: bool = False, danger: Danger | None = None
) -> Change:
    """A unit takes the case. `gated`: it may not inquire before the prosecutor authorises.

    `danger` is why it need not wait for that, where it would have to.
    """
    said = {**_referral_data(case), **({"danger": danger.value} if danger else {})}
    return Change.of(case, Move.ACKNOWLEDGE, at, by, said, gated=gated)


def lifted(case: Case, at: datetime, report: str) -> Change:
    """An identified report came into the case: the gate for anonymous ones is open."""
    return Change.of(case, Move.LIFT, at, data={"report": report})


def passed(case: Case, at: datetime, by: str, danger: Danger) -> Change:
    """The unit may not wait: danger is imminent, for a recorded reason."""
    return Change.of(case, Move.PASS, at, by, {"danger": danger.value})


def transferred(
    case: Case,
    at: datetime,
    by: str,
    *,
    unit: str,
    data: dict[str, JsonValue],
    move: Move = Move.TRANSFER,
) -> Change:
    """The case goes to another unit, which is told and acknowledges anew."""
    if case.referral is not None and case.referral.unit == unit:
        raise IllegalMove("The case stands with this unit already.")
    hop = case.referral.hop + 1 if case.referral else 1
    return Change.of(
        case,
        move,
        at,
        by,
        {**data, "unit": unit, "from": case.referral.unit if case.referral else None},
        referral=Referral(hop=hop, unit=unit),
        named=None,
        wait=None,
        hold=None,
    )


def instructed(
    case: Case,
    move: Move,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    notice_seconds: Sequence[int] = (),
) -> Change:
    """A prosecutor's decision is entered; it may start the clock of the notice."""
    return Change.of(case, move, at, by, data).noticed(at, notice_seconds)


def suspected(
    case: Case,
    at: datetime,
    by: str,
    data: dict[str, JsonValue],
    *,
    number: int,
    standing: str,
) -> Change:
    """Something happened to the suspect of a number; `standing` is how they stand after it."""
    known = [*case.suspects, ""] if number > len(case.suspects) else list(case.suspects)
    known[number - 1] = standing
    return Change.of(case, Move.SUSPECT, at, by, data, suspects=tuple(known))


def ended(
    case: Case,
    at: datetime,
    by: str,
    reason: CloseReason,
    data: dict[str, JsonValue],
    *,
    notice_seconds: Sequence[int] = (),
    retention_seconds: Sequence[int] = (),
) -> Change:
    """The unit's case ends with a reason."""
    return Change.of(
        case,
        Move.CLOSE,
        at,
        by,
        {**data, "reason": reason.value},
        closed=reason,
        closed_at=stamp(at),
        retention=wait_from(at, retention_seconds) if retention_seconds else None,
    ).noticed(at, notice_seconds)


def notified(case: Case, at: datetime, by: str, data: dict[str, JsonValue]) -> Change:
    """The complainant was told of the prosecutor's decision: the clock stops."""
    if case.notice is None:
        raise IllegalMove("No notice is owed.")
    return Change.of(case, Move.NOTICE, at, by, data, notice=None)


def retried(case: Case, at: datetime, by: str) -> Change:
    """People let a stuck case try again, in a new run."""
    if case.stuck is None:
        raise IllegalMove("The case is not stuck.")
    return Change.of(case, Move.RETRY, at, by, {"reason": case.stuck})


def exported(case: Case, at: datetime, by: str) -> Change:
    """Somebody took the dossier."""
    return Change.of(case, Move.EXPORT, at, by)


def overdue(case: Case, kind: Due, at: datetime, seconds: Sequence[int]) -> Change:
    """A deadline outside the workflow passed: once per level, and then no more."""
    wait = case.dues[kind]
    level = wait.level + 1
    further = wait_from(at, seconds, level) if level < len(seconds) else None
    passed_by = wait.model_copy(update={"due": "", "level": level})
    change = Change.of(case, Move.OVERDUE, at, data={"due": kind.value, "level": level})
    after = change.after.model_copy(update={kind.value: further or passed_by})
    return change.model_copy(update={"after": after})


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


def rerun(case: Case, *, served: bool) -> Change:
    """Claim the next execution for a case whose last one ended; the caller saw it end.

    An execution that had `served` the case, by waiting for people, was lost and not defeated: it
    does not count towards the runs after which people must look.
    """
    run = case.run + 1
    return Change.quietly(case, run=run, first_run=run if served else case.first_run)


def settled(case: Case) -> Change:
    """The workflow knows that a unit holds the case, or that it ended."""
    return Change.quietly(case, settled=True)
