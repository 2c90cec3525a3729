"""A reporter added to their report; and a person looked at it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import JsonValue

from casework.case.admission import UNADMITTED_FIELD, find_admission
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import COMMITMENT_FIELD, CaseEvent
from casework.case.lifecycle import Move
from casework.case.replay import DERIVED_FIELDS
from casework.case.times import format_timestamp, start_wait
from casework.case.value_objects import REPORTER_AUTHOR, DeadlineKind, HourlyInflow, UnreadAdditions
from casework.errors import IllegalMove
from casework.moves.deadlines import no_wait_deadlines
from casework.pack.clocks import Clocks
from casework.report.followup import AdditionKind


def record_addition(
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
    clocks: Clocks = no_wait_deadlines,
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
    data |= {COMMITMENT_FIELD: bound, "found": found}
    if answers is not None:
        data["question"] = answers
    changes: dict[str, Any] = {"inflow": count_inflow(case, at)}
    if unadmitted is not None:
        data[UNADMITTED_FIELD] = unadmitted
    elif kind is AdditionKind.WITHDRAWAL:
        changes["withdrawals"] = case.withdrawals + 1
    if case.status.rule.looked_at:
        changes["unread"] = extend_unread(case, at, clocks)
    return Change.from_move(case, Move.ADD, at, REPORTER_AUTHOR, data, **changes)


FILE: Final = "file"
"""`kind` of the entry of a file; reporters cannot send it as the kind of an addition."""
_HOUR: Final = len("2026-03-02T12")
BURST_TIME: Final = timedelta(minutes=2)
"""Files of a report that come so soon after one that an entry tells of need no entry of their own:
a person may decide for as long without knowing of that one either (`casework.decisions.news`)."""


def record_file(
    case: Case,
    at: datetime,
    *,
    report: str,
    number: int,
    unadmitted: int | None = None,
    clocks: Clocks = no_wait_deadlines,
) -> Change:
    """A file of a reporter was kept: news of the case like an addition."""
    data: dict[str, JsonValue] = {"report": report, "kind": FILE, "file": number}
    if unadmitted is not None:
        data[UNADMITTED_FIELD] = unadmitted
    changes: dict[str, Any] = {"inflow": count_inflow(case, at)}
    if case.status.rule.looked_at:
        changes["unread"] = extend_unread(case, at, clocks)
    return Change.from_move(case, Move.ADD, at, REPORTER_AUTHOR, data, **changes)


MAX_ENTRIES_PER_HOUR: Final = 30
"""Entries about what reporters sent that a case takes in an hour, one for each thing. Beyond them
it takes one in each `BURST_TIME`."""
_PLACE: Final = DERIVED_FIELDS | {"revision", "inflow"}
"""Fields of a case that change with every such entry."""


def count_inflow(case: Case, at: datetime) -> HourlyInflow:
    """The entries of this hour, with one more."""
    hour = format_timestamp(at)[:_HOUR]
    before = case.inflow.entries if case.inflow and case.inflow.hour == hour else 0
    return HourlyInflow(hour=hour, entries=before + 1, last=format_timestamp(at))


def waits_for_night(change: Change) -> bool:
    """Whether the entry of an addition or a file is not made: the night binds the thing itself.

    So it is where very much came within the hour, an entry tells of a thing that came a moment ago,
    and this one would change nothing of the case: nobody more must look, be alerted or be counted.
    Whatever is not bound by an entry is read, weighed and shown all the same.
    """
    before, event = change.before, change.draft_event
    if before is None or event is None or before.inflow is None:
        return False
    inflow, at = before.inflow, datetime.fromisoformat(event.at)
    if inflow.hour != event.at[:_HOUR] or inflow.entries < MAX_ENTRIES_PER_HOUR:
        return False
    return at - datetime.fromisoformat(inflow.last) <= BURST_TIME and not _tells_more(change)


def _tells_more(change: Change) -> bool:
    """Whether an entry changes more of its case than its place in the history."""
    was, now = (_told_of(each) for each in (change.before, change.draft))
    return was != now


def _told_of(case: Case | None) -> dict[str, Any]:
    told = case.model_dump(exclude=set(_PLACE)) if case is not None else {}
    return {**told, "unread": bool(told.get("unread"))}


def mentions_file(entered_at: Mapping[int, str], number: int, at: datetime) -> bool:
    """Whether a history tells of a file of a report, or of another one of it a moment ago.

    `entered_at`: when its entries about files of the report were made, by the number of the file.
    """
    lately = (at - datetime.fromisoformat(each) <= BURST_TIME for each in entered_at.values())
    return number in entered_at or any(lately)


def extend_unread(case: Case, at: datetime, clocks: Clocks) -> UnreadAdditions:
    """The entries that wait for a person, with the new one; the time begins with the first."""
    last = case.events + 1
    if case.unread is not None:
        return case.unread.model_copy(update={"last": last})
    seconds = clocks(case).get(DeadlineKind.UNREAD)
    return UnreadAdditions(
        since=format_timestamp(at), last=last, wait=start_wait(at, seconds) if seconds else None
    )


def keep_news_unread(
    change: Change, news: Sequence[CaseEvent], at: datetime, clocks: Clocks
) -> Change:
    """A decision by a person who had not seen some news: the news keeps waiting for a reader.

    If its wait begins only now, its time runs from the decision: until then, it waited for the
    decision.
    """
    before, after = change.before, change.draft
    fields: dict[str, Any] = {}
    if before is not None and before.unreadable and _of(news, Move.UNREADABLE):
        fields["unreadable"] = True
    added = _of(news, Move.ADD)
    if added and after.status.rule.looked_at and after.unread is None:
        since = {"since": added[0].at, "last": added[-1].number}
        fields["unread"] = extend_unread(after, at, clocks).model_copy(update=since)
    return change.with_fields(**fields) if fields else change


def _of(news: Sequence[CaseEvent], move: Move) -> list[CaseEvent]:
    return [each for each in news if each.move == move.value]


def mark_additions_read(case: Case, at: datetime, by: str, *, seen: int) -> Change:
    """A person looked at the additions, up to the entry of a number.

    Raises IllegalMove when no addition waits, or more was added since.
    """
    if case.unread is None:
        raise IllegalMove("Nothing was added that nobody has looked at.")
    if case.unread.last > seen:
        raise IllegalMove("More was added since: read the case again.")
    return Change.from_move(case, Move.LOOK, at, by, {"seen": seen}, unread=None)


def count_withdrawals(entries: Sequence[CaseEvent], reports: Collection[str]) -> int:
    """The number of withdrawals by reporters who are admitted now, by the names of their reports.

    A withdrawal counts from the admission of its report; earlier admitted ones count already.
    """
    return sum(
        report in reports and find_admission(entries, report) is None
        for report in _unadmitted_withdrawals(entries)
    )


def _unadmitted_withdrawals(entries: Sequence[CaseEvent]) -> Iterator[str]:
    """The reports that were withdrawn before their admission."""
    for each in entries:
        number = each.data.get(UNADMITTED_FIELD) if each.move == Move.ADD else None
        if isinstance(number, int) and each.data.get("kind") == AdditionKind.WITHDRAWAL:
            yield str(each.data["report"])
