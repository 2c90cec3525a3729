"""Erasing what is kept of an ended case, once two people decided it.

Boxes, words, additions, questions and messages go, and the case's claim on identifiers; tombstones,
the history and the count stay. Each deletion may be repeated, so that a pass may stop anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from casework.aws import items, keys
from casework.aws.case_table import CaseTable
from casework.aws.custody_table import erase_requests
from casework.aws.erasure import erase_report
from casework.case import SYSTEM, Case
from functions.triage.merging import marks

PAGE: Final = 50


def forget(table: CaseTable, case: Case, at: datetime, go_on: Callable[[], bool]) -> bool:
    """Erase the reports of a case and what was written about them; True when all is gone.

    Between two reports `go_on` says whether there is time left.
    """
    after = None
    while True:
        page = table.reports.of(case.id, PAGE, after)
        known = {report.reference: report for report in table.reports.several(page.ids)}
        for reference in page.ids:
            if not go_on():
                return False
            if reference in known:
                for mark in marks(known[reference]):
                    table.identifiers.forget(mark, case.id)
            erase_report(table, reference, at, SYSTEM)
        after = page.after
        if after is None:
            break
    partition = keys.case_key(case.id)[keys.PARTITION]
    for item in list(items.under(table.name, partition, keys.MESSAGE_PREFIX)):
        items.delete(table.name, {keys.PARTITION: partition, keys.SORT: item[keys.SORT]})
    for _ in erase_requests(table.name, case.id):
        pass
    return True
