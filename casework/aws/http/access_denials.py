"""Refused access to a case, as the log of that case keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from casework.aws.http.api import Request
from casework.aws.table import audit_log
from casework.errors import CaseNotFound, IdentityNotReleased, NotAllowed, Refusal
from casework.text import reference

AUDITED_DENIALS: Final = (CaseNotFound, NotAllowed, IdentityNotReleased)
"""Refusals that are recorded: another unit's case or none, a missing role, an unreleased
identity."""


def record_access_denial(
    table: str,
    at: datetime,
    call: str,
    request: Request,
    refusal: Refusal,
    also: type[Refusal] | None = None,
) -> bool:
    """Record in the log of the case in the address that a caller was refused; whether it names a
    case and access to it was refused. `also` is a further refusal of access for these calls.

    The same happens for another unit's case and for one that does not exist, so neither time nor
    calls tell them apart.
    """
    kinds = AUDITED_DENIALS if also is None else (*AUDITED_DENIALS, also)
    if not isinstance(refusal, kinds) or "id" not in request.path_params:
        return False
    try:
        case_id = reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        return False  # not the id of any case
    audit_log.record_access(
        table, case_id, at, audit_log.REFUSED_MARK, request.claims["sub"], call=call
    )
    return True
