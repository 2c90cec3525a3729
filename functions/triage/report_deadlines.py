"""Reports without an act of people within their own time.

Each report has its own clock, from its reading and by its own urgency, independent of its case.
When the deadline passes, its reporter is told, at the same time and in the same way whether the
report opened a case, stands alone, or joined one. So the news does not reveal which. For a joined
report that nobody has had in view, the duty desk and the supervisors are told, too; for one that
opened a case, the deadline of the case tells them.
"""

from __future__ import annotations

from datetime import datetime

from casework.aws.services import notifications
from casework.aws.services.notifications import anonymous_report_id
from casework.aws.services.settings import SweepSettings
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.public_timelines import read_public_timeline
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.times import format_timestamp, start_wait
from casework.case.value_objects import DeadlineKind, ReportClock
from casework.moves.admissions import escalate_admission
from casework.pack.jurisdiction import open_pack
from casework.report.reporter_news import lateness_news_name


def handle_report_deadline(
    settings: SweepSettings, table: CaseTable, reference: str, due: str, at: datetime
) -> bool:
    """Act on the own deadline of a report; False when no act is due."""
    report = table.reports.get_report(reference)
    if report is not None and report.alone is None:
        return False  # its first link is on its way: its line stands before its clock begins
    clock = report.alone if report else None
    if report is None or report.case_id is None or clock is None or clock.due != due:
        table.reports.stop_clock(reference, due)
        return False
    case = table.get_case(report.case_id)
    if case.status is Status.MERGED:
        return False  # it is on its way: asked for again in a minute
    if _was_told(table, reference, clock, at):
        table.reports.stop_clock(reference, due)
        return False
    if clock.level == 0:
        again = report.kept is not None and clock.since >= report.kept.at
        name = lateness_news_name(anonymous_report_id(reference), clock.since if again else "")
        news = notifications.reporter_update(case, name, [reference])
        notifications.publish_notification(settings.topic, news, at)
    if report.was_seen_in(case) or not case.joinable:
        table.reports.stop_clock(reference, due)
        return True
    _tell_supervisors(settings, table, report, clock, at)
    seconds = open_pack(settings.pack).deadlines[clock.priority.value].review_seconds
    level = min(clock.level + 1, len(seconds))
    further = start_wait(at, seconds, level)
    goes_on = clock.model_copy(update={"due": further.due, "level": level})
    table.reports.wind_clock(reference, clock, goes_on)
    return True


def _was_told(table: CaseTable, reference: str, clock: ReportClock, at: datetime) -> bool:
    """Whether people did something that the reporter was told of since the clock began."""
    found = read_public_timeline(table.name, reference, format_timestamp(at))
    return found is not None and any(each.at >= clock.since for each in found[1].told)


def _tell_supervisors(
    settings: SweepSettings,
    table: CaseTable,
    report: StoredReport,
    clock: ReportClock,
    at: datetime,
) -> None:
    """Put the case before the duty desk for a report that waits; once, until it is looked at."""

    def decide(case: Case) -> Change | None:
        if case.unadmitted or not lifecycle.is_legal_move(case.status, Move.OVERDUE):
            return None
        change = escalate_admission(case, at, report.reference, report.number, clock.level + 1)
        # Told before it is saved: a crash between the two repeats the notification.
        late = notifications.deadline_missed(change.after, DeadlineKind.ADMISSION, clock.due)
        notifications.publish_notification(settings.topic, late, at)
        return change

    table.update(str(report.case_id), decide)
