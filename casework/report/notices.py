"""What follows from an entry of a case's history: who is told that there is news."""

from __future__ import annotations

from typing import Final

from casework.case.history import Event
from casework.case.lifecycle import Move, moves_that

NEWS: Final = moves_that(lambda law: law.news)
"""Entries of a case's history that its reporters are told of.

An escalation is the news that there is none: nobody acted within the pack's deadline. It is told
at the first level; the further ones are the supervisors' concern. Of what is corrected, only the
reason of the end is. Of an admission those hear whose reports stand elsewhere by it.
"""

FOLLOWED: Final = NEWS | moves_that(lambda law: law.carries) | {Move.SUGGEST}
"""Entries from which anything follows. The stream lets these through, and no others."""


def is_news(event: Event) -> bool:
    """Whether reporters are told of this entry of a case's history."""
    if event.move == Move.ESCALATE.value:
        return event.data.get("level") == 1
    if event.move == Move.CORRECT.value:
        return "reason" in event.data
    return event.move in NEWS


def recalls(event: Event) -> bool:
    """Whether an entry tells that a report came on what one of two cases held when it ended."""
    return event.move == Move.SUGGEST.value and event.data.get("because") == "closed"


def about(event: Event) -> tuple[str, ...]:
    """The reports that a question or message is for, by reference; none for the whole case."""
    if event.move == Move.ASK.value:
        return (str(event.data["report"]),)
    reports = event.data.get("reports") if event.move == Move.MESSAGE.value else None
    return tuple(map(str, reports)) if isinstance(reports, list) else ()


def news_of(case_id: str, event: int) -> str:
    """The name of the news that is this entry of a case's history."""
    return f"{case_id}-{event}"


def entry_of(case_id: str, news: str) -> int:
    """The number of the entry that a piece of news is; 0 for one of a report by itself."""
    number = news.removeprefix(f"{case_id}-")
    return int(number) if number.isdigit() else 0


def lateness_of(mark: str) -> str:
    """The name of the news that nobody looked at a report in time; `mark` names the report."""
    return f"{mark}-late"
