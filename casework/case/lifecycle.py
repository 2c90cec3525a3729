"""The law of a case: every status and every move has its row in this file.

`STATUS_RULES` has a row for each status and `MOVE_RULES` one for each move; the columns give its
properties. `STATUS_TRANSITIONS[status][move]` is the status after the move. A missing entry is one
refusal, `IllegalMove`, and nothing changes. A note is recorded in the statuses of its row without
leaving them, and no decision depends on it. Only a decision of a person opens the pack's gate or
shuts it again. Another module that needs a set of statuses or moves reads a column.
`docs/lifecycle.md` is drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from casework.case.rule_types import (
    ClosedGateEffect,
    EntrySubject,
    MoveKind,
    NewsKind,
    QueueKind,
    StatisticsEffect,
    StatusRule,
    UnitInquiry,
    UnitRelation,
    WorkflowNeed,
)
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
    """Ended, and people decided to erase it: no more is written about its reporters, their words
    are being erased, and its history and its count stay."""

    @property
    def rule(self) -> StatusRule:
        """Its row."""
        return STATUS_RULES[self]


class Move(StrEnum):
    """The moves of a case."""

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
    """The officer who opened a reporter's identity accepts it: the gate is open."""
    IDENTITY_DOUBTED = "identity_doubted"
    """A reporter's identity is not accepted, or no longer."""
    ANNUL = "annul"
    """An instruction, or an entry that opened the gate, is no longer valid."""
    NO_DANGER = "no_danger"
    """A person looked and sees no imminent danger."""
    BREAK_HOLD = "break_hold"
    """A supervisor ends the time for which a colleague works on the case alone."""
    CHECK = "check"
    """The prosecutor orders checks of seriousness."""
    INSTRUCT = "instruct"
    """The prosecutor's decision on an inquiry: authorise, investigate, complete."""
    INFORM = "inform"
    """The unit informed the prosecutor of the case, and handed the dossier over."""
    RECEIPT = "receipt"
    """The prosecutor confirms that the dossier came."""
    SUSPECT = "suspect"
    """A suspect was identified, or something happened to one."""
    CORRECT = "correct"
    """An earlier entry was an error: an event of a suspect, or the reason of the end."""
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
    """An ended case past its retention time is kept longer, on a ground."""
    ERASE = "erase"
    """An ended case past its retention time is to be erased, with the cases merged into it."""
    COURT_HOLD = "court_hold"
    """A court orders that the case and its evidence are kept until a day: nothing of it is erased
    before."""
    COURT_HOLD_LIFTED = "court_hold_lifted"
    """The court needs it no more, before that day."""
    END_TRIAL = "end_trial"
    """A deployer ends a trial: it is to be erased, in any status. No case of people's reports takes
    this move."""
    RETRY = "retry"
    """People let the workflow of a stuck case try again."""

    GLANCE = "glance"
    """A person glanced at a new report, and gave one of four verdicts."""
    SAMPLE = "sample"
    """A second person read a closed review again, blind, and said what they would have decided."""
    ADMIT = "admit"
    """A person accepts that reports which joined the case belong to it."""
    ALERT = "alert"
    SUGGEST = "suggest"
    """A report has identifiers of this case and of another: they may be about the same facts."""
    KEEP_APART = "keep_apart"
    """A person compared this case with one that looks like it: they are about different facts."""
    SAME_CAMPAIGN = "same_campaign"
    """A person counts the case to a campaign, with cases of other facts and perhaps other units."""
    CAMPAIGN_CHANGED = "campaign_changed"
    """A person said from this case what its campaign is called, who leads it, or that it ended."""
    LEAVE_CAMPAIGN = "leave_campaign"
    """A person no longer counts the case to its campaign."""
    RAISE = "raise"
    """A report that joined the case, or an addition, weighs more than the case did."""
    MONEY = "money"
    """A report or an addition tells of money that left so lately that it may be held back."""
    ESCALATE = "escalate"
    UNDELIVERED = "undelivered"
    UNREADABLE = "unreadable"
    """Triage cannot read an addition: people read it as it is."""
    STICK = "stick"
    ADD = "add"
    """A reporter added to their report: more facts, an answer, a correction or a withdrawal."""
    ATTEND = "attend"
    """A person on the duty desk says what they did about the case: they told its unit, say."""
    TAKE = "take"
    """A person has a case in which danger may be imminent, and calls whoever must be called."""
    TRIED = "tried"
    """A person tried to reach somebody about the case: a telephone rang, and with what result."""
    LOOK = "look"
    """A person looked at the additions to a case that a unit holds, or that had ended."""
    ASSIGN = "assign"
    """The unit says which of its officers works on the case, or that none does."""
    REMARK = "remark"
    """A person wrote a note on the case for their colleagues."""
    MESSAGE = "message"
    """People who work on the case wrote to its reporters."""
    IDENTITY_ASKED = "identity_asked"
    IDENTITY_RELEASED = "identity_released"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_OPENED = "identity_opened"
    FILE_ASKED = "file_asked"
    """A person asked for a file that two people open."""
    FILE_ADMITTED = "file_admitted"
    """Another person admitted that they open it."""
    FILE_REFUSED = "file_refused"
    """Another person refused it."""
    FILE_OPENED = "file_opened"
    """A person was given the key of a file that a reporter had sent."""
    NUMBER_OPENED = "number_opened"
    """A person who has the case is shown the telephone number of a reporter, to call them."""
    NUMBER_REVIEWED = "number_reviewed"
    """A person who did not open a reporter's number says whether that was justified."""
    ERASED = "erased"
    """A report of the case was erased."""
    READ = "read"
    """An officer of the unit opened the referral for the first time."""
    EXPORT = "export"
    """A person exported the dossier."""
    ABSORB = "absorb"
    """Another case was merged into this one."""
    RELEASE = "release"
    """A merged case stands on its own again."""
    OVERDUE = "overdue"
    """A deadline outside the workflow passed."""

    @property
    def rule(self) -> MoveRule:
        """Its row."""
        return MOVE_RULES[self]


STATUS_RULES: Final[dict[Status, StatusRule]] = {
    Status.RECEIVED: StatusRule(
        workflow=WorkflowNeed.GOES_ON, queue=QueueKind.REVIEW, unlisted=True
    ),
    Status.IN_REVIEW: StatusRule(
        workflow=WorkflowNeed.WAITS, queue=QueueKind.REVIEW, awaited="review", review=True
    ),
    Status.AWAITING_ANSWER: StatusRule(workflow=WorkflowNeed.NONE, awaited="answer"),
    Status.REVIEWED: StatusRule(
        workflow=WorkflowNeed.GOES_ON, queue=QueueKind.REVIEW, unlisted=True
    ),
    Status.QUEUED: StatusRule(
        workflow=WorkflowNeed.GOES_ON, queue=QueueKind.UNIT, unit=UnitRelation.OFFERED
    ),
    Status.PUBLISHED: StatusRule(
        workflow=WorkflowNeed.WAITS,
        queue=QueueKind.UNIT,
        awaited="acknowledgement",
        unit=UnitRelation.OFFERED,
    ),
    Status.DECLINED: StatusRule(workflow=WorkflowNeed.GOES_ON, queue=QueueKind.UNIT, unlisted=True),
    Status.AWAITING_AUTHORISATION: StatusRule(
        workflow=WorkflowNeed.NONE,
        queue=QueueKind.HELD,
        unit=UnitRelation.TAKEN,
        inquiry=UnitInquiry.AWAITED,
        looked_at=True,
    ),
    Status.ACKNOWLEDGED: StatusRule(
        workflow=WorkflowNeed.NONE,
        queue=QueueKind.HELD,
        unit=UnitRelation.TAKEN,
        inquiry=UnitInquiry.OPEN,
        looked_at=True,
    ),
    Status.MERGED: StatusRule(
        workflow=WorkflowNeed.NONE, unit=UnitRelation.OWED, review=True, ended=True
    ),
    Status.CLOSED: StatusRule(
        workflow=WorkflowNeed.NONE,
        queue=QueueKind.ADDED,
        unit=UnitRelation.KEPT,
        looked_at=True,
        ended=True,
    ),
    Status.ERASED: StatusRule(workflow=WorkflowNeed.NONE, unit=UnitRelation.KEPT, ended=True),
}
_LAW = STATUS_RULES.items()
_ON_ITS_WAY = frozenset(status for status, law in _LAW if not law.idle)
_GOES_ON = frozenset(status for status, law in _LAW if not law.ended)
_TAKEN = frozenset(status for status, law in _LAW if law.unit is UnitRelation.TAKEN)
_REMEMBERED = frozenset(Status) - {Status.ERASED}
_BY_ITSELF = _REMEMBERED - {Status.MERGED}


@dataclass(frozen=True, kw_only=True)
class MoveRule:
    """The row of a move."""

    kind: MoveKind
    """Its author, and whether it takes the case further."""
    noted_in: frozenset[Status] = frozenset()
    """The statuses in which a note is recorded."""
    gate: ClosedGateEffect | None = None
    """The effect on it while the pack's gate is shut."""
    brings: NewsKind | None = None
    """The kind of news that it brings."""
    news: bool = False
    """Reporters of the case are told of it."""
    counts: StatisticsEffect | None = None
    """Which figures of the bilan it may change."""
    cases: int = 0
    """By how many cases that stand on their own become more."""
    about: EntrySubject | None = None
    """The subject of its entry, if entries about the same subject are read together."""
    names: str = ""
    """The field of its entry that names another case; empty for none."""
    carries: bool = False
    """Reports and identifiers are moved to another case after it, or back."""
    lets_go: bool = False
    """A report of the case may stand in another one after it."""
    barred: bool = False
    """Not made while a court holds the case: reports would be erased, or leave it."""
    for_colleagues: bool = False
    """Its words are from colleague to colleague: they are in no dossier, and prosecutors, whom they
    may discuss, do not read them."""
    passes_holds: bool = False
    """A person makes it also while a colleague works on the case alone: it cannot wait."""
    alarms: bool = False
    """The duty desk must hear of it, also if a person there took care of the case before."""


_step = partial(MoveRule, kind=MoveKind.STEP)
_decision = partial(MoveRule, kind=MoveKind.DECISION)
_aside = partial(MoveRule, kind=MoveKind.ASIDE)
_note = partial(MoveRule, kind=MoveKind.NOTE)

MOVE_RULES: Final[dict[Move, MoveRule]] = {
    Move.OPEN: _step(counts=StatisticsEffect.CASES, cases=1, names="from"),
    Move.ASSESS: _step(),
    Move.SET_ASIDE: _step(),
    Move.PROPOSE: _decision(),
    Move.CONFIRM: _decision(counts=StatisticsEffect.REPORTS),
    Move.REJECT: _decision(news=True, counts=StatisticsEffect.REPORTS, lets_go=True),
    Move.REOPEN: _decision(news=True, counts=StatisticsEffect.REPORTS),
    Move.ASK: _decision(news=True, counts=StatisticsEffect.ADMITTED),
    Move.ANSWER: _step(),
    Move.UNANSWERED: _step(),
    Move.MERGE: _decision(
        gate=ClosedGateEffect.REFUSED,
        counts=StatisticsEffect.CASES,
        cases=-1,
        names="into",
        carries=True,
        lets_go=True,
        barred=True,
    ),
    # The hold on the case where its reports are bars it.
    Move.SPLIT: _decision(
        counts=StatisticsEffect.CASES, cases=1, names="from", carries=True, barred=True
    ),
    # The gate may have been open by the identity of the reporter whose report is taken out.
    Move.TAKE_OUT: _aside(
        gate=ClosedGateEffect.LEADS_BACK, names="to", carries=True, lets_go=True, barred=True
    ),
    Move.REFER: _step(counts=StatisticsEffect.CASES),
    Move.PUBLISH: _step(),
    Move.ACKNOWLEDGE: _decision(
        gate=ClosedGateEffect.LEADS_BACK, news=True, counts=StatisticsEffect.CASES
    ),
    Move.DECLINE: _decision(),
    Move.REROUTE: _step(),
    Move.CONTEST: _step(),
    Move.AUTHORISE: _decision(counts=StatisticsEffect.ADMITTED, about=EntrySubject.INSTRUCTION),
    Move.PASS: _decision(),
    Move.IDENTITY_ACCEPTED: _decision(),
    Move.IDENTITY_DOUBTED: _decision(gate=ClosedGateEffect.LEADS_BACK),
    Move.ANNUL: _decision(gate=ClosedGateEffect.LEADS_BACK, counts=StatisticsEffect.CASES),
    Move.NO_DANGER: _decision(),
    Move.BREAK_HOLD: _decision(passes_holds=True),
    Move.CHECK: _decision(counts=StatisticsEffect.ADMITTED, about=EntrySubject.INSTRUCTION),
    Move.INSTRUCT: _decision(
        gate=ClosedGateEffect.REFUSED,
        counts=StatisticsEffect.ADMITTED,
        about=EntrySubject.INSTRUCTION,
    ),
    Move.INFORM: _aside(counts=StatisticsEffect.CASES),
    Move.RECEIPT: _aside(),
    Move.SUSPECT: _decision(
        gate=ClosedGateEffect.REFUSED, counts=StatisticsEffect.SUSPECTS, about=EntrySubject.SUSPECT
    ),
    # Reporters are told of the right reason of the end, and of no suspect.
    Move.CORRECT: _decision(
        news=True, counts=StatisticsEffect.SUSPECTS, about=EntrySubject.SUSPECT
    ),
    # Money that left goes on while a colleague reads.
    Move.PAYMENT: _aside(passes_holds=True),
    Move.FREEZE: _aside(passes_holds=True),
    Move.WAIVE: _aside(passes_holds=True),
    Move.NOTICE: _decision(),
    Move.NOTICE_WITHDRAWN: _decision(),
    Move.TRANSFER: _decision(gate=ClosedGateEffect.REFUSED, counts=StatisticsEffect.ADMITTED),
    Move.REASSIGN: _decision(for_colleagues=True),
    Move.CLOSE: _decision(news=True, counts=StatisticsEffect.ENDED, lets_go=True),
    Move.RESUME: _decision(
        gate=ClosedGateEffect.LEADS_BACK, news=True, counts=StatisticsEffect.CASES
    ),
    Move.KEEP: _decision(),
    Move.ERASE: _decision(barred=True),
    Move.COURT_HOLD: _aside(),
    Move.COURT_HOLD_LIFTED: _aside(),
    Move.END_TRIAL: _step(),
    Move.RETRY: _decision(),
    # Danger that a person sees at a glance opens the gate, as any danger that people record.
    Move.GLANCE: _note(noted_in=_BY_ITSELF, counts=StatisticsEffect.LOOKS),
    Move.SAMPLE: _note(noted_in=_REMEMBERED, counts=StatisticsEffect.CASES),
    # Its news goes to reporters whose reports stand in another case by then.
    Move.ADMIT: _note(noted_in=_BY_ITSELF, news=True, counts=StatisticsEffect.ADMITTED),
    Move.ALERT: _note(noted_in=frozenset({Status.IN_REVIEW}), alarms=True),
    Move.SUGGEST: _note(noted_in=_BY_ITSELF),
    Move.KEEP_APART: _note(noted_in=_BY_ITSELF, names="case"),
    Move.SAME_CAMPAIGN: _note(noted_in=_BY_ITSELF),
    Move.CAMPAIGN_CHANGED: _note(noted_in=_REMEMBERED),
    Move.LEAVE_CAMPAIGN: _note(noted_in=_REMEMBERED),
    Move.RAISE: _note(noted_in=_BY_ITSELF, brings=NewsKind.WEIGHT, alarms=True),
    Move.MONEY: _note(noted_in=_BY_ITSELF, alarms=True),
    # The news that there is none: a deadline passed.
    Move.ESCALATE: _note(
        noted_in=frozenset({Status.IN_REVIEW, Status.PUBLISHED}), news=True, alarms=True
    ),
    Move.UNDELIVERED: _note(noted_in=frozenset({Status.QUEUED}), alarms=True),
    Move.UNREADABLE: _note(noted_in=_GOES_ON, brings=NewsKind.UNKNOWN, alarms=True),
    Move.STICK: _note(noted_in=_ON_ITS_WAY, alarms=True),
    Move.ADD: _note(noted_in=_BY_ITSELF, brings=NewsKind.FACTS, alarms=True),
    Move.ATTEND: _note(noted_in=_REMEMBERED),
    Move.TAKE: _note(noted_in=_BY_ITSELF),
    Move.TRIED: _note(noted_in=_BY_ITSELF),
    Move.LOOK: _decision(),
    Move.ASSIGN: _note(noted_in=_TAKEN, for_colleagues=True),
    Move.REMARK: _note(noted_in=_REMEMBERED, for_colleagues=True),
    Move.MESSAGE: _note(noted_in=_BY_ITSELF, news=True),
    Move.IDENTITY_ASKED: _note(noted_in=_REMEMBERED, about=EntrySubject.IDENTITY),
    Move.IDENTITY_RELEASED: _note(noted_in=_REMEMBERED, about=EntrySubject.IDENTITY),
    Move.IDENTITY_REFUSED: _note(noted_in=_REMEMBERED, about=EntrySubject.IDENTITY),
    Move.IDENTITY_OPENED: _note(noted_in=_REMEMBERED, about=EntrySubject.IDENTITY),
    Move.FILE_ASKED: _note(noted_in=_REMEMBERED, about=EntrySubject.FILE),
    Move.FILE_ADMITTED: _note(noted_in=_REMEMBERED, about=EntrySubject.FILE),
    Move.FILE_REFUSED: _note(noted_in=_REMEMBERED, about=EntrySubject.FILE),
    Move.FILE_OPENED: _note(noted_in=_REMEMBERED, about=EntrySubject.FILE),
    Move.NUMBER_OPENED: _note(noted_in=_BY_ITSELF),
    Move.NUMBER_REVIEWED: _note(noted_in=frozenset(Status)),
    Move.ERASED: _note(noted_in=frozenset(Status)),
    Move.READ: _note(noted_in=frozenset({Status.QUEUED, Status.PUBLISHED})),
    Move.EXPORT: _note(noted_in=frozenset(Status)),
    Move.ABSORB: _note(noted_in=_GOES_ON, brings=NewsKind.WEIGHT, names="case", alarms=True),
    Move.RELEASE: _note(
        noted_in=_REMEMBERED, gate=ClosedGateEffect.LEADS_BACK, names="case", lets_go=True
    ),
    Move.OVERDUE: _note(noted_in=_REMEMBERED, alarms=True, counts=StatisticsEffect.CASES),
}
"""One row for each move."""

_TO_A_UNIT = {Move.REASSIGN: Status.QUEUED}

STATUS_TRANSITIONS: dict[Status, dict[Move, Status]] = {
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
        Move.INFORM: Status.AWAITING_AUTHORISATION,
        Move.RECEIPT: Status.AWAITING_AUTHORISATION,
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
        Move.PASS: Status.ACKNOWLEDGED,
        Move.IDENTITY_ACCEPTED: Status.ACKNOWLEDGED,
        Move.IDENTITY_DOUBTED: Status.ACKNOWLEDGED,
        Move.CHECK: Status.ACKNOWLEDGED,
        Move.INFORM: Status.ACKNOWLEDGED,
        Move.RECEIPT: Status.ACKNOWLEDGED,
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
        Move.RECEIPT: Status.CLOSED,
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

for _status, _moves in STATUS_TRANSITIONS.items():
    if Move.NOTICE in _moves:
        _moves[Move.NOTICE_WITHDRAWN] = _status
    # Money does not wait: it is held back or waived in every status of a case.
    if _status is not Status.ERASED:
        _moves[Move.FREEZE] = _status
        _moves[Move.END_TRIAL] = Status.ERASED
    if _status not in {Status.MERGED, Status.ERASED}:
        _moves |= {Move.PAYMENT: _status, Move.WAIVE: _status}
        # A court asks when it likes. What was merged is held where its reports are.
        _moves |= {Move.COURT_HOLD: _status, Move.COURT_HOLD_LIFTED: _status}


def moves_where(holds: Callable[[MoveRule], object]) -> frozenset[Move]:
    """The moves whose rows meet a condition."""
    return frozenset(move for move, law in MOVE_RULES.items() if holds(law))


DECISION_MOVES: Final = moves_where(lambda law: law.kind.is_decision)
"""Moves that people make, each on the version of the case that its author saw."""


def moves_into(target: Status) -> frozenset[Move]:
    """The moves that bring a case into a status from another one."""
    return frozenset(
        move
        for before, moves in STATUS_TRANSITIONS.items()
        for move, after in moves.items()
        if after is target and before is not target
    )


WAIT_ENDING_MOVES: Final = frozenset(
    move
    for status, moves in STATUS_TRANSITIONS.items()
    for move, there in moves.items()
    if status.rule.waits and there is not status
)
"""Moves after which an execution that waits for people goes on."""


def next_status(status: Status, move: Move, *, gate_shut: bool = False) -> Status:
    """The status after `move`; raises IllegalMove when the law has no such move."""
    if status in move.rule.noted_in:
        there = status
    elif move in STATUS_TRANSITIONS[status]:
        there = STATUS_TRANSITIONS[status][move]
    elif status.rule.awaits_authorisation and move.rule.gate is ClosedGateEffect.REFUSED:
        raise AuthorisationAwaited(
            "The prosecutor's authorisation comes first: nothing has opened the gate."
        )
    else:
        raise IllegalMove(f"A case that is {status} cannot take the move {move}.")
    leads_back = gate_shut and move.rule.gate is ClosedGateEffect.LEADS_BACK
    return Status.AWAITING_AUTHORISATION if leads_back and there.rule.is_open_to_inquiry else there


def creates_version(move: Move) -> bool:
    """Whether `move` makes a new version of the case, so that decisions on the former one fail.

    A decision depends neither on a note nor on the message to the unit.
    """
    return move.rule.kind is not MoveKind.NOTE and move is not Move.PUBLISH


def is_legal_move(status: Status, move: Move) -> bool:
    """Whether `move` is legal from `status`."""
    return status in move.rule.noted_in or move in STATUS_TRANSITIONS[status]
