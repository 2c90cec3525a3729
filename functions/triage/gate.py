"""The gate for anonymous reports: one report whose reporter gave their name lifts it.

Such a report may be admitted to a case that waits for the prosecutor, or be brought into it by a
merge: whoever learns of it calls `lift`. One that joined by itself lifts nothing.
"""

from __future__ import annotations

from casework.aws.case_table import CaseTable
from casework.aws.step import now
from casework.case import Case
from casework.change import Change
from casework.jurisdiction import Jurisdiction
from casework.lifecycle import Status
from casework.moves.inquiry import lifted
from casework.procedure import gate


def lift(table: CaseTable, pack: Jurisdiction, case: Case) -> None:
    """Open the gate the case waits at, if the pack lets one of the reports that belong to it do so.

    The reports are looked at only while the case waits.
    """
    if case.status is not Status.AWAITING_AUTHORISATION:
        return
    lifting = gate(pack.folder).lifted_by
    reports = table.reports.admitted(case)
    named = next((each.reference for each in reports if each.disclosure in lifting), None)
    if named is None:
        return
    reference: str = named

    def decide(case: Case) -> Change | None:
        awaited = case.status is Status.AWAITING_AUTHORISATION
        return lifted(case, now(), reference) if awaited else None

    table.update(case.id, decide)
