"""News of a case since a person looked at it: entries that make no new version.

A joining report, an addition and a merged case leave the version of a case as it is; otherwise
strangers could block decisions by sending more. So a person may decide on a version without knowing
of the news. Two laws prevent this:

- a decision that ends a case, calms it, lowers it or lets it wait is refused while such an entry
  came later than the last one that its author says to have seen (`must_see` of a decision);
- any other is taken, and its unseen news keeps waiting for a person who reads it
  (`casework.moves.additions.keep_news_unread`).

An author who names the last entry that they saw is not blocked by news of the two minutes before
the decision (`RECENT_TIME`), unless it weighs more than the case did. Otherwise a stranger who adds
an entry each second would keep a case from ending. Such news waits after the decision, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, creates_version, moves_where
from casework.case.rule_types import NewsKind
from casework.errors import Finding, NewsUnseen, NotValid, ReportsUnseen
from casework.moves.additions import BURST_TIME

NEWS_TEXT_BY_MOVE: Final[Mapping[Move, str]] = {
    Move.ADD: "a reporter added something",
    Move.RAISE: "the case became more urgent, or tells of more",
    Move.ABSORB: "another case was merged into this one",
    Move.UNREADABLE: "something came that no machine can read",
}
"""The entries that tell of something new, each in words."""

DANGER_NEWS: Final = moves_where(lambda law: law.brings and law.brings is not NewsKind.FACTS)
"""Those by which a case may become one of imminent danger."""


def list_news_since(events: Sequence[CaseEvent], seen: int | None) -> list[CaseEvent]:
    """The news of a history after its version began, and after the entry with number `seen` if
    given. Raises NotValid for a number that the history does not have."""
    if seen is not None and events and seen > events[-1].number:
        finding = Finding("#/seen", "seen.unknown", "The history has no entry of this number yet.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])
    found: list[CaseEvent] = []
    for event in reversed(events):
        if creates_version(Move(event.move)) or event.number <= (seen or 0):
            break
        if event.move in NEWS_TEXT_BY_MOVE:
            found.insert(0, event)
    return found


RECENT_TIME: Final = BURST_TIME
"""The time that people have to decide on the page they read, even if strangers send more each
second. Later news keeps waiting after the decision, until a person sees it."""
FREQUENT_NEWS: Final = moves_where(lambda law: law.brings in {NewsKind.FACTS, NewsKind.UNKNOWN})
"""News that strangers can bring as often as they like. The others tell of more than the case did,
and so come a few times."""


def is_recent_entry(came_at: str, at: datetime) -> bool:
    """Whether an entry is so recent that a person who read the case may not know of it."""
    return at - datetime.fromisoformat(came_at) <= RECENT_TIME


def refuse_unseen(
    news: Sequence[CaseEvent], moves: Collection[Move], at: datetime, *, looked: bool
) -> None:
    """Raise NewsUnseen if one of the entries is of a kind that must be seen.

    `looked`: the author names the last entry that they saw, so news of the last moment is excepted.
    """
    unseen = [
        each
        for each in news
        if each.move in moves
        and not (looked and each.move in FREQUENT_NEWS and is_recent_entry(each.at, at))
    ]
    if unseen:
        first = unseen[0]
        raise NewsUnseen(
            f"Entries to see since you looked: {len(unseen)}; the first, "
            f"{first.number}: {NEWS_TEXT_BY_MOVE[Move(first.move)]}."
        )


def refuse_unknown_report(shown: int, arrived: int) -> None:
    """Raise NotValid for a number above that of the last report that came into the case."""
    if shown > arrived:
        finding = Finding("#/shown", "shown.unknown", "No report of the case has this number.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])


def refuse_unseen_reports(reports: Mapping[int, str], at: datetime, *, looked: bool) -> None:
    """Raise ReportsUnseen if a case with these reports, which nobody had in view, cannot end.

    `reports` are their times of arrival by number. Where the author names the last report that they
    saw, those that came just now are let go, and look for a case again.
    """
    unseen = [
        number
        for number, came_at in reports.items()
        if not (looked and is_recent_entry(came_at, at))
    ]
    if unseen:
        raise ReportsUnseen(
            f"Nobody has seen {len(unseen)} reports that came into the case; the first of "
            f"them has the number {min(unseen)}."
        )
