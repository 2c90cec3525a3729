"""The first look of a person at a report: what is owed, the verdicts, and what counts as a look.

No reading by machine finds every quiet danger, and a person sees it in seconds. So each new report
is *glanced at* within minutes. The look is owed until one of these entries of its case's history:

- `glance`: a person gave a verdict on the report;
- `admit`, or any entry with `shown`: a person who had this report before them accepted it;
- a decision that ends a review (`REVIEW_ENDING_MOVES`), for the report that opened the case: its
  author read it.

Opening the page of a case is no look: it says nothing, and nobody answers for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from casework.case.admission import AdmissionEntry, AnEntry, admits_by_name, admitted_up_to_number
from casework.case.danger import DangerKind, kind_by_signs
from casework.case.lifecycle import STATUS_TRANSITIONS, Move, Status
from casework.case.value_objects import Priority


class Verdict(StrEnum):
    """What a person says who glanced at a report."""

    NOTHING_URGENT = "nothing_urgent"
    """It waits for its turn."""
    DANGER_NOW = "danger_now"
    """Danger in the next hours."""
    LOOK_SOON = "look_soon"
    """It is more urgent than it stands there."""
    CANNOT_TELL = "cannot_tell"
    """Another person glances at it, too."""


VERDICT_FIELD: Final = "verdict"
"""In the data of the entry `glance`."""
REPORT_FIELD: Final = "report"
"""The same: reference of the report."""
COPIES_FIELD: Final = "copies"
"""The same, where the verdict is also on all exact copies of the report."""
SHOWN_WITH_FIELD: Final = "with"
"""The same, of such a copy: reference of the report that the person read."""
MAX_REASONS: Final = 8
"""Reasons of the assessment that are kept for the glance."""
REVIEW_ENDING_MOVES: Final = frozenset(
    move
    for move, there in STATUS_TRANSITIONS[Status.IN_REVIEW].items()
    if there is not Status.IN_REVIEW
)
"""Decisions whose authors read the report that opened the case."""


class ListTurn(BaseModel):
    """Where a report stands in lists, so that no crowd stands before one person: the first of each
    group stands before the second of any. It decides nothing else."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    turn: int = 1
    """Its place in its group, from 1."""
    group: str = ""
    """The id of the group whose line it shares; empty where it stands for itself."""
    same: str = ""
    """The same for all reports with the same text and fields, to the letter."""
    counted: str = ""
    """The partition of the group that counted it, and remembers what it had as its own."""


class OwedGlance(BaseModel):
    """What is kept with a report for the first look at it: what its own assessment found."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    priority: Priority
    imminent: bool = False
    danger: DangerKind | None = None
    """How that danger is known; None without danger, and where that was not kept: see `known`."""
    self_harm: bool = False
    """The person in danger may harm themselves."""
    category: str | None = None
    told: tuple[str, ...] = ()
    """Further categories of which its words tell."""
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """At most `MAX_REASONS`."""
    unsure: str | None = None
    """The person who glanced at it and could not tell."""
    stands: ListTurn = Field(default_factory=ListTurn)

    @property
    def danger_kind(self) -> DangerKind | None:
        """How danger in the next hours is known; None without danger."""
        if not self.imminent:
            return None
        return self.danger or kind_by_signs(self.flags, seen=False)

    @property
    def rank(self) -> int:
        """0 for the most worrying: stated danger, then announced, then doubted, then by
        priority."""
        known = self.danger_kind
        return known.rank if known else len(DangerKind) - 1 + self.priority.rank

    def to_stored(self) -> Mapping[str, Any]:
        """Its stored form."""
        return self.model_dump(mode="json", exclude_defaults=True)


def is_glance_entry(entry: AdmissionEntry, reference: str, number: int, *, opener: bool) -> bool:
    """Whether a person looked at a report by this entry of its case, in which it has a number;
    `opener` is whether it opened the case."""
    if entry.move == Move.GLANCE:
        return entry.data.get(REPORT_FIELD) == reference
    if admits_by_name(entry, reference) or 0 < number <= admitted_up_to_number(entry):
        return True
    return opener and entry.move in REVIEW_ENDING_MOVES


def find_first_look(
    entries: Iterable[AnEntry], reference: str, number: int, *, opener: bool
) -> AnEntry | None:
    """The first entry of a case's history by which a person looked at its report."""
    looks = (each for each in entries if is_glance_entry(each, reference, number, opener=opener))
    return next(looks, None)
