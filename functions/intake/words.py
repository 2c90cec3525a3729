"""The sentences of the API for reporters, in plain words.

The words are those of `web/portal/messages/`. Numbers to call and advice come from the pack.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from casework.report.followup import AdditionKind
from casework.report.way import PublicStatus, ReportHappening
from functions.intake.texts import portal

ADDED: Final = {
    AdditionKind.MORE: "note.added",
    AdditionKind.CORRECTION: "note.corrected",
    AdditionKind.WITHDRAWAL: "note.withdrawn",
}
"""The key of the answer to an addition, by its meaning for the reporter."""


_BY_URGENCY: Final = ("immediate", "immediate_lasting", "urgent", "urgent_lasting")
"""The readings of a report, the soonest first."""


def next_steps(
    language: str, ticked: Collection[str] = (), category: str | None = None
) -> tuple[str, ...]:
    """The next steps after a report was accepted, with the times of the jurisdiction.

    `ticked` and `category` are what its reporter said besides words: a report that is urgent by
    these alone is told its own time.
    """
    texts = portal().speaking(language)
    named = {portal().categories.get(category or ""), *map(portal().ticks.get, ticked)}
    soonest = next((each for each in _BY_URGENCY if each in named), None)
    if soonest is None:
        return tuple(texts.steps)
    first, _, *others = texts.steps
    return (first, texts.readings[soonest], *others)


def step(which: PublicStatus | ReportHappening, language: str) -> str:
    """A standing or an event, as one sentence."""
    return portal().speaking(language)[f"step.{which.value}"]


def added(kind: AdditionKind, language: str) -> str:
    """The answer to an addition, by its meaning for the reporter."""
    return portal().speaking(language)[ADDED[kind]]


def asked(language: str) -> str:
    """That a question waits for the reporter."""
    return portal().speaking(language)["note.asked"]


def late(language: str) -> str:
    """The note of a missed deadline."""
    return portal().speaking(language)["note.late"]


def pictures(count: int, language: str) -> str:
    """That what so many pictures look like arrived, and no picture."""
    return portal().speaking(language).fill("note.pictures", count=str(count))


def turn_to(service: str, language: str) -> str:
    """The service that helps with other matters."""
    return portal().speaking(language).fill("note.turn_to", service=service)


def ended(reason: str, language: str) -> str | None:
    """Why the case ended; None for a reason that has no words."""
    return portal().speaking(language).entries.get(f"ended.{reason}")
