"""The columns of the law of a case: the possible values in a row of `casework.case.lifecycle`.

`COLUMN_RULES` says which values of a status belong together. No row can be written against them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class WorkflowNeed(StrEnum):
    """Whether a case in a status is owed a workflow."""

    GOES_ON = "goes on by itself"
    WAITS = "waits for people"
    NONE = "none is owed"
    """The reporter is asked, a unit holds the case, or it has ended."""


class UnitRelation(StrEnum):
    """The relation of the referred unit to a case."""

    OFFERED = "is offered it"
    TAKEN = "holds it"
    KEPT = "keeps it"
    """A notice may still be owed, or the history asked for."""
    OWED = "keeps it while it owes something"
    """It has suspects or freezes, or a notice is due."""


class UnitInquiry(StrEnum):
    """Whether the unit that holds a case may inquire."""

    AWAITED = "awaits the prosecutor's authorisation"
    """The gate is shut: acts of inquiry are refused, and an end is the refused authorisation."""
    OPEN = "may inquire"
    """The prosecutor's first instruction is awaited, and the gate can be shut again."""


class QueueKind(StrEnum):
    """The kind of queue in which a case waits."""

    REVIEW = "review"
    """Analysts', or supervisors' where units contest it."""
    UNIT = "unit"
    """Of the unit of the referral."""
    HELD = "held"
    """The cases that the unit holds."""
    ADDED = "added"
    """The ended cases of the unit with later additions."""


@dataclass(frozen=True, kw_only=True)
class StatusRule:
    """The row of a status; raises ValueError for values that do not belong together."""

    workflow: WorkflowNeed
    """Whether a workflow is owed."""
    queue: QueueKind | None = None
    """The queue in which a case waits."""
    unlisted: bool = False
    """The queue does not show it: the workflow is bringing it there, or on to another one."""
    awaited: str = ""
    """The subject of the wait of the case; empty for none."""
    unit: UnitRelation | None = None
    """The relation of the referred unit to the case. A case that the unit declined is no longer its
    own."""
    inquiry: UnitInquiry | None = None
    """Whether the unit that holds it may inquire. The deadline of the prosecutor goes on when the
    case moves between statuses that say the same, and ends otherwise."""
    review: bool = False
    """Calls of the review are made here."""
    looked_at: bool = False
    """Additions wait until a person has looked, because no decision is due here by which a person
    would read them. They keep waiting when the case moves from one such status to another."""
    ended: bool = False
    """People have finished work on the case itself. Its duties go on: a notice, and the outcomes of
    suspects who were counted in it."""

    def __post_init__(self) -> None:
        for rule in COLUMN_RULES:
            if not rule.holds(self):
                values = ", ".join(f"`{name}` is {getattr(self, name)!r}" for name in rule.columns)
                raise ValueError(f"{rule.sentence} In this row {values}: change one of them.")

    @property
    def idle(self) -> bool:
        """Whether no workflow is owed."""
        return self.workflow is WorkflowNeed.NONE

    @property
    def waits(self) -> bool:
        """Whether the workflow waits for people."""
        return self.workflow is WorkflowNeed.WAITS

    @property
    def awaits_authorisation(self) -> bool:
        """Whether the unit that holds it may not inquire before the prosecutor authorises it."""
        return self.inquiry is UnitInquiry.AWAITED

    @property
    def is_open_to_inquiry(self) -> bool:
        """Whether the unit that holds it may inquire."""
        return self.inquiry is UnitInquiry.OPEN

    @property
    def is_with_unit(self) -> bool:
        """Whether the unit of the referral knows the case as its own, or may know it any moment."""
        return self.unit is UnitRelation.OFFERED or self.unit is UnitRelation.TAKEN


@dataclass(frozen=True)
class ColumnRule:
    """Columns of a status that belong together."""

    columns: tuple[str, ...]
    sentence: str
    holds: Callable[[StatusRule], bool]


AWAITED_IN: Final[dict[str, QueueKind | None]] = {
    "review": QueueKind.REVIEW,
    "acknowledgement": QueueKind.UNIT,
    "answer": None,
}
"""The queue of a case by what it awaits: a reporter's answer is awaited in none."""

COLUMN_RULES: Final = (
    ColumnRule(
        ("workflow", "queue"),
        "A workflow is owed in the queues `review` and `unit`, and nowhere else.",
        lambda law: law.idle != (law.queue in {QueueKind.REVIEW, QueueKind.UNIT}),
    ),
    ColumnRule(
        ("workflow", "awaited"),
        "A workflow that waits names what is awaited; one that goes on awaits nothing.",
        lambda law: law.idle or law.waits == bool(law.awaited),
    ),
    ColumnRule(
        ("awaited", "queue"),
        "What is awaited is a row of `AWAITED_IN`, and is awaited in the queue of that row.",
        lambda law: not law.awaited or (law.awaited, law.queue) in AWAITED_IN.items(),
    ),
    ColumnRule(
        ("unlisted", "workflow"),
        "A queue leaves out only a case that the workflow takes on by itself.",
        lambda law: not law.unlisted or law.workflow is WorkflowNeed.GOES_ON,
    ),
    ColumnRule(
        ("queue", "unlisted", "review"),
        "The queue `review` lists only cases on which calls of the review are made.",
        lambda law: law.review or law.unlisted or law.queue is not QueueKind.REVIEW,
    ),
    ColumnRule(
        ("review", "awaited", "ended"),
        "Calls of the review are made while the review is awaited, or after the end.",
        lambda law: not law.review or law.ended or law.awaited == "review",
    ),
    ColumnRule(
        ("unit", "queue", "unlisted"),
        "The queue `unit` lists the cases that the unit is offered, and no others.",
        lambda law: (
            (law.unit is UnitRelation.OFFERED) == (law.queue is QueueKind.UNIT and not law.unlisted)
        ),
    ),
    ColumnRule(
        ("unit", "queue"),
        "The queue `held` has the cases that the unit holds, and no others.",
        lambda law: (law.unit is UnitRelation.TAKEN) == (law.queue is QueueKind.HELD),
    ),
    ColumnRule(
        ("inquiry", "unit"),
        "A unit that holds the case may inquire, or awaits the prosecutor; no other one does.",
        lambda law: (law.inquiry is not None) == (law.unit is UnitRelation.TAKEN),
    ),
    ColumnRule(
        ("unit", "ended"),
        "A unit keeps a case that has ended, whole or while it owes something, and no other.",
        lambda law: law.ended == (law.unit in {UnitRelation.KEPT, UnitRelation.OWED}),
    ),
    ColumnRule(
        ("looked_at", "queue"),
        "Additions wait for a look in the queues `held` and `added`, where units see them.",
        lambda law: law.looked_at == (law.queue in {QueueKind.HELD, QueueKind.ADDED}),
    ),
    ColumnRule(
        ("queue", "unit"),
        "The queue `added` has only cases that the unit keeps whole, so that it may read them.",
        lambda law: law.queue is not QueueKind.ADDED or law.unit is UnitRelation.KEPT,
    ),
    ColumnRule(
        ("ended", "queue", "awaited"),
        "A case that has not ended is in a queue or awaits something; one that has ended awaits"
        " nothing.",
        lambda law: not law.awaited if law.ended else bool(law.queue or law.awaited),
    ),
)
"""Which columns of a status belong together."""


class MoveKind(StrEnum):
    """The author of a move, and whether the move takes the case further."""

    STEP = "step"
    """The workflow, the sweeper or a reporter's answer."""
    DECISION = "decision"
    """A person, on the version of the case that they saw; it takes the case further."""
    ASIDE = "decision aside"
    """A person, on the version that they saw; the case goes on as it stands: money is held back
    beside it, or a report leaves it."""
    NOTE = "note"
    """A fact, recorded in a status without leaving it. Decisions on the version before it hold."""

    @property
    def is_decision(self) -> bool:
        """Whether a person makes it, on the version of the case that they saw."""
        return self is MoveKind.DECISION or self is MoveKind.ASIDE


class ClosedGateEffect(StrEnum):
    """The effect on a move while the pack's gate is shut."""

    LEADS_BACK = "leads to awaiting_authorisation"
    """Where it would lead to a status whose unit may inquire, the gate being shut by then."""
    REFUSED = "refused"
    """An act of inquiry."""


class NewsKind(StrEnum):
    """The kind of news that an entry brings into a case without a new version."""

    FACTS = "facts"
    WEIGHT = "weight"
    """The case may become more urgent, or one of imminent danger."""
    UNKNOWN = "unknown"
    """Not readable by a machine: it may be of danger."""


class StatisticsEffect(StrEnum):
    """Which figures of the bilan an entry may change."""

    CASES = "cases"
    REPORTS = "reports and cases"
    SUSPECTS = "suspects"
    ADMITTED = "reports that it admits, or that its author saw"
    ENDED = "cases, and reports that it admits"
    LOOKS = "the report that a person looked at"


class EntrySubject(StrEnum):
    """The subject of an entry, if entries about the same subject are read together."""

    INSTRUCTION = "instruction"
    """Of the prosecutor; a later entry can annul it."""
    IDENTITY = "identity request"
    SUSPECT = "suspect"
    FILE = "file"
