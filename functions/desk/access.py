"""Who calls: the access token says who it is, the staff item what they may do now."""

from __future__ import annotations

from functools import lru_cache

from casework import reference
from casework.aws import log
from casework.aws.case_table import CaseTable
from casework.aws.http import Request
from casework.case import Case, stamp
from casework.errors import CaseNotFound, NotSignedIn
from casework.staff import Call, StaffMember, permit
from functions.desk import deployment


def caller(request: Request, call: Call) -> StaffMember:
    """Who calls, and that their role includes the call."""
    member = signed_in(request, deployment.table(), deployment.settings().client_id)
    permit(member, call)
    return member


def case_id_of(request: Request) -> str:
    """The case in the address; what cannot be a case is not found."""
    try:
        return reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        raise CaseNotFound("There is no such case.") from None


def seen_case(member: StaffMember, call: Call, case_id: str) -> Case:
    """The case, if the member may see it; who looked, or tried to, is kept once per day.

    For another unit's case and for one that does not exist the same is done and answered.
    """
    table, at = deployment.table(), deployment.now()
    day = stamp(at)[:10]
    try:
        case = table.case(case_id)
        permit(member, call, case)
    except CaseNotFound:
        _keep(table.name, case_id, day, "refused", member.subject)
        raise
    _keep(table.name, case_id, day, "view", member.subject)
    return case


@lru_cache(maxsize=4_096)
def _keep(table: str, case_id: str, day: str, kind: str, subject: str) -> None:
    """Keep it in the log of the case; within one process it is written once."""
    log.mark(table, case_id, deployment.now(), kind, subject, by=subject)


def signed_in(request: Request, table: CaseTable, client_id: str) -> StaffMember:
    """The staff member behind a request the gateway has authenticated.

    The gateway takes ID tokens too and checks no client where the token names none: both are
    checked here. The staff item is read each time, strongly, so that a change holds at once.
    """
    claims = request.claims
    subject = claims.get("sub", "")
    if claims.get("token_use") != "access" or claims.get("client_id") != client_id or not subject:
        raise NotSignedIn("Send an access token of this application.")
    stored = table.staff(subject)
    if stored is None:
        raise NotSignedIn("There is no staff account for this token.")
    return StaffMember.of(subject, stored)
