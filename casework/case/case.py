"""A case: its fields, and its queue, duties and deadlines, which follow from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from casework.case.danger import DangerKind, DangerOrigin, kind_by_signs
from casework.case.freezes import Clock
from casework.case.lifecycle import Status
from casework.case.referral import Referral
from casework.case.rule_types import QueueKind
from casework.case.times import DeadlineWait, format_timestamp
from casework.case.value_objects import (
    CaseOwner,
    CloseReason,
    DeadlineKind,
    DecisionProposal,
    Duty,
    DutyAttendance,
    Freeze,
    Hold,
    HourlyInflow,
    InCharge,
    LegalHold,
    Opener,
    Opening,
    PausedReview,
    Priority,
    ProsecutorNotice,
    ReachAttempt,
    ReportsInTransit,
    Suggestion,
    UnitState,
    UnreadAdditions,
    UnseenReports,
)
from casework.text.realm import realm_from_name, realm_list_name

MAX_SUGGESTIONS = 5
"""Suggestions that a case keeps, so that it stays a small item."""

MAX_DISTINCT_CASES = 50
"""Others from which a case is kept apart, so that it stays a small item."""

MAX_KEPT_REACH_ATTEMPTS = 12
"""Tries to reach somebody that a case keeps, the latest ones: its history has them all."""

MAX_RUNS = 5
"""Executions a case may have, since people last set it going, before the duty desk gets it."""


def etag_from_version(version: int) -> str:
    """A version as an HTTP entity tag."""
    return f'"{version}"'


class Case(BaseModel):
    """A case of the police. Small on purpose: details live in its events and reports.

    Unknown fields are ignored when a case is read, so an older release reads the items of a newer
    one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    status: Status
    opened_at: str
    opened_by: str
    """Reference of the report that opened it."""
    correlation_id: str
    language: str
    number: str = ""
    """That people say over a telephone (`casework.text.case_number`); empty for a case that was
    opened before there were any."""
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
    """The role of the territory in the case, set by an analyst; None for the pack's
    `reported_territory`."""
    country: str | None = None
    """ISO 3166-1 alpha-2 when abroad."""
    imminent: bool = False
    danger: DangerOrigin | None = None
    """What told of its danger; None without danger, and where that was not kept: see
    `danger_source`."""
    flags: tuple[str, ...] = ()
    """The flags that the assessments of its reports and additions raised."""
    alerted: bool = False
    supervision: bool = False
    """The review is a supervisor's."""
    gate: tuple[Opening, ...] = ()
    """The grounds that opened the gate for acts of inquiry, oldest first; empty while it is shut,
    and if the pack has none. It stays open for every later unit, until the last ground is
    annulled."""
    wait: DeadlineWait | None = None
    referral: Referral | None = None
    declines: int = 0
    named: str | None = None
    """Unit a supervisor, or the unit that declined, named as competent."""
    run: int = 1
    """Number of the workflow execution that serves the case."""
    first_run: int = 1
    """The run with which people, or the first report, last set the case going."""
    stuck: str | None = None
    unreadable: bool = False
    """It has something that triage could not read, and no person has decided on the case since."""
    moved_at: str = ""
    """When it came into its status; empty before its first move."""
    hold: Hold | None = None
    proposal: DecisionProposal | None = None
    paused: PausedReview | None = None
    questions: int = 0
    """The number of the last question put to a reporter; they go up, within a report too."""
    suggestions: tuple[Suggestion, ...] = ()
    """At most `MAX_SUGGESTIONS`; one on each other case."""
    apart: tuple[str, ...] = ()
    """Other cases from which people keep it apart: none of them is suggested again."""
    campaign: str | None = None
    """Id of the campaign that people count it to, with cases of other facts."""
    merged_into: str | None = None
    moving: ReportsInTransit | None = None
    withdrawals: int = 0
    """How often reporters of admitted reports asked to withdraw."""
    unread: UnreadAdditions | None = None
    """Additions, and entries that made it more urgent, while a unit holds it or since it ended,
    until a person has looked."""
    inflow: HourlyInflow | None = None
    """How much reporters added within the hour of the last addition that has an entry."""
    unseen: UnseenReports | None = None
    """Set at its end, until every report that no person saw has left it."""
    notice: DeadlineWait | None = None
    """By when an identified complainant must be told of the prosecutor's decision."""
    noticed: int = 0
    """Number of the entry by which they were told last; 0 where none holds."""
    authorisation: DeadlineWait | None = None
    """By when the prosecutor's authorisation is expected."""
    instruction: DeadlineWait | None = None
    """By when the prosecutor's first instruction is expected."""
    informed: ProsecutorNotice | None = None
    """That a unit informed the prosecutor last; see `informed_by_unit`."""
    informing: DeadlineWait | None = None
    """By when the unit that took it informs the prosecutor."""
    identity: DeadlineWait | None = None
    """By when the oldest request for an identity that waits must be decided."""
    retention: DeadlineWait | None = None
    """The time at which a person reviews whether the case may be kept longer."""
    court_holds: tuple[LegalHold, ...] = ()
    """By which orders courts need it: one for each court and number of the order, the first set
    first. One whose day is over goes with the next entry about any; see `holds_of_courts`."""
    erasing: DeadlineWait | None = None
    """Since when it is being erased; at the first level with the cases that were merged into it.
    None when nothing is left to erase."""
    shown: int = 0
    """The number of the last report that the author of a decision saw."""
    unadmitted: int = 0
    """The number of a report that waited too long for its admission; 0 for none."""
    money: DeadlineWait | None = None
    """Since when it is known that money left, and until when it may be held back; None once
    something was sent, or people decided that it is not pursued."""
    freezes: tuple[Freeze, ...] = ()
    """The freezes of the case; the first is number 1."""
    suspects: tuple[str, ...] = ()
    """How each suspect stands, a word of `casework.case.suspects`; the first is number 1."""
    owner: CaseOwner | None = None
    """The officer to whom a unit gave it; see `casework.decisions.permissions.case_owner`."""
    attended: DutyAttendance | None = None
    """Who took care of it on the duty desk, until something happens of which the desk must hear."""
    taken: InCharge | None = None
    """Who has it, where danger may be imminent; None where nobody does, once a unit holds it, once
    it has ended, and once a person said that there is no danger."""
    tries: tuple[ReachAttempt, ...] = ()
    """The last `MAX_KEPT_REACH_ATTEMPTS` tries to reach somebody about it, the latest last."""
    closed: CloseReason | None = None
    closed_at: str | None = None
    turn: int = 1
    """Where it stands in lists of the duty desk, as in `first_glance.ListTurn`: the turn of the
    report that opened it."""
    group: str = ""
    """The group whose line it shares there, as the same tells."""
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
        return etag_from_version(self.version)

    @property
    def execution(self) -> str:
        """Name of the workflow execution that serves the case."""
        return f"{self.id}-{self.run}"

    @property
    def presses(self) -> bool:
        """Whether it waits for nobody: it is immediate, or danger is imminent in it."""
        return self.imminent or self.priority is Priority.IMMEDIATE

    def holds_of_courts(self, today: date) -> tuple[LegalHold, ...]:
        """The holds of courts that are in force on this day of the country: while there is one,
        nothing of the case is erased."""
        return tuple(each for each in self.court_holds if today.isoformat() <= each.until)

    @property
    def needs_execution(self) -> bool:
        """Whether a running workflow is owed."""
        return not self.status.rule.idle

    @property
    def joinable(self) -> bool:
        """Whether another report about the same facts joins it."""
        return not self.status.rule.ended

    @property
    def danger_source(self) -> DangerOrigin | None:
        """What told of the danger of the next hours; None without danger."""
        if not self.imminent:
            return None
        seen = self.unreadable or any(each.by is Opener.DANGER for each in self.gate)
        return self.danger or DangerOrigin(
            kind=kind_by_signs(self.flags, seen=seen),
            self_harm="self_harm_risk" in self.flags,
            report=self.opened_by,
            at=self.opened_at,
        )

    @property
    def has_exhausted_runs(self) -> bool:
        """Whether no more executions are tried before people look."""
        return self.run - self.first_run + 1 >= MAX_RUNS

    @property
    def final_unit(self) -> str | None:
        """The unit that held the case when it ended; None for one that ended at review."""
        at_review = self.closed is None or self.closed.is_review_reason
        return None if at_review or self.referral is None else self.referral.unit

    @property
    def informed_by_unit(self) -> ProsecutorNotice | None:
        """That its present unit informed the prosecutor; None where it did not."""
        unit = self.referral.unit if self.referral else None
        return self.informed if self.informed and self.informed.unit == unit else None

    @property
    def receipt_open(self) -> bool:
        """Whether an office got its dossier and has not confirmed that."""
        return self.informed_by_unit is not None and not self.informed_by_unit.received_at

    @property
    def desk(self) -> str | None:
        """The queue in which people see the case: review, supervision, a unit's id, or none.

        The cases that a unit holds are in the queue `held:` and its id; its ended cases with later
        additions are in `added:` and its id. Trials have queues of their own.
        """
        return None if self.status.rule.unlisted else self.index_queue

    @property
    def index_queue(self) -> str | None:
        """The queue in whose index the case is. Nobody is shown one that was decided and is on its
        way into another queue: moving it once costs less than taking it out first."""
        waits = self._waits_at
        return waits if waits is None else realm_list_name(realm_from_name(self.id), waits)

    @property
    def _waits_at(self) -> str | None:
        """The same, in either realm."""
        match self.status.rule.queue:
            case QueueKind.REVIEW:
                return "supervision" if self.supervision else "review"
            case QueueKind.UNIT:
                return self.referral.unit if self.referral else None
            case QueueKind.HELD:
                return f"held:{self.referral.unit}" if self.referral else None
            case QueueKind.ADDED:
                return f"added:{self.final_unit}" if self.unread and self.final_unit else None
            case None:
                return None

    @property
    def unit_state(self) -> UnitState | None:
        """How it stands with the unit of its referral; None where no unit is to act on it."""
        if self.referral is None or not self.status.rule.is_with_unit:
            return None
        if self.status.rule.awaits_authorisation:
            return UnitState.UNAUTHORISED
        return UnitState.HELD if self.status.rule.queue is QueueKind.HELD else UnitState.WAITING

    @property
    def duties(self) -> frozenset[Duty]:
        """Why the duty desk must see it now; empty for nearly every case."""
        waiting = not self.status.rule.idle or self.status is Status.AWAITING_ANSWER
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
            and self.final_unit is None,
        }
        return frozenset(kind for kind, holds in reasons.items() if holds)

    def duty_rank(self, kind: Duty) -> int:
        """Its rank in the list of the duty desk for this reason: 0 for the most urgent. Dangers are
        read from the end of their list, where the gravest and newest stands however many doubts
        there are: of them, 0 is for the least."""
        if kind is Duty.IMMINENT and self.danger is not None:
            return len(DangerKind) - 1 - self.danger.kind.rank
        return self.priority.rank

    @property
    def _awaited_of_people(self) -> tuple[DeadlineWait | None, ...]:
        prosecutor = (self.notice, self.authorisation, self.instruction, self.informing)
        unread = self.unread.wait if self.unread else None
        return (self.wait, *prosecutor, self.identity, unread, *self._frozen)

    @property
    def pending_deadlines(self) -> dict[DeadlineKind, DeadlineWait]:
        """The deadlines that no workflow waits for, while they still have to be looked at."""
        answer = self.wait if self.status is Status.AWAITING_ANSWER else None
        wait = self.wait if self.status.rule.waits else None
        known = {
            DeadlineKind.WAIT: wait if wait and wait.hastened and not wait.last else None,
            DeadlineKind.ANSWER: answer,
            DeadlineKind.NOTICE: self.notice,
            DeadlineKind.AUTHORISATION: self.authorisation,
            DeadlineKind.INSTRUCTION: self.instruction,
            DeadlineKind.INFORMING: self.informing,
            DeadlineKind.IDENTITY: self.identity,
            DeadlineKind.UNREAD: self.unread.wait if self.unread else None,
            DeadlineKind.RETENTION: self.retention,
            DeadlineKind.ERASING: self.erasing,
            DeadlineKind.MONEY: self._money,
            DeadlineKind.FREEZE: min(
                (wait for wait in self._frozen if wait.due),
                key=lambda wait: wait.due,
                default=None,
            ),
            DeadlineKind.MOVING: self.moving,
            DeadlineKind.UNSEEN: self.unseen,
        }
        return {kind: wait for kind, wait in known.items() if wait and wait.due}

    @property
    def _money(self) -> DeadlineWait | None:
        """Until when money may be held back, while people can still decide on it.

        The person who closed the case knew of the money told before; money told later has its own
        time.
        """
        if self.money is None or not self.money.due:
            return None
        told_later = self.closed_at is not None and self.money.since > self.closed_at
        runs = told_later if self.status is Status.CLOSED else self.joinable
        return self.money if runs else None

    @property
    def _frozen(self) -> list[DeadlineWait]:
        """The deadlines of the freezes."""
        return [wait for freeze in self.freezes for wait in freeze.waits.values()]

    @property
    def clock_due(self) -> tuple[int, Clock] | None:
        """The number of the freeze with the next deadline, and the clock that runs."""
        due = self.pending_deadlines.get(DeadlineKind.FREEZE)
        clocks = (
            (number, clock)
            for number, freeze in enumerate(self.freezes, start=1)
            for clock, wait in freeze.waits.items()
            if wait is due
        )
        return next(clocks, None)

    def wait_fields(self, kind: DeadlineKind, wait: DeadlineWait) -> dict[str, Any]:
        """The fields of the case that change with the given deadlines, by their names in
        `pending_deadlines`."""
        if kind is DeadlineKind.UNREAD and self.unread is not None:
            return {"unread": self.unread.model_copy(update={"wait": wait})}
        if kind is not DeadlineKind.FREEZE:
            return {kind.value: wait}
        passed = self.pending_deadlines[kind]
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

    def active_hold(self, now: datetime) -> Hold | None:
        """The person who works on the case alone now."""
        return (
            self.hold if self.hold is not None and self.hold.until > format_timestamp(now) else None
        )

    def is_held_by_another(self, subject: str, now: datetime) -> bool:
        """Whether another person works on the case alone now."""
        hold = self.active_hold(now)
        return hold is not None and hold.by != subject
