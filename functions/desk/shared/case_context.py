"""What a decision reads beside its case, from the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from casework.aws.table import danger_alerts
from casework.aws.table.case_table import CaseTable
from casework.aws.table.identity_request_table import get_actionable_identity_request
from casework.case.alike import NotAlikeReason
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.decisions.base import DecisionContext
from casework.decisions.identity_requests import IdentityRequest
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from functions.desk import deployment
from functions.desk.queries import lists
from functions.desk.queries.case_lines import read_why_not_alike


@dataclass(frozen=True, kw_only=True)
class CaseContext(DecisionContext):
    """The data that a decision of a member on a case may read; each is read when asked for."""

    table: CaseTable
    decided_on: Case
    member: StaffMember

    @cached_property
    def _events(self) -> tuple[CaseEvent, ...]:
        return tuple(self.table.events(self.decided_on.id))[: self.decided_on.events]

    def events(self) -> tuple[CaseEvent, ...]:
        return self._events

    def case(self, case_id: str) -> Case:
        # Naming a case does not reveal that it exists.
        found = self.table.get_case(case_id)
        require_permission(
            self.member, StaffCall.CASE, found, deployment.competent_offices_for_case
        )
        return found

    def identity_request(self, number: int) -> IdentityRequest:
        return get_actionable_identity_request(self.table, self.decided_on.id, number)

    def reference(self, typed: str) -> str:
        return lists.get_report_of_case(self.table, self.decided_on.id, typed).reference

    def holds(self, reference: str) -> bool:
        return lists.is_admitted_report(self.table, self.decided_on, reference)

    def is_of(self, reference: str, case: Case) -> bool:
        return lists.was_ever_in_case(self.table, case, reference)

    def apart(self, reference: str, at: datetime) -> tuple[Case, str]:
        return lists.split_off_preview(
            self.table, deployment.desk_jurisdiction(), self.decided_on, reference, at
        )

    def last_question(self, case: Case, reference: str) -> int:
        return lists.last_question(self.table, case, reference)

    def disclosures(self, case: Case) -> frozenset[str]:
        return lists.case_disclosures(self.table, case)

    def arrived(self) -> int:
        return self.table.reports.last_number(self.decided_on.id)

    def unseen(self, case: Case) -> Mapping[int, str]:
        return lists.unseen_report_times(self.table, case)

    def why_not_alike(self, case: Case) -> NotAlikeReason | None:
        return read_why_not_alike(self.table, deployment.desk_jurisdiction(), case)

    def dangers(self) -> int:
        return danger_alerts.count_dangers(self.table.name, self.decided_on.id)
