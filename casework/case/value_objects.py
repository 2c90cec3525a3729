"""The parts of a case: its priority, reasons and deadlines, holds, proposals and questions."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from casework.case.commitment import commit_to_parts, new_salt
from casework.case.freezes import Bond, Clock
from casework.case.times import DeadlineWait

SYSTEM_AUTHOR = "system"
"""`by` of entries without a person."""

REPORTER_AUTHOR = "reporter"
"""`by` of acts of a reporter with the receipt."""


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
    """Danger was reported, and people still have to decide on the case; or, if a unit holds the
    case or it has ended, to look at the report of danger."""
    OVERDUE = "overdue"
    UNDELIVERED = "undelivered"
    STUCK = "stuck"
    UNREADABLE = "unreadable"
    """Triage could not read a report or an addition: it may tell of danger."""
    RETENTION = "retention"
    """It was kept as long as the pack says: people decide whether to keep or erase it."""
    MONEY = "money"
    """Money left so recently that it may still be held back, and no notice or order was sent."""
    ADDED_AFTER_END = "added_after_end"
    """A reporter added to a case that had ended at review, and no person has looked at it. An
    addition to a unit's case comes to the duty desk as `overdue`."""


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
    def is_review_reason(self) -> bool:
        """Whether the review gives this reason, and no unit."""
        return self in {
            CloseReason.NOT_AN_OFFENCE,
            CloseReason.NO_EXPLOITABLE_FACTS,
            CloseReason.DUPLICATE,
            CloseReason.OUT_OF_SCOPE,
        }


class Danger(StrEnum):
    """Why a unit may not wait for the prosecutor's authorisation, as a person decided."""

    LIFE = "life"
    CHILD = "child"
    ATTACK = "attack"
    SEEN = "seen"
    """A person saw it at the first glance at a report: one key, which names no kind."""


class Opener(StrEnum):
    """The grounds that open the gate of a case: each is a recorded decision of a person."""

    AUTHORISATION = "authorisation"
    """The prosecutor authorised the inquiry."""
    DANGER = "danger"
    """The unit passed it: danger was imminent."""
    IDENTITY = "identity"
    """An officer opened a reporter's identity, and accepted it."""


class DeadlineKind(StrEnum):
    """A deadline that no workflow waits for, or not as long as it has."""

    WAIT = "wait"
    """The wait of the workflow, once it is due sooner than the workflow knows."""
    ANSWER = "answer"
    """The reporter's, to a question."""
    NOTICE = "notice"
    """To tell an identified complainant of the prosecutor's decision."""
    AUTHORISATION = "authorisation"
    """The prosecutor's, while the gate is shut."""
    INSTRUCTION = "instruction"
    """The prosecutor's first one, once a unit holds the case and may inquire."""
    INFORMING = "informing"
    """The unit's, to inform the prosecutor of a case that it took."""
    IDENTITY = "identity"
    """The decision on the request for an identity that has waited longest."""
    UNREAD = "unread"
    """To look at additions of reporters."""
    RETENTION = "retention"
    """To review whether the case may be kept longer."""
    ERASING = "erasing"
    """To erase a case, as people decided."""
    MOVING = "moving"
    """To bring the reports of a merged or split case to where they belong."""
    MONEY = "money"
    """To have money held back: afterwards it is too late."""
    FREEZE = "freeze"
    """Of the next to act on a freeze: the prosecutor, the court, the institution or the unit."""
    UNSEEN = "unseen"
    """To release reports that joined while the case was ending, so that they are linked again."""
    ALONE = "alone"
    """A report's own: by when people would have looked at it if it stood alone."""
    ADMISSION = "admission"
    """To say of a report that waits longer than that whether it belongs to the case it joined."""


class Freeze(BaseModel):
    """How one sum of money stands that is to be held back with one institution."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    bond: Bond = Bond.OPEN
    sent: bool = False
    """Whether the institution was sent a notice or an order."""
    waits: dict[Clock, DeadlineWait] = {}
    """The time by which a person must act."""


class Opening(BaseModel):
    """Something that opened the gate of a case, and still stands."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    by: Opener
    event: int
    """Number of its entry in the history of the case; an entry that annuls it names this."""
    report: str | None = None
    """Reference of the report of the accepted identity; left out for other grounds."""


class ProsecutorNotice(BaseModel):
    """That a unit informed the prosecutor. Once the case stands with another unit, that one has
    not."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    unit: str
    prosecutor: str
    court: str
    entry: int
    """Number of its entry in the history of the case."""
    at: str
    received_at: str = ""
    """When a prosecutor of the office confirmed that the dossier came; empty until then."""


class LegalHold(BaseModel):
    """That a court needs the case and its evidence by one order: until the day is over nothing is
    erased, and no report leaves the case."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    court: str
    """Id of the court in the pack."""
    reference: str
    """As the court's own order is numbered."""
    until: str
    """The last day of it."""
    entry: int
    """Number of the entry that set it: a lifting names it. Where the order was prolonged, of the
    first one."""

    def is_same_order(self, court: str, reference: str) -> bool:
        """Whether it is by this order of this court."""
        return (self.court, self.reference) == (court, reference)


class Hold(BaseModel):
    """The person who works on the case alone, or last did, with the times of the hold."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    by: str
    since: str
    """When they took it first, however often they prolonged that or took it again at once."""
    until: str


class UnitState(StrEnum):
    """How a case stands with its unit."""

    WAITING = "waiting"
    """The unit has not answered."""
    HELD = "held"
    UNAUTHORISED = "unauthorised"
    """The unit holds it, and may not inquire before the prosecutor authorises it."""


class Care(StrEnum):
    """What a person on the duty desk did about a case."""

    TOLD_UNIT = "told_unit"
    """Its unit was told by telephone."""
    TOLD_SUPERVISOR = "told_supervisor"
    TOLD_INSTITUTION = "told_institution"
    """A bank or another institution was told by telephone."""
    READ = "read"
    """They opened the case and read it."""
    NOTHING_NEEDED = "nothing_needed"


class DutyAttendance(BaseModel):
    """The person who took care of a case on the duty desk last, since something happened there."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    by: str
    at: str
    did: Care


class InCharge(BaseModel):
    """The person who has a case in which danger may be imminent: who calls whoever must be called.
    It keeps no colleague from working on the case."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    by: str
    at: str
    news: bool = False
    """Whether something happened since of which the duty desk must hear."""


class Whom(StrEnum):
    """Whom a person tried to reach about a case."""

    UNIT = "unit"
    CONTROL_ROOM = "control_room"
    """Whoever sends a patrol or an ambulance: a control room, or an emergency service."""
    OFFICE = "office"
    """The prosecutor on call."""
    REPORTER = "reporter"
    SUPERVISOR = "supervisor"
    INSTITUTION = "institution"
    """A bank, a platform or another institution."""


class Result(StrEnum):
    """What came of a try to reach somebody."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    """They were reached, and do not take it."""
    ELSEWHERE = "elsewhere"
    """They were reached, and named somebody else who must be called."""
    WRONG_NUMBER = "wrong_number"


class ReachAttempt(BaseModel):
    """One try to reach somebody. It holds no number: those are pack data, or sealed."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    by: str
    at: str
    whom: Whom
    of: str | None = None
    """Id of the unit, of the control room's territory, of the court of the office, or of the
    emergency service."""
    result: Result
    call_back_at: str | None = None
    """When whoever has the case tries again."""
    key: str
    """The stored part of its Idempotency-Key."""


class CaseOwner(BaseModel):
    """The officer who works on a case in its unit. Once the case stands with another unit, it has
    none there."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    unit: str
    subject: str


class DecisionProposal(BaseModel):
    """A decision that waits for a second person to decide the same."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    by: str
    digest: str
    """Of the decision's content; the content is in the `propose` event."""


class ReportsInTransit(DeadlineWait):
    """Reports in transit between this case and another: all are moved at the first level; at the
    second, those that an index showed too late."""

    other: str
    """Id of the case this one was merged into, or stands apart from again."""
    after: str = ""
    """Place among the reports of the other case up to which they were looked through."""
    report: str | None = None
    """Reference of the one report that was taken out of the other case: it is here already, and the
    identifiers that only it names follow."""


class UnseenReports(DeadlineWait):
    """Reports that may have come into a case as it ended: from when on they are looked for."""

    after: str = ""
    """Place among the reports of the case up to which they were looked through."""


class ReportClock(DeadlineWait):
    """The clock of a report that stands alone, or is answered as if it did: how urgent it is by
    itself, since when it waits, and when its deadline passes next."""

    priority: Priority
    late: str
    """When its first deadline passes."""


class UnreadAdditions(BaseModel):
    """Unseen additions to a case that a unit holds or that has ended, and unseen entries that made
    it more urgent there."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    since: str
    """When the first of it was noted."""
    last: int
    """Number of the entry of the last of it."""
    wait: DeadlineWait | None = None
    """The time by which a person must look, counted from the first entry."""


class HourlyInflow(BaseModel):
    """The entries about what reporters sent to a case, within one hour."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    hour: str
    """`YYYY-MM-DDTHH`."""
    entries: int
    last: str
    """When the last of them was made."""


SuggestionReason = Literal["identifier", "closed", "narrative", "weak_identifier"]
"""Why another case is suggested, the strongest reason first."""


class Suggestion(BaseModel):
    """Another case that may be about the same facts, and why: for an analyst to merge, or not."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    because: SuggestionReason
    """`identifier`: a report of one case names an identifier of the other; `closed`: the same, and
    the other case had ended by then."""
    percent: int | None = None
    """How much of the narratives is the same."""
    shared: tuple[str, ...] = ()
    """The identifiers that both name, as `kind:mark`."""
    report: str | None = None
    """Reference of the report with the identifiers of both cases."""


class PausedReview(BaseModel):
    """The remaining time of a review that waits for a reporter's answer, and the reporter who was
    asked."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    seconds: int
    level: int
    report: str
    """Reference of the report whose reporter was asked. A number alone is not unique: a report from
    another case may have a question with the same number from there."""


class Question(BaseModel):
    """A question to a reporter. Kept with their report, never in an event."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

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
    def commitment_hex(self) -> str:
        """The commitment that its event holds."""
        return commit_to_parts(self.salt, self.model_dump(exclude={"salt"}))
