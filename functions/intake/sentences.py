"""The sentences of the API for reporters, in plain words.

The words are those of `web/portal/messages/`. Numbers to call and advice come from the pack.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from casework.report.followup import AdditionKind
from casework.report.public_timeline import PublicStatus, ReportHappening
from functions.intake.texts import load_portal

ADDITION_SENTENCE_KEYS: Final = {
    AdditionKind.MORE: "note.added",
    AdditionKind.CORRECTION: "note.corrected",
    AdditionKind.WITHDRAWAL: "note.withdrawn",
}
"""The key of the answer to an addition, by its meaning for the reporter."""


_BY_URGENCY: Final = ("immediate", "immediate_lasting", "urgent", "urgent_lasting")
"""The readings of a report, the soonest first."""


def next_step_sentences(
    language: str, ticked: Collection[str] = (), category: str | None = None
) -> tuple[str, ...]:
    """The next steps after a report was accepted, with the times of the jurisdiction.

    `ticked` and `category` are what its reporter said besides words: a report that is urgent by
    these alone is told its own time.
    """
    texts = load_portal().texts_in(language)
    named = {load_portal().categories.get(category or ""), *map(load_portal().ticks.get, ticked)}
    soonest = next((each for each in _BY_URGENCY if each in named), None)
    if soonest is None:
        return tuple(texts.steps)
    first, _, *others = texts.steps
    return (first, texts.readings[soonest], *others)


def step_sentence(which: PublicStatus | ReportHappening, language: str) -> str:
    """A standing or an event, as one sentence."""
    return load_portal().texts_in(language)[f"step.{which.value}"]


def addition_sentence(kind: AdditionKind, language: str) -> str:
    """The answer to an addition, by its meaning for the reporter."""
    return load_portal().texts_in(language)[ADDITION_SENTENCE_KEYS[kind]]


def question_sentence(language: str) -> str:
    """That a question waits for the reporter."""
    return load_portal().texts_in(language)["note.asked"]


def lateness_sentence(language: str) -> str:
    """The note of a missed deadline."""
    return load_portal().texts_in(language)["note.late"]


def pictures_sentence(count: int, language: str) -> str:
    """That what so many pictures look like arrived, and no picture."""
    return load_portal().texts_in(language).fill("note.pictures", count=str(count))


def referral_sentence(service: str, language: str) -> str:
    """The service that helps with other matters."""
    return load_portal().texts_in(language).fill("note.turn_to", service=service)


def end_sentence(reason: str, language: str) -> str | None:
    """Why the case ended; None for a reason that has no words."""
    return load_portal().texts_in(language).entries.get(f"ended.{reason}")
