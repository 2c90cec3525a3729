"""What somebody who holds a case does when a report does not belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.aws.steps import step
from casework.case.case import Case
from casework.decisions.decision import Known
from casework.decisions.review import TakeOut
from casework.pack.jurisdiction import open_pack
from functions.desk.shown import lists
from tests.office import ANALYST, Office


@dataclass(frozen=True, kw_only=True)
class ReportsOf(Known):
    """What a decision is told of the reports of a case."""

    office: Office
    holder: Case

    def reference(self, typed: str) -> str:
        return lists.report_of(self.office.table, self.holder.id, typed).reference

    def apart(self, reference: str, at: datetime) -> tuple[Case, str]:
        return lists.apart(self.office.table, open_pack("ma"), self.holder, reference, at)


def take_out(office: Office, case: Case, reference: str) -> Case:
    """The holder of the case takes a report out of it; returns the new case."""
    said = TakeOut(report=reference, because="other_facts")
    taken: list[Case] = []

    def decide(now: Case) -> Any:
        change = said.change(now, step.now(), ANALYST, ReportsOf(office=office, holder=now))
        taken[:] = [each.after for each in change.beside]
        return change

    office.table.update(case.id, decide)
    return taken[0]
