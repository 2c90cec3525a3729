"""The sentences of the API for reporters, in plain words.

The words are those of `web/portal/messages/`. Numbers to call and advice come from the pack.
"""

from __future__ import annotations

from typing import Final

from casework.report.followup import AdditionKind
from casework.report.way import PublicStatus, ReportHappening
from functions.intake.texts import portal

_ADDED: Final = {
    AdditionKind.MORE: "note.added",
    AdditionKind.CORRECTION: "note.corrected",
    AdditionKind.WITHDRAWAL: "note.withdrawn",
}


def next_steps(language: str) -> tuple[str, ...]:
    """The next steps after a report was accepted, with the times of the jurisdiction."""
    return tuple(portal().speaking(language).steps)


def step(which: PublicStatus | ReportHappening, language: str) -> str:
    """A standing or an event, as one sentence."""
    return portal().speaking(language)[f"step.{which.value}"]


def added(kind: AdditionKind, language: str) -> str:
    """The answer to an addition, by its meaning for the reporter."""
    return portal().speaking(language)[_ADDED[kind]]


def asked(language: str) -> str:
    """That a question waits for the reporter."""
    return portal().speaking(language)["note.asked"]


def late(language: str) -> str:
    """The note of a missed deadline."""
    return portal().speaking(language)["note.late"]


def turn_to(service: str, language: str) -> str:
    """The service that helps with other matters."""
    return portal().speaking(language).fill("note.turn_to", service=service)


def ended(reason: str, language: str) -> str | None:
    """Why the case ended; None for a reason that has no words."""
    return portal().speaking(language).entries.get(f"ended.{reason}")
