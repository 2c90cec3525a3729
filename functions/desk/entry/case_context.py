"""What a decision reads beside its case, from the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from casework.aws.table import alerts
from casework.aws.table.case_table import CaseTable
from casework.aws.table.custody_table import standing_request
from casework.case.case import Case
from casework.case.history import Event
from casework.decisions.decision import Known
from casework.decisions.identity import IdentityRequest
from casework.decisions.permissions import Call, permit
from casework.decisions.staff import StaffMember
from functions.desk import deployment
from functions.desk.shown import lists


@dataclass(frozen=True, kw_only=True)
class CaseContext(Known):
    """The data that a decision of a member on a case may read; each is read when asked for."""

    table: CaseTable
    decided_on: Case
    member: StaffMember

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        return tuple(self.table.events(self.decided_on.id))[: self.decided_on.events]

    def events(self) -> tuple[Event, ...]:
        return self._events

    def case(self, case_id: str) -> Case:
        # Naming a case does not reveal that it exists.
        found = self.table.case(case_id)
        permit(self.member, Call.CASE, found, deployment.offices)
        return found

    def identity_request(self, number: int) -> IdentityRequest:
        return standing_request(self.table, self.decided_on.id, number)

    def reference(self, typed: str) -> str:
        return lists.report_of(self.table, self.decided_on.id, typed).reference

    def holds(self, reference: str) -> bool:
        return lists.holds(self.table, self.decided_on, reference)

    def is_of(self, reference: str, case: Case) -> bool:
        return lists.is_of(self.table, case, reference)

    def apart(self, reference: str, at: datetime) -> tuple[Case, str]:
        return lists.apart(self.table, deployment.pack(), self.decided_on, reference, at)

    def last_question(self, case: Case, reference: str) -> int:
        return lists.last_question(self.table, case, reference)

    def disclosures(self, case: Case) -> frozenset[str]:
        return lists.disclosures(self.table, case)

    def arrived(self) -> int:
        return self.table.reports.arrived(self.decided_on.id)

    def unseen(self, case: Case) -> Mapping[int, str]:
        return lists.unseen(self.table, case)

    def dangers(self) -> int:
        return alerts.how_many(self.table.name, self.decided_on.id)
