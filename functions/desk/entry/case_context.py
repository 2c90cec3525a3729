"""What a decision reads beside its case, from the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from casework.aws.table import alerts
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

    decided_on: Case
    member: StaffMember

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        events = deployment.table().events(self.decided_on.id)
        return tuple(events)[: self.decided_on.events]

    def events(self) -> tuple[Event, ...]:
        return self._events

    def case(self, case_id: str) -> Case:
        # Naming a case does not reveal that it exists.
        found = deployment.table().case(case_id)
        permit(self.member, Call.CASE, found, deployment.offices)
        return found

    def identity_request(self, number: int) -> IdentityRequest:
        return standing_request(deployment.table(), self.decided_on.id, number)

    def reference(self, typed: str) -> str:
        return lists.report_of(deployment.table(), self.decided_on.id, typed).reference

    def holds(self, reference: str) -> bool:
        return lists.holds(deployment.table(), self.decided_on, reference)

    def is_of(self, reference: str, case: Case) -> bool:
        return lists.is_of(deployment.table(), case, reference)

    def apart(self, reference: str, at: datetime) -> tuple[Case, str]:
        table, pack = deployment.table(), deployment.pack()
        return lists.apart(table, pack, self.decided_on, reference, at)

    def last_question(self, case: Case, reference: str) -> int:
        return lists.last_question(deployment.table(), case, reference)

    def disclosures(self, case: Case) -> frozenset[str]:
        return lists.disclosures(deployment.table(), case)

    def arrived(self) -> int:
        return deployment.table().reports.arrived(self.decided_on.id)

    def unseen(self, case: Case) -> Mapping[int, str]:
        return lists.unseen(deployment.table(), case)

    def dangers(self) -> int:
        return alerts.how_many(deployment.table().name, self.decided_on.id)
