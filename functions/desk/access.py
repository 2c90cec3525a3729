"""Who calls: the access token says who it is, the staff item what they may do now."""

from __future__ import annotations

from functools import lru_cache

from casework.aws import log
from casework.aws.access import signed_in
from casework.aws.http import Request
from casework.case import Case, stamp
from casework.errors import CaseNotFound
from casework.staff import Call, StaffMember, permit
from functions.desk import deployment


def caller(request: Request, call: Call) -> StaffMember:
    """Who calls, and that their role includes the call."""
    member = signed_in(request, deployment.table(), deployment.settings().client_id)
    permit(member, call)
    return member


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
