"""The gate for anonymous reports: one report whose reporter gave their name lifts it.

Such a report may join a case that waits for the prosecutor, be brought into it by a merge, or come
while the unit takes the case and has not seen it yet: whoever learns of it calls `lift`.
"""

from __future__ import annotations

from collections.abc import Iterable

from casework.aws.case_table import CaseTable
from casework.aws.step import now
from casework.aws.stored import StoredReport
from casework.case import Case
from casework.change import Change
from casework.jurisdiction import Jurisdiction
from casework.lifecycle import Status
from casework.moves.inquiry import lifted
from casework.procedure import gate


def lift(table: CaseTable, pack: Jurisdiction, case: Case, reports: Iterable[StoredReport]) -> None:
    """Open the gate the case waits at, if the pack lets one of the reports do so.

    The reports are looked at only while the case waits.
    """
    if case.status is not Status.AWAITING_AUTHORISATION:
        return
    lifting = gate(pack.folder).lifted_by
    named = next((each.reference for each in reports if each.disclosure in lifting), None)
    if named is None:
        return
    reference: str = named

    def decide(case: Case) -> Change | None:
        awaited = case.status is Status.AWAITING_AUTHORISATION
        return lifted(case, now(), reference) if awaited else None

    table.update(case.id, decide)
