"""Admission of reports that joined a case by themselves."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import IDEMPOTENCY_KEY, IF_MATCH, Answer, Request
from casework.aws.http.target import case_id_of, if_match
from casework.aws.services import observe
from casework.aws.table.case_table import Deed
from casework.case.admission import Admission, Admitted
from casework.case.case import Case
from casework.case.times import stamp
from casework.credentials import receipt
from casework.decisions.permissions import Call, permit
from casework.moves.adding import withdrawals_in
from casework.moves.admitting import admitted
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import ADMITTING, route
from functions.desk.entry.deciding import changed
from functions.desk.shown import lists


class AdmittedReports(BaseModel):
    """The reports that belong to the case from now on. Repeating the request admits no report
    twice."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    unadmitted: int
    """Reports of the case that are not admitted yet."""


@route(
    "admit_reports",
    "POST",
    "cases/{id}/admissions",
    summary="Admit reports to a case",
    body=Admission,
    answers={200: AdmittedReports},
    refusals=ADMITTING,
    parameters=(IF_MATCH, IDEMPOTENCY_KEY),
)
def admit_reports(request: Request) -> Answer:
    """Admit reports of the case by their references.

    Once a case has more than one report, each reporter gets answers as if the report stood alone;
    that of the report that opened it, too. From now on those that you name see the progress of the
    case and get messages to all, but none from before. It is no new version of the case: the ETag
    stays.
    """
    member = caller(request, Call.ADMISSION)
    receipt.read_key(request.headers.get("idempotency-key"))
    seen, case_id, asked = if_match(request), case_id_of(request), request.read(Admission)
    table, at = deployment.table(), deployment.now()

    def change(case: Case) -> Deed[None]:
        permit(member, Call.ADMISSION, case)
        deed = admit(case)
        if deed.change is not None and case.etag != seen:
            raise changed(case, member, at)
        return deed

    def admit(case: Case) -> Deed[None]:
        by = member.subject
        found = [lists.report_of(table, case.id, each, "reports") for each in asked.reports]
        named = {each.reference: each for each in found if not each.belongs_to(case)}
        entry = Admitted(case=case.id, event=case.events + 1)
        writes = [
            write
            for each in named.values()
            for write in table.reports.admitting(each, entry, stamp(at))
        ]
        numbers = {reference: each.number for reference, each in named.items()}
        asked_out = withdrawals_in(list(table.events(case.id)), numbers)
        return Deed(admitted(case, at, by, numbers, withdrawals=asked_out), None, writes)

    case, _ = table.carry_out(case_id, change)
    observe.fact("reports admitted", case_id=case.id, correlation_id=case.correlation_id)
    left = len(lists.unadmitted(table, case))
    return Answer(200, AdmittedReports(id=case.id, unadmitted=left), {"ETag": case.etag})
