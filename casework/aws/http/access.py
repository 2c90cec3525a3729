"""Who calls: the access token says who it is, the staff item what they may do now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from casework.aws.http.http import Request
from casework.aws.table import log
from casework.aws.table.case_table import CaseTable
from casework.decisions.staff import StaffMember
from casework.errors import (
    CaseNotFound,
    IdentityNotReleased,
    IfMatchUnreadable,
    NotAllowed,
    NotSignedIn,
    PreconditionMissing,
    Refusal,
    RequestNotFound,
)
from casework.text import reference

REFUSED_ACCESS: Final = (CaseNotFound, NotAllowed, IdentityNotReleased)
"""Another unit's case or none, a role that may not, an identity nobody released."""

_TAG: Final = re.compile(r'(?:W/)?("[0-9]+")')
"""The public edge weakens the ETag of what it compresses; the version is the same still."""
_BARE: Final = re.compile(r"(?:W/)?[0-9]+")


def signed_in(request: Request, table: CaseTable, clients: Mapping[str, str]) -> StaffMember:
    """The staff member behind a request the gateway has authenticated.

    `clients` are the app clients whose tokens are taken, each with the scope such a token must
    have. The gateway takes ID tokens too, any of its scopes with any client, and checks no client
    where the token names none: all that is checked here. The staff item is read each time,
    strongly, so that a change holds at once.
    """
    claims = request.claims
    subject, client = claims.get("sub", ""), claims.get("client_id", "")
    ours = client in clients and clients[client] in claims.get("scope", "").split()
    if claims.get("token_use") != "access" or not ours or not subject:
        raise NotSignedIn("Send an access token of this application.")
    stored = table.staff(subject)
    if stored is None:
        raise NotSignedIn("There is no staff account for this token.")
    return StaffMember.of(subject, stored)


def case_id_of(request: Request) -> str:
    """The case in the address; what cannot be a case is not found."""
    try:
        return reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        raise CaseNotFound("There is no such case.") from None


def keep_refusal(table: str, at: datetime, call: str, request: Request, refusal: Refusal) -> None:
    """Keep in the log of the case in the address that somebody was refused access to it.

    The same is done for another unit's case and for one that does not exist: no time and no call
    tells one from the other.
    """
    if not isinstance(refusal, REFUSED_ACCESS) or "id" not in request.path_params:
        return
    try:
        case_id = reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        return  # nobody's case
    log.mark_person(table, case_id, at, "refused", request.claims["sub"], call)


def number_of(request: Request) -> int:
    """The number of the identity request in the address."""
    text = request.path_params["number"]
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise RequestNotFound("The case has no such identity request.")
    return int(text)


def tag_of(request: Request) -> str:
    """The one ETag in If-Match, strong.

    Raises PreconditionMissing, or IfMatchUnreadable saying what stands there instead of one.
    """
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise PreconditionMissing("A decision is taken on what somebody saw: send its ETag.")
    tag = _TAG.fullmatch(given)
    if tag is None:
        raise IfMatchUnreadable(_instead_of_a_tag(given))
    return tag[1]


def _instead_of_a_tag(given: str) -> str:
    if given == "*":
        return "`*` names no version that anybody saw."
    if _BARE.fullmatch(given):
        return "The quotes are a part of the ETag, and are missing."
    if "," in given:
        return "Name the one version that you saw, not several."
    return "This is no ETag of this service."
