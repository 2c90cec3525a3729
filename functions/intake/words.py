"""What reporters are told by the API, in plain words.

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
    """What happens after a report was accepted, with the times of the jurisdiction."""
    return tuple(portal().speaking(language).steps)


def step(which: PublicStatus | ReportHappening, language: str) -> str:
    """A standing, or what happened, as one sentence."""
    return portal().speaking(language)[f"step.{which.value}"]


def added(kind: AdditionKind, language: str) -> str:
    """What is said to somebody who added to a report, by what it was for them."""
    return portal().speaking(language)[_ADDED[kind]]


def asked(language: str) -> str:
    """That a question waits for the reporter."""
    return portal().speaking(language)["note.asked"]


def late(language: str) -> str:
    """That nobody acted in time."""
    return portal().speaking(language)["note.late"]


def turn_to(service: str, language: str) -> str:
    """Who helps with what is not for this desk."""
    return portal().speaking(language).fill("note.turn_to", service=service)


def ended(reason: str, language: str) -> str | None:
    """Why the case ended; None for a reason that has no words."""
    return portal().speaking(language).entries.get(f"ended.{reason}")
