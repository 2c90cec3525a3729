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

from casework.aws.services import notifications
from casework.aws.services.settings import LinkSettings, SweepSettings
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.index import absorbed_entry_name
from casework.case.lifecycle import Move, Status
from casework.case.times import format_timestamp
from casework.case.value_objects import ReportsInTransit
from casework.moves.merges import continue_moving, finish_moving, move_late_reports
from casework.moves.severity import is_severity_raise
from functions.triage.follow_ups import informed_unit, republish_news_since
from functions.triage.severity import resume_unanswered_review

MOVES_PER_PAGE: Final = 25
MoveSettings = LinkSettings | SweepSettings


def move_reports_to_case(
    table: CaseTable, case: Case, at: datetime, until: float = math.inf
) -> str | None:
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
    other = table.get_case(moving.other)
    return _bring_back(table, case, other, moving.after, at, until)


def _carry(table: CaseTable, case: Case, target: str, at: datetime, until: float) -> str | None:
    """The reports of the merged case go to the other one; the rest then starts at the beginning."""
    after, first = None, cache(partial(_absorbed, table, target, case.id))
    while True:
        page = table.reports.page_references(case.id, MOVES_PER_PAGE, after)
        for report in table.reports.get_reports(page.ids):
            if report.case_id != case.id:
                continue
            for each in table.identifiers.filter_owned_by(report.identifiers, {case.id}):
                table.identifiers.move(each, case.id, target)
            seen, moved = find_viewing_entry(table, case, report), [*report.moved, case.id]
            begins = first() if report.admitted is not None else 0
            table.reports.move(report, case.id, target, format_timestamp(at), moved, seen, begins)
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
        page = table.reports.page_references(other.id, MOVES_PER_PAGE, after)
        for report in table.reports.get_reports(page.ids):
            if report.case_id != other.id or case.id not in report.moved:
                continue
            for each in table.identifiers.filter_owned_by(report.identifiers, {other.id}):
                table.identifiers.move(each, other.id, case.id, back=True)
            before = report.moved[: report.moved.index(case.id)]
            seen = find_viewing_entry(table, other, report)
            begins = first() if report.admitted is not None else 0
            table.reports.move(
                report, other.id, case.id, format_timestamp(at), before, seen, begins
            )
        after = page.after
        if after is None or time.monotonic() > until:
            return after


def _take_along(table: CaseTable, case: Case, other: str, reference: str, until: float) -> None:
    """Identifiers that only the taken-out report names move to its own case, which is noted beside
    the owners of the others.

    All of them stay with a case of more reports than one turn can read.
    """
    report = table.reports.get_report(reference)
    if report is None or not report.identifiers:
        return
    named = table.reports.list_identifier_ids([other], until)
    own = report.identifiers - named if named is not None else frozenset()
    for each in table.identifiers.filter_owned_by(own, {other}):
        table.identifiers.move(each, other, case.id)
    owned = set(table.identifiers.filter_owned_by(report.identifiers, {case.id}))
    table.identifiers.note_ids(report.identifiers - owned, case.id)
    for _ in table.identifiers.delete_mentions(own, [other]):
        pass


def find_viewing_entry(table: CaseTable, case: Case, report: StoredReport) -> AdmittingEntry | None:
    """The entry whose author had a report in view that leaves its case: what was seen once need not
    be seen again. None for one that was admitted, or stood for the case."""
    if report.seen is not None or report.admitted is not None or report.opened_case(case):
        return report.seen
    if not 0 < report.number <= case.shown:
        return None
    by = table.find_showing_entry(case.id, report.number)
    return AdmittingEntry(case=case.id, event=by) if by else None


def _absorbed(table: CaseTable, case_id: str, other: str) -> int:
    """The number of the entry by which another case came into one: those of its reports that were
    admitted hear of it from there on."""
    entry = table.find_entry(case_id, absorbed_entry_name(other))
    return entry.number if entry else 1


def _split_off(table: CaseTable, case_id: str) -> int:
    """The number of the last entry by which a case stands on its own again, likewise."""
    split = (each.number for each in table.events(case_id) if each.move == Move.SPLIT.value)
    return max(split, default=1)


# ---- effects ---------------------------------------------------------------------------------


def continue_moves(
    settings: MoveSettings, table: CaseTable, case_id: str, at: datetime, until: float
) -> bool:
    """Move the reports of a merged or split case that is due; True when all are there.

    Called when the stream delivers the merge or split, and by the sweeper for the rest.
    """
    case = table.get_case(case_id)
    if case.moving is None or case.moving.due > format_timestamp(at):
        return False
    moving: ReportsInTransit = case.moving
    further = move_reports_to_case(table, case, at, until)
    if case.status is Status.MERGED:
        apply_join_effects(table, moving.other, at)
    if further is not None:
        place: str = further
        table.update(case_id, lambda now_: continue_moving(now_, moving, place))
        return False
    _tell_of_those_moved(settings, table, case, moving, at)
    table.update(case_id, lambda now_: finish_moving(now_, at, moving))
    return True


def apply_join_effects(table: CaseTable, case_id: str, at: datetime) -> None:
    """The effects on a case that reports came into: reports of a merged case move on with it."""
    table.update(case_id, lambda now_: move_late_reports(now_, at))


def _tell_of_those_moved(
    settings: MoveSettings, table: CaseTable, case: Case, moving: ReportsInTransit, at: datetime
) -> None:
    """Reports have reached their case: tell the people concerned.

    First the unit of the case, and its review if they made the case more urgent; at last, when
    every index shows them, their reporters, of the news since the merge or split.
    """
    merged = case.status is Status.MERGED
    if moving.level > 0:
        now_in = table.get_case(moving.other) if merged else case
        republish_news_since(table, settings.topic, now_in, moving.since)
        return
    if not merged:
        return
    into = table.get_case(moving.other)
    if informed_unit(into) is not None:
        notifications.publish_notification(
            settings.topic, notifications.case_extended(into, case.id, admitted=True), at
        )
    absorbed = table.find_entry(into.id, absorbed_entry_name(case.id))
    if absorbed is not None and is_severity_raise(absorbed):
        resume_unanswered_review(table, settings, into.id, absorbed.at)
