"""Danger in the next hours, and how it is known: stated, announced or doubted.

The three are told apart wherever danger is shown. A person *stated* it: the reporter by a tick or
in words, or staff who read the report. A text *announced* an attack with its time, and nobody says
that it is true. A machine *doubts*: the words resemble danger. What is graver takes the place of
what is less; nothing but a person's word takes danger away.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

DANGER_KIND_FIELD: Final = "danger_kind"
"""In the data of entries that assess or raise a case."""
MAX_DANGER_REASONS: Final = 4
"""Reasons that are kept with a danger."""
STATED_FLAGS: Final = frozenset({"imminent_danger", "self_harm_risk"})
"""Flags of words or ticks that state danger, in cases of a time when no kind was kept."""


class DangerKind(StrEnum):
    """How danger is known, the gravest first."""

    STATED = "stated"
    """A person said it."""
    ANNOUNCED = "announced"
    """A text names an attack and its time."""
    DOUBTED = "doubted"
    """A machine is unsure."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(DangerKind).index(self)


class DangerOrigin(BaseModel):
    """What told of the danger of a case."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    kind: DangerKind
    self_harm: bool = False
    """The person in danger may harm themselves."""
    report: str = ""
    """Reference of the report that told of it, or whose addition did; empty where staff learnt of
    it elsewhere."""
    addition: str | None = None
    """Its id, where an addition told of it."""
    by: str | None = None
    """The person of the staff who stated it."""
    at: str = ""
    """When the report or the addition came, or the person said it; empty where that was not
    kept."""
    reasons: tuple[str, ...] = ()
    """Of the assessment, at most `MAX_DANGER_REASONS`."""

    @property
    def source(self) -> tuple[str, str | None]:
        """The report, and the id of its addition where that told of it."""
        return self.report, self.addition

    def replaces(self, other: DangerOrigin | None) -> bool:
        """Whether it is graver than what was told before, or what the same reporter adds to it:
        where somebody is now is said last. Nobody else's words take the place of theirs."""
        if other is None or self.kind.rank < other.kind.rank:
            return True
        own = self.addition is not None and self.report == other.report
        return own and self.kind is other.kind and self.source != other.source

    def merge_earlier(self, before: DangerOrigin | None) -> DangerOrigin:
        """The same, knowing what was told before: a person who says that a report tells of danger
        says so of what a machine read in it."""
        if before is None or not self.report or self.report != before.report:
            return self
        return self.model_copy(
            update={
                "at": before.at if before.kind is self.kind and self.addition else self.at,
                "self_harm": self.self_harm or before.self_harm,
                "reasons": self.reasons or before.reasons,
            }
        )


def gravest_danger(told: Collection[DangerOrigin | None]) -> DangerOrigin | None:
    """The gravest of these, the first of equals; None without any."""
    dangers = [each for each in told if each is not None]
    return min(dangers, key=lambda each: each.kind.rank, default=None)


def kind_by_signs(flags: Collection[str], *, seen: bool) -> DangerKind:
    """The kind of a danger that was kept without one: by the flags of its case, and whether staff
    saw it. In doubt a machine's: a guess is never shown as a fact."""
    stated = seen or not STATED_FLAGS.isdisjoint(flags)
    return DangerKind.STATED if stated else DangerKind.DOUBTED
