"""Which entries of a case's history are news for its reporters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casework.case.lifecycle import WAIT_ENDING_MOVES, Move, moves_where
from casework.case.rule_types import StatisticsEffect

if TYPE_CHECKING:
    from casework.case.history import CaseEvent

REPORTER_NEWS_MOVES: Final = moves_where(lambda law: law.news)
"""Entries of a case's history that its reporters are notified of.

An escalation is the news that no person acted within the pack's deadline. Reporters hear of the
first level; further levels concern supervisors. Of corrections, only that of the closing reason is
news. An admission is news for the reporters whose public step changes by it.
"""

FOLLOWED_MOVES: Final = (
    REPORTER_NEWS_MOVES
    | moves_where(lambda law: law.carries)
    | WAIT_ENDING_MOVES
    | moves_where(lambda law: law.counts in {StatisticsEffect.ADMITTED, StatisticsEffect.LOOKS})
    | {Move.SUGGEST}
)
"""Entries with consequences; among them all by which a person looks at reports. The filter of the
stream passes these and no others."""


def is_reporter_news(event: CaseEvent) -> bool:
    """Whether reporters are notified of this entry of a case's history."""
    if event.move == Move.ESCALATE.value:
        return event.data.get("level") == 1
    if event.move == Move.CORRECT.value:
        return "reason" in event.data
    return event.move in REPORTER_NEWS_MOVES


def matches_ended_case(event: CaseEvent) -> bool:
    """Whether an entry says that a report named identifiers which an ended case held."""
    return event.move == Move.SUGGEST.value and event.data.get("because") == "closed"


def reports_concerned(event: CaseEvent) -> tuple[str, ...]:
    """The reports of a question or message, by reference; none for the whole case."""
    if event.move == Move.ASK.value:
        return (str(event.data["report"]),)
    reports = event.data.get("reports") if event.move == Move.MESSAGE.value else None
    return tuple(map(str, reports)) if isinstance(reports, list) else ()


def news_name(case_id: str, event: int) -> str:
    """The name of the news of this entry."""
    return f"{case_id}-{event}"


def entry_number_from_news(case_id: str, news: str) -> int:
    """The number of the entry of a piece of news; 0 for news of a report by itself."""
    number = news.removeprefix(f"{case_id}-")
    return int(number) if number.isdigit() else 0


def lateness_news_name(mark: str, since: str = "") -> str:
    """The name of the news that a report was not looked at in time; `mark` names the report, and
    `since` is when a clock began that is not its first one."""
    return f"{mark}-late{since}"
