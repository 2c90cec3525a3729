"""Who calls: the access token says who it is, the staff item what they may do now."""

from __future__ import annotations

from casework.aws.http.access import signed_in
from casework.aws.http.http import Request
from casework.aws.table import log
from casework.case.case import Case
from casework.decisions.staff import Call, StaffMember, permit
from functions.desk import deployment


def caller(request: Request, call: Call) -> StaffMember:
    """Who calls, and that their role includes the call."""
    member = signed_in(request, deployment.table(), deployment.settings().clients)
    permit(member, call)
    return member


def seen_case(member: StaffMember, call: Call, case_id: str) -> Case:
    """The case, if the member may see it; who looked is kept once per day."""
    table = deployment.table()
    case = table.case(case_id)
    permit(member, call, case)
    log.mark_person(table.name, case.id, deployment.now(), "view", member.subject)
    return case
