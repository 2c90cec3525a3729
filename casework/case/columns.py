"""The columns of the law of a case: the possible values in a row of `casework.case.lifecycle`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Workflow(StrEnum):
    """Whether a case in a status is owed a workflow."""

    GOES_ON = "goes on by itself"
    WAITS = "waits for people"
    NONE = "none is owed"
    """The reporter is asked, a unit holds the case, or it has ended."""


class Holding(StrEnum):
    """The relation of the referred unit to a case."""

    OFFERED = "is offered it"
    TAKEN = "holds it"
    KEPT = "keeps it"
    """A notice may still be owed, or the history asked for."""
    OWED = "keeps it while it owes something"
    """It has suspects or freezes, or a notice is due."""


class Queue(StrEnum):
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
class StatusLaw:
    """The row of a status."""

    workflow: Workflow
    """Whether a workflow is owed."""
    queue: Queue | None = None
    """The queue in which a case waits."""
    unlisted: bool = False
    """The queue does not show it: the workflow is bringing it there, or on to another one."""
    awaited: str = ""
    """The subject of the wait of the case; empty for none."""
    unit: Holding | None = None
    """The relation of the referred unit to the case. A case that the unit declined is no longer its
    own."""
    review: bool = False
    """Calls of the review are made here."""
    looked_at: bool = False
    """Additions wait until a person has looked, because no decision is due here by which a person
    would read them. They keep waiting when the case moves from one such status to another."""
    ended: bool = False
    """People have finished work on the case itself. Its duties go on: a notice, and the outcomes of
    suspects who were counted in it."""

    @property
    def idle(self) -> bool:
        """Whether no workflow is owed."""
        return self.workflow is Workflow.NONE

    @property
    def waits(self) -> bool:
        """Whether the workflow waits for people."""
        return self.workflow is Workflow.WAITS

    @property
    def with_unit(self) -> bool:
        """Whether the unit of the referral knows the case as its own, or may know it any moment."""
        return self.unit is Holding.OFFERED or self.unit is Holding.TAKEN


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
    def decided(self) -> bool:
        """Whether a person makes it, on the version of the case that they saw."""
        return self is MoveKind.DECISION or self is MoveKind.ASIDE


class AtShutGate(StrEnum):
    """The effect on a move while the pack's gate is shut."""

    LEADS_BACK = "leads to awaiting_authorisation"
    """Where it would lead to `acknowledged`, the gate being shut by then."""
    REFUSED = "refused"
    """An act of inquiry."""


class Brings(StrEnum):
    """The kind of news that an entry brings into a case without a new version."""

    FACTS = "facts"
    WEIGHT = "weight"
    """The case may become more urgent, or one of imminent danger."""
    UNKNOWN = "unknown"
    """Not readable by a machine: it may be of danger."""


class CountsFor(StrEnum):
    """Which figures of the bilan an entry may change."""

    CASES = "cases"
    REPORTS = "reports and cases"
    SUSPECTS = "suspects"
    ADMITTED = "reports that it admits, or that its author saw"
    ENDED = "cases, and reports that it admits"
    LOOKS = "the report that a person looked at"


class About(StrEnum):
    """The subject of an entry, if entries about the same subject are read together."""

    INSTRUCTION = "instruction"
    """Of the prosecutor; a later entry can annul it."""
    IDENTITY = "identity request"
    SUSPECT = "suspect"
    FILE = "file"
