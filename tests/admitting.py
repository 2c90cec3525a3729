"""A person admits reports by their names, as the desk does."""

from __future__ import annotations

from datetime import datetime

from casework.aws.table.case_table import CaseTable, Deed
from casework.case.admission import Admitted
from casework.case.case import Case
from casework.case.times import stamp
from casework.moves.adding import withdrawals_in
from casework.moves.admitting import admitted


def admit(table: CaseTable, case_id: str, at: datetime, by: str, *references: str) -> Case:
    """Admit the reports of these references, or all of the case that are not admitted yet."""

    def decide(case: Case) -> Deed[None]:
        named = {
            each.reference: each
            for each in table.reports.all_of(case.id)
            if not each.belongs_to(case) and (not references or each.reference in references)
        }
        entry = Admitted(case=case.id, event=case.events + 1)
        writes = [
            write
            for each in named.values()
            for write in table.reports.admitting(each, entry, stamp(at))
        ]
        numbers = {reference: each.number for reference, each in named.items()}
        asked_out = withdrawals_in(list(table.events(case.id)), numbers)
        return Deed(admitted(case, at, by, numbers, withdrawals=asked_out), None, writes)

    return table.carry_out(case_id, decide).case
