"""Reports that joined while their case was ending: unseen, so they are linked again.

The author of an end names the last report that they saw, and a report joins without blocking them.
So unadmitted reports are released, each by one conditional write: passes may repeat, overlap and
stop anywhere. Reports that stay lose the marks of their reporters' own contact.
"""

from __future__ import annotations

import time
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.value_objects import UnseenReports

UNSEEN_PAGE_SIZE: Final = 50


def relink_unseen_reports(
    table: CaseTable, case: Case, unseen: UnseenReports, until: float
) -> str | None:
    """Release unseen reports, until a time of the monotonic clock.

    None when all were read, otherwise the place to continue.
    """
    after = unseen.after or None
    while True:
        page = table.reports.page_references(case.id, UNSEEN_PAGE_SIZE, after)
        for report in table.reports.get_reports(page.ids):
            if report.case_id != case.id:
                continue
            if report.was_seen_in(case):
                table.reports.delete_contact_marks(report)
            else:
                table.reports.unlink(report, case.id)
        after = page.after
        if after is None or time.monotonic() > until:
            return after
