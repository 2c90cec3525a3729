"""What somebody who holds a case does when a report does not belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.steps import task_state
from casework.case.case import Case
from casework.decisions.base import DecisionContext
from casework.decisions.review import TakeOut
from casework.pack.jurisdiction import open_pack
from functions.desk.queries import lists
from tests.office import ANALYST, Office


@dataclass(frozen=True, kw_only=True)
class ReportsOf(DecisionContext):
    """What a decision is told of the reports of a case."""

    office: Office
    holder: Case

    def reference(self, typed: str) -> str:
        return lists.get_report_of_case(self.office.table, self.holder.id, typed).reference

    def apart(self, reference: str, at: datetime) -> tuple[Case, str]:
        return lists.split_off_preview(
            self.office.table, open_pack("ma"), self.holder, reference, at
        )


def take_out(office: Office, case: Case, reference: str) -> Case:
    """The holder of the case takes a report out of it; returns the new case."""
    said = TakeOut(report=reference, because="other_facts")
    taken: list[Case] = []

    def decide(now: Case) -> Any:
        change = said.change(now, task_state.now(), ANALYST, ReportsOf(office=office, holder=now))
        taken[:] = [each.after for each in change.beside]
        return change

    office.table.update(case.id, decide)
    return taken[0]
