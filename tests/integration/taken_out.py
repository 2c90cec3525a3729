"""What somebody who holds a case does when a report does not belong to it."""

from __future__ import annotations

from typing import Any

from casework.aws.steps import step
from casework.case.case import Case
from casework.decisions.decision import Known
from casework.decisions.review import TakeOut
from casework.pack.jurisdiction import open_pack
from functions.desk.shown import lists
from tests.office import ANALYST, Office


def take_out(office: Office, case: Case, reference: str) -> Case:
    """The holder of the case takes a report out of it; returns the new case."""
    said = TakeOut(report=reference, because="other_facts")
    taken: list[Case] = []

    def decide(now: Case) -> Any:
        known = Known(
            reference=lambda typed: lists.report_of(office.table, case.id, typed).reference,
            apart=lambda report, at: lists.apart(office.table, open_pack("ma"), now, report, at),
        )
        change = said.change(now, step.now(), ANALYST, known)
        taken[:] = [each.after for each in change.beside]
        return change

    office.table.update(case.id, decide)
    return taken[0]
