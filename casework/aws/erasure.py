"""Erasing a report: its boxes and words go, a tombstone and the history stay.

What is left tells that there was a report, when, and in which case, so that its key opens no other
and the chains still verify. Point-in-time backups hold the old item until they run out (35 days).
"""

from __future__ import annotations

from datetime import datetime

from casework.aws import items, keys
from casework.aws.case_table import CaseTable
from casework.aws.custody_table import erase_requests
from casework.aws.report_table import ERASED_AT
from casework.case import Case, stamp
from casework.change import Change
from casework.lifecycle import Move

KEPT = (keys.FLOW, keys.FLOW_AT, "accepted_at", "case_id", "linked_at", "correlation_id")


def erase_report(table: CaseTable, reference: str, at: datetime, by: str) -> bool:
    """Erase a report and all that was added to it; False when there is nothing left to erase.

    The event is written first: an erasure that was cut short is seen, and finished by repeating.
    """
    partition = keys.report_key(reference)[keys.PARTITION]
    beside = list(items.under(table.name, partition))
    report = next((item for item in beside if item[keys.SORT] == keys.REPORT_SORT), None)
    if report is None:
        return False
    rest = [item for item in beside if item[keys.SORT] != keys.REPORT_SORT]
    if ERASED_AT in report and not rest:
        return False
    case_id = report.get("case_id")
    if ERASED_AT not in report:
        if case_id is not None:
            table.update(str(case_id), lambda case: _erased(case, reference, at, by))
        tombstone = {
            **keys.report_key(reference),
            **{name: report[name] for name in KEPT if name in report},
            ERASED_AT: stamp(at),
        }
        if "case_id" not in tombstone:
            tombstone.pop(keys.FLOW, None)  # nothing is left to be linked
            tombstone.pop(keys.FLOW_AT, None)
        items.put(table.name, tombstone)
    for item in rest:
        key = {keys.PARTITION: partition, keys.SORT: item[keys.SORT]}
        items.delete(table.name, key)
    for each in (*report.get("moved", ()), case_id):
        for _ in erase_requests(table.name, str(each), reference) if each else ():
            pass
    return True


def _erased(case: Case, reference: str, at: datetime, by: str) -> Change:
    return Change.of(case, Move.ERASED, at, by, {"report": reference})
