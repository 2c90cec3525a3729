"""The caller of the desk, the key of the call, and whether the caller may know of the case."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import StringConstraints

from casework.aws.http.api import Request
from casework.aws.http.authentication import authenticate
from casework.aws.table import audit_log
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.report.followup import idempotency_mark
from functions.desk import deployment

SUBJECT_PATTERN: Final = re.compile(r"[0-9A-Za-z-]{1,128}")
Subject = Annotated[str, StringConstraints(pattern=f"^{SUBJECT_PATTERN.pattern}$")]
"""The id of an account, in a body."""
NO_ACCOUNT_SUBJECT: Final = "-"
"""The subject of no account."""


def require_caller(request: Request, call: StaffCall) -> StaffMember:
    """The caller, whose role includes the call."""
    member = authenticate(request, deployment.desk_case_table(), deployment.settings().clients)
    require_permission(member, call)
    return member


def idempotency_digest(request: Request) -> str:
    """The digest of the Idempotency-Key of a call, under which an entry keeps it; raises
    KeyMissing."""
    return idempotency_mark(receipt.parse_idempotency_key(request.headers.get("idempotency-key")))


def load_visible_case(member: StaffMember, call: StaffCall, case_id: str) -> Case:
    """The case, if the member may see it; the view is recorded once per person and day."""
    case = _permitted(member, call, case_id)
    audit_log.record_access(
        deployment.desk_case_table().name,
        case.id,
        deployment.now(),
        audit_log.VIEW_MARK,
        member.subject,
    )
    return case


def opened_case(member: StaffMember, call: StaffCall, case_id: str) -> Case:
    """The case whose page the member opens, if they may see it; each opening is counted."""
    case = _permitted(member, call, case_id)
    audit_log.count_reading(
        deployment.desk_case_table().name, case.id, deployment.now(), member.subject
    )
    return case


def _permitted(member: StaffMember, call: StaffCall, case_id: str) -> Case:
    case = deployment.desk_case_table().get_case(case_id)
    require_permission(member, call, case, deployment.competent_offices_for_case)
    return case


def colleague_from_path(request: Request, member: StaffMember) -> str:
    """The person in the address; `NO_ACCOUNT_SUBJECT`, who did nothing, where they are not of the
    member's realm."""
    subject = request.path_params["subject"]
    if not SUBJECT_PATTERN.fullmatch(subject):
        return NO_ACCOUNT_SUBJECT
    stored = deployment.desk_case_table().staff(subject)
    if stored is None:
        return NO_ACCOUNT_SUBJECT
    return (
        subject
        if StaffMember.from_item(subject, stored).realm is member.realm
        else NO_ACCOUNT_SUBJECT
    )
