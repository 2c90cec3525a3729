"""Reports that came into a case as it ended: nobody saw them, so they look for a case again.

Whoever ends a case decides on what they saw, and a report joins without disturbing them. So what
joined in the last minute is let go, each report by one conditional write: passes may repeat,
overlap and stop anywhere.
"""

from __future__ import annotations

import time
from typing import Final

from casework.aws.case_table import CaseTable
from casework.case import Case, Unseen
from casework.linking import came_too_late

PAGE: Final = 50


def let_go(table: CaseTable, case: Case, unseen: Unseen, until: float) -> str | None:
    """Let reports go that nobody saw, until a time of the monotonic clock.

    None when all were looked at, else the place to go on at.
    """
    after = unseen.after or None
    while True:
        page = table.reports.of(case.id, PAGE, after)
        for report in table.reports.several(page.ids):
            late = came_too_late(case, report.linked_at or report.accepted_at)
            if late and not report.stood_for(case):
                table.reports.unlink(report.reference, case.id)
        after = page.after
        if after is None or time.monotonic() > until:
            return after
