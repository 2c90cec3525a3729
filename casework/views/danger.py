"""The danger of a case as staff see it: how it is known, since when, and what was said.

Lists that many people read say how danger is known; the words of a report stand only where reading
them is recorded.
"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from casework.case.case import Case
from casework.case.danger import DangerKind, DangerOrigin
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.report.report import Facts, ReporterRole
from casework.report.reported_territory import DescribedPlace
from casework.views.first_words import MAX_FIRST_WORDS_LENGTH, MAX_PLACE_LENGTH, shorten_text


class DangerSaid(BaseModel):
    """What the report or the addition that told of danger says, in one line."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    role: ReporterRole | None = None
    """Who said it; left out where the report cannot be read."""
    place: str | None = None
    """Where, in the reporter's words, at most 80 characters; left out where they chose a place of
    the list, or named none."""
    words: str | None = None
    """The first words of the addition that told of the danger last, if one did, and then of the
    report, at most 160 characters together; left out where they may be hard to bear, or cannot be
    read."""
    covered: bool = False
    """The words are left out because they may be hard to bear."""

    @classmethod
    def from_report(cls, facts: Facts | None, narrative: str | None, *, severe: bool) -> Self:
        """What a report with these fields says; `narrative` is what it, or an addition to it, says,
        and None where that cannot be read."""
        described = facts.territory if facts is not None else None
        place = described.text if isinstance(described, DescribedPlace) else None
        return cls(
            role=facts.role if facts is not None else None,
            place=shorten_text(place, MAX_PLACE_LENGTH) if place else None,
            words=shorten_text(narrative, MAX_FIRST_WORDS_LENGTH) or None
            if narrative and not severe
            else None,
            covered=bool(narrative) and severe,
        )


class DangerView(BaseModel):
    """Danger in the next hours, as it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: DangerKind
    """`stated`: a person said it. `announced`: a text names an attack and its time. `doubted`: a
    machine is unsure. Never show one like another."""
    self_harm: bool = False
    """The person in danger may harm themselves."""
    at: str | None = None
    """When the report, or the addition, that tells of it came, or staff said it."""
    by: str | None = None
    """The person of the staff who said it, by subject; left out where a report told of it."""
    added: bool = False
    """A reporter told of it in an addition."""
    reasons: tuple[str, ...] = ()
    """Of the assessment, at most four."""
    said: DangerSaid | None = None
    """In lists and on the page of the case: reading it counts as reading the case."""

    @classmethod
    def from_danger(cls, origin: DangerOrigin) -> Self:
        """The danger without words."""
        return cls(
            kind=origin.kind,
            self_harm=origin.self_harm,
            at=origin.at or None,
            by=origin.by,
            added=origin.addition is not None,
            reasons=origin.reasons,
        )


def has_disturbing_words(pack: Jurisdiction, case: Case) -> bool:
    """Whether the words of its reports are covered in lists: they are of categories that two people
    decide on."""
    hard = read_procedure(pack.folder).second_look.categories
    return not hard.isdisjoint({case.category, *case.told})


def newest_first(added: str | None, first: str | None) -> str | None:
    """What was added about a danger, before what was said first; None without both."""
    return " · ".join(each for each in (added, first) if each) or None
