"""A person admits reports by their names, as the desk does."""

from __future__ import annotations

from datetime import datetime

from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.case.admission import AdmittingEntry
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.moves.additions import count_withdrawals
from casework.moves.admissions import admit_reports_by_name


def admit(table: CaseTable, case_id: str, at: datetime, by: str, *references: str) -> Case:
    """Admit the reports of these references, or all of the case that are not admitted yet."""

    def decide(case: Case) -> CaseTransaction[None]:
        named = {
            each.reference: each
            for each in table.reports.iter_reports(case.id)
            if not each.belongs_to(case) and (not references or each.reference in references)
        }
        entry = AdmittingEntry(case=case.id, event=case.events + 1)
        writes = [
            write
            for each in named.values()
            for write in table.reports.admission_writes(each, entry, format_timestamp(at))
        ]
        numbers = {reference: each.number for reference, each in named.items()}
        asked_out = count_withdrawals(list(table.events(case.id)), numbers)
        return CaseTransaction(
            admit_reports_by_name(case, at, by, numbers, withdrawals=asked_out), None, writes
        )

    return table.transact(case_id, decide).case
