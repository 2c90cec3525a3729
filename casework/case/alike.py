"""Which cases may be assigned, joined or rejected together with others, without opening each.

Whoever acts on several lines at once reads a line of each. That is enough where the line says what
there is, and somebody looked at the report. It is not enough for what cannot wait, for minors, and
for what no line displays. The list says so before, and a call that names a batch is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from casework.case.case import Case

MINOR_FLAG: Final = "minor_victim"
"""The flag of assessments that a minor is a victim."""
BATCH_FIELD: Final = "batch"
"""In a decision and in the data of its entry: the id that all acts which a person took together
have in common."""


class NotAlikeReason(StrEnum):
    """Why a case is acted on by itself."""

    IMMEDIATE = "immediate"
    """It is immediate, or danger is imminent in it."""
    MINORS = "minors"
    """It tells of a minor."""
    UNGLANCED = "unglanced"
    """Nobody has glanced at the report that opened it."""
    UNDISPLAYED = "undisplayed"
    """It has words, files or reports that no line displays and nobody of the desk decided on."""


@dataclass(frozen=True)
class LineCover:
    """What a line of a case leaves out."""

    glance_owed: bool
    """Nobody has glanced at the report that opened the case."""
    words_hidden: bool
    """The line does not say its first words."""
    more: bool
    """The report has files or additions."""
    unseen_reports: bool
    """Reports joined the case since, and nobody who acted on it had them in view."""


def why_not_alike(
    case: Case, cover: LineCover, child_categories: Collection[str]
) -> NotAlikeReason | None:
    """The first reason for which the case is acted on by itself; None where there is none.
    `child_categories`: those of the pack that are about children.

    What a report brought beside its first words was before the person who sent the case to a unit:
    while no unit has it, nobody need have seen it.
    """
    stands: Mapping[NotAlikeReason, Callable[[], bool]] = {
        NotAlikeReason.IMMEDIATE: lambda: case.presses,
        NotAlikeReason.MINORS: lambda: (
            MINOR_FLAG in case.flags
            or not set(child_categories).isdisjoint({case.category, *case.told})
        ),
        NotAlikeReason.UNGLANCED: lambda: cover.glance_owed,
        NotAlikeReason.UNDISPLAYED: lambda: (
            cover.words_hidden
            or cover.unseen_reports
            or case.unread is not None
            or (cover.more and case.status.rule.unit is None)
        ),
    }
    return next((reason for reason, holds in stands.items() if holds()), None)
