"""A case and what it is made of: its state, deadlines, holds and questions.

Times are RFC 3339 in UTC with milliseconds, so that they sort as text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from casework.case.columns import Queue
from casework.case.commitment import new_salt, of_parts
from casework.case.freezing import Bond, Clock
from casework.case.lifecycle import Status
from casework.case.referral import Referral
from casework.text.realm import listed, realm_of

SYSTEM = "system"
"""`by` of what no person did."""

REPORTER = "reporter"
"""`by` of what a reporter did with their receipt."""

DECIDED = "decided"
"""The queue of what was decided and the workflow may not know of yet."""

MOST_SUGGESTIONS = 5
"""Suggestions that a case keeps, so that it stays a small item."""

MOST_RUNS = 5
"""Executions a case may have, since people last set it going, before the duty desk gets it."""


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
    """Danger was told of, and people have still to decide on the case, or to look at what told of
    it where a unit holds the case or it has ended."""
    OVERDUE = "overdue"
    UNDELIVERED = "undelivered"
    STUCK = "stuck"
    UNREADABLE = "unreadable"
    """No machine could read what a reporter sent: nobody knows yet whether it tells of danger."""
    RETENTION = "retention"
    """It was kept as long as the pack says: somebody decides what becomes of it."""
    MONEY = "money"
    """Money left so short a while ago that it may still be held back, and nothing was sent."""
    ADDED_AFTER_END = "added_after_end"
    """A reporter added to a case that had ended at review, and nobody has looked at it. What was
    added to a unit's case comes to the duty desk as `overdue`."""


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

    @property
    def at_review(self) -> bool:
        """Whether the review gives this reason, and no unit."""
        return self in {
            CloseReason.NOT_AN_OFFENCE,
            CloseReason.NO_EXPLOITABLE_FACTS,
            CloseReason.DUPLICATE,
            CloseReason.OUT_OF_SCOPE,
        }


ENDED_AT_REVIEW = frozenset(
    {
        CloseReason.NOT_AN_OFFENCE,
        CloseReason.NO_EXPLOITABLE_FACTS,
        CloseReason.DUPLICATE,
        CloseReason.OUT_OF_SCOPE,
    }
)
"""Reasons for which nobody but the review ends a case."""


class Danger(StrEnum):
    """Why a unit may not wait for the prosecutor's authorisation, as a person decided."""

    LIFE = "life"
    CHILD = "child"
    ATTACK = "attack"


class Opener(StrEnum):
    """What opens the gate of a case: each is a recorded decision of a person."""

    AUTHORISATION = "authorisation"
    """The prosecutor authorised the inquiry."""
    DANGER = "danger"
    """The unit passed it: danger was imminent."""
    IDENTITY = "identity"
    """An officer opened a reporter's identity, and accepted it."""


class Due(StrEnum):
    """A deadline that no workflow waits for, or not as long as it has."""

    WAIT = "wait"
    """What the workflow waits for, once it is due sooner than the workflow knows."""
    ANSWER = "answer"
    """The reporter's, to a question."""
    NOTICE = "notice"
    """To tell an identified complainant of the prosecutor's decision."""
    AUTHORISATION = "authorisation"
    """The prosecutor's, while the gate is shut."""
    INSTRUCTION = "instruction"
    """The prosecutor's first one, once a unit holds the case and may inquire."""
    IDENTITY = "identity"
    """The decision on the request for an identity that has waited longest."""
    UNREAD = "unread"
    """To look at what reporters added."""
    RETENTION = "retention"
    """To review whether what is kept may be kept longer."""
    ERASING = "erasing"
    """To erase what is kept of a case, as it was decided."""
    MOVING = "moving"
    """To bring the reports of a merged or split case to where they belong."""
    MONEY = "money"
    """To have money held back: after it nobody can any more."""
    FREEZE = "freeze"
    """Of the next to act on a freeze: the prosecutor, the court, the institution or the unit."""
    UNSEEN = "unseen"
    """To let go of reports that came into a case as it ended, and that nobody saw."""
    ALONE = "alone"
    """A report's own: by when people would have looked at it if it stood alone."""
    ADMISSION = "admission"
    """To say of a report that waits longer than that whether it belongs to the case it joined."""


def stamp(at: datetime) -> str:
    """A time as it is stored: RFC 3339, UTC, milliseconds; sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entity_tag(version: int) -> str:
    """A version as an HTTP entity tag."""
    return f'"{version}"'


def minute(at: datetime) -> str:
    """The minute in which something came from a reporter, as it is stored: nobody reads there when
    exactly their connection was used."""
    return stamp(at.replace(second=0, microsecond=0))


class Wait(BaseModel):
    """A deadline: since when, due when, and how often it has escalated."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    since: str
    due: str
    level: int = 0
    last: bool = False
    """No escalation follows: once it has passed it goes round again by itself."""
    hastened: bool = False
    """Its case became more urgent since the wait began: the sweeper sees to it when it is due, as
    the workflow knows of a later time."""


def length_of(seconds: Sequence[int], level: int) -> int:
    """The seconds of a wait at a level; the last length is that of all further levels."""
    return seconds[min(level, len(seconds) - 1)]


def wait_from(at: datetime, seconds: Sequence[int], level: int = 0) -> Wait:
    """A wait that starts at `at`; `seconds` holds one length for each escalation level."""
    due = stamp(at + timedelta(seconds=length_of(seconds, level)))
    return Wait(since=stamp(at), due=due, level=level, last=level >= len(seconds) - 1)


class Freeze(BaseModel):
    """How one sum of money stands that is to be held back with one institution."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bond: Bond = Bond.OPEN
    sent: bool = False
    """Whether the institution was sent a notice or an order."""
    waits: dict[Clock, Wait] = {}
    """By when somebody must act."""


class Opening(BaseModel):
    """Something that opened the gate of a case, and still stands."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: Opener
    event: int
    """Number of its entry in the history of the case; an entry that annuls it names this."""
    report: str | None = None
    """Reference of the report whose reporter's identity it is; left out for what is none."""


class Hold(BaseModel):
    """Who works on the case alone, or last did: since when, and until when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: str
    since: str
    """When they took it first, however often they prolonged that or took it again at once."""
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
    after: str = ""
    """Place among the reports of the other case up to which they were looked through."""
    report: str | None = None
    """Reference of the one report that was taken out of the other case: it is here already, and
    what only it names follows."""


class Unseen(Wait):
    """Reports that may have come into a case as it ended: from when on they are looked for."""

    after: str = ""
    """Place among the reports of the case up to which they were looked through."""


class Alone(Wait):
    """The clock of a report that stands alone, or is answered as if it did: how urgent it is by
    itself, since when it waits, and when its deadline passes next."""

    priority: Priority
    late: str
    """When its first deadline passes."""


class Unread(BaseModel):
    """What reporters added to a case that a unit holds, or that has ended, or by what it became
    more urgent there, and nobody has looked at."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    since: str
    """When the first of it was noted."""
    last: int
    """Number of the entry of the last of it."""
    wait: Wait | None = None
    """By when somebody must look, counted from the first of it."""


Because = Literal["identifier", "closed", "narrative", "weak_identifier"]
"""Why another case is suggested, the strongest reason first."""


class Suggestion(BaseModel):
    """Another case that may be about the same facts, and why: for an analyst to merge, or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str
    because: Because
    """`identifier`: a report that joined one of the two names what belongs to the other; `closed`:
    one of the two had ended by then, and held it."""
    percent: int | None = None
    """How much of the narratives is the same."""
    shared: tuple[str, ...] = ()
    """The identifiers that both name, as `kind:mark`."""
    report: str | None = None
    """Reference of the report that names what belongs to both."""


class Paused(BaseModel):
    """What is left of a review that stopped for a reporter's answer, and whose answer it is."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seconds: int
    level: int
    report: str
    """Reference of the report whose reporter was asked. A number alone would not say who: a report
    that came from another case may have been put a question of the same number there."""


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
    told: tuple[str, ...] = ()
    """Categories of which its reports tell, beside its own, and on which two people decide."""
    priority: Priority = Priority.STANDARD
    territory: str | None = None
    """Code in the pack; None when unknown. With a country, the victim's residence."""
    territory_percent: int = 100
    """How sure the territory is: less than 100 where it was read from words."""
    ground: str | None = None
    """What the territory is of the case, as an analyst says; None for the pack's
    `reported_territory`."""
    country: str | None = None
    """ISO 3166-1 alpha-2 when abroad."""
    imminent: bool = False
    flags: tuple[str, ...] = ()
    """What the assessments of its reports, and of what was added to them, raised."""
    alerted: bool = False
    supervision: bool = False
    """The review is a supervisor's."""
    gate: tuple[Opening, ...] = ()
    """What opened the gate for acts of inquiry, oldest first; empty while it is shut, and where the
    pack has none. It stays open for every unit the case goes to, until the last one is annulled."""
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
    unreadable: bool = False
    """It has something that no machine could read, and nobody has decided on the case since."""
    moved_at: str = ""
    """When it came into its status; empty before its first move."""
    hold: Hold | None = None
    proposal: Proposal | None = None
    paused: Paused | None = None
    questions: int = 0
    """The number of the last question put to a reporter; they go up, within a report too."""
    suggestions: tuple[Suggestion, ...] = ()
    """At most `MOST_SUGGESTIONS`; one on each other case."""
    merged_into: str | None = None
    moving: Moving | None = None
    withdrawals: int = 0
    """How often reporters of the case asked to withdraw: those whose reports belong to it."""
    unread: Unread | None = None
    """What was added, or made it more urgent, since a unit holds it or since it ended, until a
    person has looked."""
    unseen: Unseen | None = None
    """Since it ended, until no report is in it that nobody saw."""
    notice: Wait | None = None
    """By when an identified complainant must be told of the prosecutor's decision."""
    noticed: int = 0
    """Number of the entry by which they were told last; 0 where none holds."""
    authorisation: Wait | None = None
    """By when the prosecutor's authorisation is expected."""
    instruction: Wait | None = None
    """By when the prosecutor's first instruction is expected."""
    identity: Wait | None = None
    """By when the oldest request for an identity that waits must be decided."""
    retention: Wait | None = None
    """By when somebody reviews whether what is kept may be kept longer."""
    erasing: Wait | None = None
    """Since when it is to be erased; at the first level the cases that were merged into it are,
    too. None when nothing is left to erase."""
    shown: int = 0
    """The number of the last report that somebody who decided had seen: all up to it are admitted.
    """
    unadmitted: int = 0
    """The number of a report that waited too long for somebody to admit it; 0 for none."""
    money: Wait | None = None
    """Since when it is known that money left, and until when it may be held back; None once
    something was sent, or people decided that it is not pursued."""
    freezes: tuple[Freeze, ...] = ()
    """What is done to hold money back; the first is number 1."""
    suspects: tuple[str, ...] = ()
    """How each suspect stands, a word of `casework.case.suspects`; the first is number 1."""
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
        return entity_tag(self.version)

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
        return not self.status.law.ended

    @property
    def spent(self) -> bool:
        """Whether no more executions are tried before people look."""
        return self.run - self.first_run + 1 >= MOST_RUNS

    @property
    def ended_by(self) -> str | None:
        """The unit that held the case when it ended; None for one that ended at review."""
        at_review = self.closed is None or self.closed in ENDED_AT_REVIEW
        return None if at_review or self.referral is None else self.referral.unit

    @property
    def desk(self) -> str | None:
        """In whose queue the case waits: review, supervision, decided, a unit's id, or nobody's.

        `decided` is the reconciler's: a decision was saved that the workflow may not know of yet.
        What a unit holds is in a queue of its own, `held:` and its id; what it ended and reporters
        added to since is in another, `added:` and its id. Of trials people have queues of their
        own.
        """
        waits = self._waits_at
        return waits if waits in {None, DECIDED} else listed(realm_of(self.id), waits)

    @property
    def _waits_at(self) -> str | None:
        """The same, in either realm."""
        law = self.status.law
        if law.idle and not self.settled:
            return DECIDED
        match law.queue:
            case Queue.REVIEW:
                return "supervision" if self.supervision else "review"
            case Queue.DECIDED:
                return DECIDED
            case Queue.UNIT:
                return self.referral.unit if self.referral else None
            case Queue.HELD:
                return f"held:{self.referral.unit}" if self.referral else None
            case Queue.ADDED:
                return f"added:{self.ended_by}" if self.unread and self.ended_by else None
            case None:
                return None

    @property
    def duties(self) -> frozenset[Duty]:
        """Why the duty desk must see it now; empty for nearly every case."""
        waiting = not self.status.law.idle or self.status is Status.AWAITING_ANSWER
        reasons = {
            Duty.IMMINENT: self.imminent
            and self.status is not Status.RECEIVED
            and (waiting or self.unread is not None),
            Duty.OVERDUE: self.unadmitted > 0
            or any(wait and wait.level > 0 for wait in self._awaited_of_people),
            Duty.UNDELIVERED: self.status is Status.QUEUED
            and self.referral is not None
            and self.referral.failure != "",
            Duty.STUCK: waiting and self.stuck is not None,
            Duty.UNREADABLE: self.unreadable,
            Duty.RETENTION: self.retention is not None and self.retention.level > 0,
            Duty.MONEY: bool(self._money),
            Duty.ADDED_AFTER_END: self.status is Status.CLOSED
            and self.unread is not None
            and self.ended_by is None,
        }
        return frozenset(kind for kind, holds in reasons.items() if holds)

    @property
    def _awaited_of_people(self) -> tuple[Wait | None, ...]:
        prosecutor = (self.notice, self.authorisation, self.instruction)
        unread = self.unread.wait if self.unread else None
        return (self.wait, *prosecutor, self.identity, unread, *self._frozen)

    @property
    def dues(self) -> dict[Due, Wait]:
        """The deadlines that no workflow waits for, while they still have to be looked at."""
        answer = self.wait if self.status is Status.AWAITING_ANSWER else None
        wait = self.wait if self.status.law.waits else None
        known = {
            Due.WAIT: wait if wait and wait.hastened and not wait.last else None,
            Due.ANSWER: answer,
            Due.NOTICE: self.notice,
            Due.AUTHORISATION: self.authorisation,
            Due.INSTRUCTION: self.instruction,
            Due.IDENTITY: self.identity,
            Due.UNREAD: self.unread.wait if self.unread else None,
            Due.RETENTION: self.retention,
            Due.ERASING: self.erasing,
            Due.MONEY: self._money,
            Due.FREEZE: min(
                (wait for wait in self._frozen if wait.due),
                key=lambda wait: wait.due,
                default=None,
            ),
            Due.MOVING: self.moving,
            Due.UNSEEN: self.unseen,
        }
        return {kind: wait for kind, wait in known.items() if wait and wait.due}

    @property
    def _money(self) -> Wait | None:
        """Until when money may be held back, while people can still decide that it is.

        Whoever closed the case knew of the money that was told until then; what is told later
        runs, as it does anywhere else.
        """
        if self.money is None or not self.money.due:
            return None
        told_later = self.closed_at is not None and self.money.since > self.closed_at
        runs = told_later if self.status is Status.CLOSED else self.joinable
        return self.money if runs else None

    @property
    def _frozen(self) -> list[Wait]:
        """The deadlines of what is done to hold money back."""
        return [wait for freeze in self.freezes for wait in freeze.waits.values()]

    @property
    def clock_due(self) -> tuple[int, Clock] | None:
        """The number of the freeze of which a time passes next, and whose time it is."""
        due = self.dues.get(Due.FREEZE)
        clocks = (
            (number, clock)
            for number, freeze in enumerate(self.freezes, start=1)
            for clock, wait in freeze.waits.items()
            if wait is due
        )
        return next(clocks, None)

    def with_wait(self, kind: Due, wait: Wait) -> dict[str, Any]:
        """The fields of the case where a deadline is another one, of what `dues` names."""
        if kind is Due.UNREAD and self.unread is not None:
            return {"unread": self.unread.model_copy(update={"wait": wait})}
        if kind is not Due.FREEZE:
            return {kind.value: wait}
        passed = self.dues[kind]
        changed = [
            freeze.model_copy(
                update={
                    "waits": {
                        clock: wait if each is passed else each
                        for clock, each in freeze.waits.items()
                    }
                }
            )
            for freeze in self.freezes
        ]
        return {"freezes": tuple(changed)}

    def held(self, now: datetime) -> Hold | None:
        """Who works on the case alone now."""
        return self.hold if self.hold is not None and self.hold.until > stamp(now) else None

    def held_by_another(self, subject: str, now: datetime) -> bool:
        """Whether somebody else works on the case alone now."""
        hold = self.held(now)
        return hold is not None and hold.by != subject

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
        since, due = map(datetime.fromisoformat, (self.wait.since, self.wait.due))
        length, left = (due - since).total_seconds(), (due - now).total_seconds()
        if left <= 0 < length and self.wait.last:
            left = length - -left % length
        return max(1, math.ceil(left))


class Question(BaseModel):
    """What a reporter is asked. Kept with their report, never in an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    """Goes up within the case and within the report, from 1."""
    report: str
    """Reference of the report whose reporter is asked."""
    text: str
    language: str
    asked_at: str
    due: str
    salt: bytes = Field(default_factory=new_salt)

    @property
    def bound(self) -> str:
        """The commitment that its event holds."""
        return of_parts(self.salt, self.model_dump(exclude={"salt"}))
