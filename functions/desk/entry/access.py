"""The caller of the desk, the key of the call, and whether the caller may know of the case."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import StringConstraints

from casework.aws.http.authentication import signed_in
from casework.aws.http.http import Request
from casework.aws.table import log
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.permissions import Call, permit
from casework.decisions.staff import StaffMember
from casework.report.followup import mark_of_key
from functions.desk import deployment

A_SUBJECT: Final = re.compile(r"[0-9A-Za-z-]{1,128}")
Subject = Annotated[str, StringConstraints(pattern=f"^{A_SUBJECT.pattern}$")]
"""The id of an account, in a body."""
NOBODY: Final = "-"
"""The subject of no account."""


def caller(request: Request, call: Call) -> StaffMember:
    """The caller, whose role includes the call."""
    member = signed_in(request, deployment.table(), deployment.settings().clients)
    permit(member, call)
    return member


def key_of(request: Request) -> str:
    """The digest of the Idempotency-Key of a call, under which an entry keeps it; raises
    KeyMissing."""
    return mark_of_key(receipt.read_key(request.headers.get("idempotency-key")))


def seen_case(member: StaffMember, call: Call, case_id: str) -> Case:
    """The case, if the member may see it; the view is recorded once per person and day."""
    case = _permitted(member, call, case_id)
    log.mark_person(deployment.table().name, case.id, deployment.now(), log.VIEW, member.subject)
    return case


def opened_case(member: StaffMember, call: Call, case_id: str) -> Case:
    """The case whose page the member opens, if they may see it; each opening is counted."""
    case = _permitted(member, call, case_id)
    log.count_reading(deployment.table().name, case.id, deployment.now(), member.subject)
    return case


def _permitted(member: StaffMember, call: Call, case_id: str) -> Case:
    case = deployment.table().case(case_id)
    permit(member, call, case, deployment.offices)
    return case


def colleague(request: Request, member: StaffMember) -> str:
    """The person in the address; `NOBODY`, who did nothing, where they are not of the member's
    realm."""
    subject = request.path_params["subject"]
    if not A_SUBJECT.fullmatch(subject):
        return NOBODY
    stored = deployment.table().staff(subject)
    if stored is None:
        return NOBODY
    return subject if StaffMember.of(subject, stored).realm is member.realm else NOBODY
