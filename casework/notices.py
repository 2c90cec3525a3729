"""That there is news: when a reporter who left a contact is told."""

from __future__ import annotations

from typing import Final

from casework.history import Event
from casework.lifecycle import Move

NEWS: Final = frozenset(
    {
        Move.ASK,
        Move.MESSAGE,
        Move.ACKNOWLEDGE,
        Move.REJECT,
        Move.REOPEN,
        Move.CLOSE,
        Move.CORRECT,
        Move.ESCALATE,
    }
)
"""Entries of a case's history that its reporters are told of. The stream lets these through.

An escalation is the news that there is none: nobody acted within the pack's deadline. It is told
at the first level; the further ones are the supervisors' concern. Of what is corrected, only the
reason of the end is.
"""


def is_news(event: Event) -> bool:
    """Whether reporters are told of this entry of a case's history."""
    if event.move == Move.ESCALATE.value:
        return event.data.get("level") == 1
    if event.move == Move.CORRECT.value:
        return "reason" in event.data
    return event.move in NEWS


def about(event: Event) -> str | None:
    """The one report that a question or message is for, by reference; None for the whole case."""
    report = event.data.get("report") if event.move in {Move.ASK, Move.MESSAGE} else None
    return report if isinstance(report, str) else None


def news_of(case_id: str, event: int) -> str:
    """The name of the news that is this entry of a case's history."""
    return f"{case_id}-{event}"
