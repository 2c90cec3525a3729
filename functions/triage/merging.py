"""Reports and identifiers of a merged case move to the case that goes on, and back after a split.

Each report moves by one conditional write, so that passes may repeat, overlap and stop anywhere. A
report records its earlier cases, an identifier its earlier owner: a split returns exactly what the
merge took.
"""

from __future__ import annotations

import math
import time
from datetime import datetime
from functools import cache, partial
from typing import Final

from casework.aws.services import announcements
from casework.aws.services.settings import LinkSettings, SweepSettings
from casework.aws.table.case_table import CaseTable
from casework.aws.table.stored import StoredReport
from casework.case.admission import Admitted
from casework.case.case import Case
from casework.case.index import of_absorbed
from casework.case.lifecycle import Move, Status
from casework.case.parts import Moving
from casework.case.times import stamp
from casework.moves.merging import moving_further, moving_on, reports_moved
from casework.moves.weight import is_urgent
from functions.triage.follow import tell_news_since, unit_told
from functions.triage.weighing import go_on_without_answer

PAGE: Final = 25
Settings = LinkSettings | SweepSettings


def move(table: CaseTable, case: Case, at: datetime, until: float = math.inf) -> str | None:
    """Move reports and identifiers to their case, page by page; `until` is of the monotonic clock.

    None when all visible ones were moved, otherwise the place where the next pass continues.
    """
    moving = case.moving
    if moving is None:
        return None
    if case.status is Status.MERGED:
        return _carry(table, case, moving.other, at, until)
    if moving.report is not None:
        _take_along(table, case, moving.other, moving.report, until)
        return None
    other = table.case(moving.other)
    return _bring_back(table, case, other, moving.after, at, until)


def _carry(table: CaseTable, case: Case, target: str, at: datetime, until: float) -> str | None:
    """The reports of the merged case go to the other one; the rest then starts at the beginning."""
    after, first = None, cache(partial(_absorbed, table, target, case.id))
    while True:
        page = table.reports.of(case.id, PAGE, after)
        for report in table.reports.several(page.ids):
            if report.case_id != case.id:
                continue
            for each in table.identifiers.of_cases(report.identifiers, {case.id}):
                table.identifiers.move(each, case.id, target)
            seen, moved = seen_by(table, case, report), [*report.moved, case.id]
            begins = first() if report.admitted is not None else 0
            table.reports.move(report, case.id, target, stamp(at), moved, seen, begins)
        after = page.after
        if after is None:
            return None
        if time.monotonic() > until:
            return ""


def _bring_back(
    table: CaseTable, case: Case, other: Case, place: str, at: datetime, until: float
) -> str | None:
    """Reports of the split case come back to it, from a place among the other's reports on."""
    after = place or None
    first = cache(partial(_split_off, table, case.id))
    while True:
        page = table.reports.of(other.id, PAGE, after)
        for report in table.reports.several(page.ids):
            if report.case_id != other.id or case.id not in report.moved:
                continue
            for each in table.identifiers.of_cases(report.identifiers, {other.id}):
                table.identifiers.move(each, other.id, case.id, back=True)
            before = report.moved[: report.moved.index(case.id)]
            seen = seen_by(table, other, report)
            begins = first() if report.admitted is not None else 0
            table.reports.move(report, other.id, case.id, stamp(at), before, seen, begins)
        after = page.after
        if after is None or time.monotonic() > until:
            return after


def _take_along(table: CaseTable, case: Case, other: str, reference: str, until: float) -> None:
    """Identifiers that only the taken-out report names move to its own case, which is noted beside
    the owners of the others.

    All of them stay with a case of more reports than one turn can read.
    """
    report = table.reports.one(reference)
    if report is None or not report.identifiers:
        return
    named = table.reports.named_in([other], until)
    own = report.identifiers - named if named is not None else frozenset()
    for each in table.identifiers.of_cases(own, {other}):
        table.identifiers.move(each, other, case.id)
    owned = set(table.identifiers.of_cases(report.identifiers, {case.id}))
    table.identifiers.note_ids(report.identifiers - owned, case.id)
    for _ in table.identifiers.unname(own, [other]):
        pass


def seen_by(table: CaseTable, case: Case, report: StoredReport) -> Admitted | None:
    """The entry whose author had a report in view that leaves its case: what was seen once need not
    be seen again. None for one that was admitted, or stood for the case."""
    if report.seen is not None or report.admitted is not None or report.stood_for(case):
        return report.seen
    if not 0 < report.number <= case.shown:
        return None
    by = table.showing(case.id, report.number)
    return Admitted(case=case.id, event=by) if by else None


def _absorbed(table: CaseTable, case_id: str, other: str) -> int:
    """The number of the entry by which another case came into one: those of its reports that were
    admitted hear of it from there on."""
    entry = table.named(case_id, of_absorbed(other))
    return entry.number if entry else 1


def _split_off(table: CaseTable, case_id: str) -> int:
    """The number of the last entry by which a case stands on its own again, likewise."""
    split = (each.number for each in table.events(case_id) if each.move == Move.SPLIT.value)
    return max(split, default=1)


# ---- effects ---------------------------------------------------------------------------------


def carry_on(
    settings: Settings, table: CaseTable, case_id: str, at: datetime, until: float
) -> bool:
    """Move the reports of a merged or split case that is due; True when all are there.

    Called when the stream delivers the merge or split, and by the sweeper for the rest.
    """
    case = table.case(case_id)
    if case.moving is None or case.moving.due > stamp(at):
        return False
    moving: Moving = case.moving
    further = move(table, case, at, until)
    if case.status is Status.MERGED:
        go_on(table, moving.other, at)
    if further is not None:
        place: str = further
        table.update(case_id, lambda now_: moving_further(now_, moving, place))
        return False
    _tell_of_those_moved(settings, table, case, moving, at)
    table.update(case_id, lambda now_: reports_moved(now_, at, moving))
    return True


def go_on(table: CaseTable, case_id: str, at: datetime) -> None:
    """The effects on a case that reports came into: reports of a merged case move on with it."""
    table.update(case_id, lambda now_: moving_on(now_, at))


def _tell_of_those_moved(
    settings: Settings, table: CaseTable, case: Case, moving: Moving, at: datetime
) -> None:
    """Reports have reached their case: tell the people concerned.

    First the unit of the case, and its review if they made the case more urgent; at last, when
    every index shows them, their reporters, of the news since the merge or split.
    """
    merged = case.status is Status.MERGED
    if moving.level > 0:
        now_in = table.case(moving.other) if merged else case
        tell_news_since(table, settings.topic, now_in, moving.since)
        return
    if not merged:
        return
    into = table.case(moving.other)
    if unit_told(into) is not None:
        announcements.publish(settings.topic, announcements.added(into, case.id, admitted=True), at)
    absorbed = table.named(into.id, of_absorbed(case.id))
    if absorbed is not None and is_urgent(absorbed):
        go_on_without_answer(table, settings, into.id, absorbed.at)
