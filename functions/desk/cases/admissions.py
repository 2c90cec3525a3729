"""Admission of reports that joined a case by themselves."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER, IF_MATCH_PARAMETER
from casework.aws.http.path_params import case_id_from_path, read_if_match
from casework.aws.services import telemetry
from casework.aws.table.case_table import CaseTransaction
from casework.case.admission import Admission, AdmittingEntry
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.credentials import receipt
from casework.decisions.permissions import StaffCall, require_permission
from casework.moves.additions import count_withdrawals
from casework.moves.admissions import admit_reports_by_name
from functions.desk import deployment
from functions.desk.queries import lists
from functions.desk.shared.access import require_caller
from functions.desk.shared.decision_handler import conflict_error
from functions.desk.shared.routing import ADMISSION_REFUSALS, desk_route


class AdmittedReports(BaseModel):
    """The reports that belong to the case from now on. Repeating the request admits no report
    twice."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    unadmitted: int
    """Reports of the case that are not admitted yet."""


@desk_route(
    "admit_reports",
    "POST",
    "cases/{id}/admissions",
    summary="Admit reports to a case",
    body=Admission,
    answers={200: AdmittedReports},
    refusals=ADMISSION_REFUSALS,
    parameters=(IF_MATCH_PARAMETER, IDEMPOTENCY_KEY_PARAMETER),
)
def admit_reports(request: Request) -> Response:
    """Admit reports of the case by their references.

    Once a case has more than one report, each reporter gets answers as if the report stood alone;
    that of the report that opened it, too. From now on those that you name see the progress of the
    case and get messages to all, but none from before. It is no new version of the case: the ETag
    stays.
    """
    member = require_caller(request, StaffCall.ADMISSION)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    etag, case_id, admission = (
        read_if_match(request),
        case_id_from_path(request),
        request.parse_body(Admission),
    )
    table, at = deployment.desk_case_table(), deployment.now()

    def change(case: Case) -> CaseTransaction[None]:
        require_permission(member, StaffCall.ADMISSION, case)
        deed = admit(case)
        if deed.change is not None and case.etag != etag:
            raise conflict_error(case, member, at)
        return deed

    def admit(case: Case) -> CaseTransaction[None]:
        by = member.subject
        found = [
            lists.get_report_of_case(table, case.id, each, "reports") for each in admission.reports
        ]
        named = {each.reference: each for each in found if not each.belongs_to(case)}
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

    case, _ = table.transact(case_id, change)
    telemetry.log_info("reports admitted", case_id=case.id, correlation_id=case.correlation_id)
    left = len(lists.unadmitted_report_times(table, case))
    return Response(200, AdmittedReports(id=case.id, unadmitted=left), {"ETag": case.etag})
