"""Reports without an act of people within their own time.

Each report has its own clock, from its reading and by its own urgency, independent of its case.
When the deadline passes, its reporter is told, at the same time and in the same way whether the
report opened a case, stands alone, or joined one. So the news does not reveal which. For a joined
report that nobody has had in view, the duty desk and the supervisors are told, too; for one that
opened a case, the deadline of the case tells them.
"""

from __future__ import annotations

from datetime import datetime

from casework.aws.services import announcements
from casework.aws.services.announcements import mark_of
from casework.aws.services.settings import SweepSettings
from casework.aws.table.case_table import CaseTable
from casework.aws.table.stored import StoredReport
from casework.aws.table.tellings import way_to
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.lifecycle import Move, Status
from casework.case.parts import Alone, Due
from casework.case.times import stamp, wait_from
from casework.moves.admitting import waited_too_long
from casework.pack.jurisdiction import open_pack
from casework.report.notices import lateness_of


def pass_deadline(
    settings: SweepSettings, table: CaseTable, reference: str, due: str, at: datetime
) -> bool:
    """Act on the own deadline of a report; False when no act is due."""
    report = table.reports.one(reference)
    if report is not None and report.alone is None:
        return False  # its first link is on its way: its line stands before its clock begins
    clock = report.alone if report else None
    if report is None or report.case_id is None or clock is None or clock.due != due:
        table.reports.stop_clock(reference, due)
        return False
    case = table.case(report.case_id)
    if case.status is Status.MERGED:
        return False  # it is on its way: asked for again in a minute
    if _was_told(table, reference, clock, at):
        table.reports.stop_clock(reference, due)
        return False
    if clock.level == 0:
        again = report.kept is not None and clock.since >= report.kept.at
        name = lateness_of(mark_of(reference), clock.since if again else "")
        news = announcements.news(case, name, [reference])
        announcements.publish(settings.topic, news, at)
    if report.was_seen_in(case) or not case.joinable:
        table.reports.stop_clock(reference, due)
        return True
    _tell_supervisors(settings, table, report, clock, at)
    seconds = open_pack(settings.pack).deadlines[clock.priority.value].review_seconds
    level = min(clock.level + 1, len(seconds))
    further = wait_from(at, seconds, level)
    goes_on = clock.model_copy(update={"due": further.due, "level": level})
    table.reports.wind_clock(reference, clock, goes_on)
    return True


def _was_told(table: CaseTable, reference: str, clock: Alone, at: datetime) -> bool:
    """Whether people did something that the reporter was told of since the clock began."""
    found = way_to(table.name, reference, stamp(at))
    return found is not None and any(each.at >= clock.since for each in found[1].told)


def _tell_supervisors(
    settings: SweepSettings, table: CaseTable, report: StoredReport, clock: Alone, at: datetime
) -> None:
    """Put the case before the duty desk for a report that waits; once, until it is looked at."""

    def decide(case: Case) -> Change | None:
        if case.unadmitted or not lifecycle.allows(case.status, Move.OVERDUE):
            return None
        change = waited_too_long(case, at, report.reference, report.number, clock.level + 1)
        # Told before it is saved: a crash between the two repeats the notification.
        late = announcements.overdue(change.after, Due.ADMISSION, clock.due)
        announcements.publish(settings.topic, late, at)
        return change

    table.update(str(report.case_id), decide)
