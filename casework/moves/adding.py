"""A reporter added to their report; and a person looked at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import JsonValue

from casework.case.admission import UNADMITTED, admitting
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import BOUND, Event
from casework.case.lifecycle import Move
from casework.case.parts import REPORTER, Due, Unread
from casework.case.times import stamp, wait_from
from casework.errors import IllegalMove
from casework.moves.deadlines import no_clocks
from casework.pack.clocks import Clocks
from casework.report.followup import AdditionKind


def added(
    case: Case,
    at: datetime,
    *,
    report: str,
    addition: str,
    kind: AdditionKind,
    answers: int | None = None,
    bound: str = "",
    found: str = "",
    unadmitted: int | None = None,
    clocks: Clocks = no_clocks,
) -> Change:
    """A reporter added to a report of the case; the entry has the kind of the addition, and no
    word.

    `bound` and `found` are the commitments to the addition and to its findings. `unadmitted` is the
    number of its report if that is not admitted: the entry says so, and a withdrawal counts only
    after the admission. No decision depends on it, because the author of a decision reads the case.
    If no decision is due (a unit holds the case, or it has ended), it waits until a person has
    looked.
    """
    data: dict[str, JsonValue] = {"report": report, "addition": addition, "kind": kind.value}
    data |= {BOUND: bound, "found": found}
    if answers is not None:
        data["question"] = answers
    changes: dict[str, Any] = {}
    if unadmitted is not None:
        data[UNADMITTED] = unadmitted
    elif kind is AdditionKind.WITHDRAWAL:
        changes["withdrawals"] = case.withdrawals + 1
    if case.status.law.looked_at:
        changes["unread"] = waiting(case, at, clocks)
    return Change.of(case, Move.ADD, at, REPORTER, data, **changes)


FILE: Final = "file"
"""`kind` of the entry of a file; reporters cannot send it as the kind of an addition."""
BURST: Final = timedelta(minutes=2)
"""Files of a report that come so soon after one that an entry tells of need no entry of their own:
a person may decide for as long without knowing of that one either (`casework.decisions.news`)."""


def file_came(
    case: Case,
    at: datetime,
    *,
    report: str,
    number: int,
    unadmitted: int | None = None,
    clocks: Clocks = no_clocks,
) -> Change:
    """A file of a reporter was kept: news of the case like an addition."""
    data: dict[str, JsonValue] = {"report": report, "kind": FILE, "file": number}
    if unadmitted is not None:
        data[UNADMITTED] = unadmitted
    changes: dict[str, Any] = {}
    if case.status.law.looked_at:
        changes["unread"] = waiting(case, at, clocks)
    return Change.of(case, Move.ADD, at, REPORTER, data, **changes)


def tells_of_file(events: Iterable[Event], report: str, number: int, at: datetime) -> bool:
    """Whether a history tells of a file, or of another one of the report a moment ago."""
    return any(
        event.data.get("file") == number or at - datetime.fromisoformat(event.at) <= BURST
        for event in events
        if event.move == Move.ADD
        and event.data.get("kind") == FILE
        and event.data.get("report") == report
    )


def waiting(case: Case, at: datetime, clocks: Clocks) -> Unread:
    """The entries that wait for a person, with the new one; the time begins with the first."""
    last = case.events + 1
    if case.unread is not None:
        return case.unread.model_copy(update={"last": last})
    seconds = clocks(case).get(Due.UNREAD)
    return Unread(since=stamp(at), last=last, wait=wait_from(at, seconds) if seconds else None)


def unseen_waits(change: Change, news: Sequence[Event], at: datetime, clocks: Clocks) -> Change:
    """A decision by a person who had not seen some news: the news keeps waiting for a reader.

    If its wait begins only now, its time runs from the decision: until then, it waited for the
    decision.
    """
    before, after = change.before, change.after
    left: dict[str, Any] = {}
    if before is not None and before.unreadable and _of(news, Move.UNREADABLE):
        left["unreadable"] = True
    added = _of(news, Move.ADD)
    if added and after.status.law.looked_at and after.unread is None:
        since = {"since": added[0].at, "last": added[-1].number}
        left["unread"] = waiting(after, at, clocks).model_copy(update=since)
    return change.leaving(**left) if left else change


def _of(news: Sequence[Event], move: Move) -> list[Event]:
    return [each for each in news if each.move == move.value]


def looked(case: Case, at: datetime, by: str, *, seen: int) -> Change:
    """A person looked at the additions, up to the entry of a number.

    Raises IllegalMove when no addition waits, or more was added since.
    """
    if case.unread is None:
        raise IllegalMove("Nothing was added that nobody has looked at.")
    if case.unread.last > seen:
        raise IllegalMove("More was added since: read the case again.")
    return Change.of(case, Move.LOOK, at, by, {"seen": seen}, unread=None)


def withdrawals_in(entries: Sequence[Event], reports: Collection[str] = (), shown: int = 0) -> int:
    """The number of withdrawals by reporters who are admitted now, by name or up to a number.

    A withdrawal counts from the admission of its report; earlier admitted ones count already.
    """
    return sum(
        (report in reports or number <= shown) and admitting(entries, report, number) is None
        for report, number in _unadmitted_withdrawals(entries)
    )


def _unadmitted_withdrawals(entries: Sequence[Event]) -> Iterator[tuple[str, int]]:
    """The reports that were withdrawn before their admission, and their numbers."""
    for each in entries:
        number = each.data.get(UNADMITTED) if each.move == Move.ADD else None
        if isinstance(number, int) and each.data.get("kind") == AdditionKind.WITHDRAWAL:
            yield str(each.data["report"]), number
