"""Who calls: the access token gives the identity, the staff item the present permissions."""

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
    FreshSignInNeeded,
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
"""Refusals that are recorded: another unit's case or none, a missing role, an unreleased
identity."""

AUTH_TIME: Final = re.compile("[0-9]{1,11}")

_TAG: Final = re.compile(r'(?:W/)?("[0-9]+")')
"""The public edge weakens the ETag of an answer that it compresses; the version is the same."""
_BARE: Final = re.compile(r"(?:W/)?[0-9]+")


def signed_in(request: Request, table: CaseTable, clients: Mapping[str, str]) -> StaffMember:
    """The staff member of a request that the gateway has authenticated.

    `clients` are the app clients whose tokens are accepted, each with the required scope. The
    gateway also accepts ID tokens and any scope with any client, and checks no client where the
    token names none, so all of that is checked here. The staff item is read strongly each time, so
    a change takes effect at once.
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


def signed_in_lately(request: Request, at: datetime, seconds: int) -> None:
    """Let the person of the request have signed in at most so many seconds ago.

    `auth_time` of the access token is when they did, however often the token was renewed since.
    Raises FreshSignInNeeded.
    """
    told = request.claims.get("auth_time", "")
    since = at.timestamp() - int(told) if AUTH_TIME.fullmatch(told) else None
    if since is None or since > seconds:
        raise FreshSignInNeeded("This needs a sign-in of a few minutes ago.", seconds=seconds)


def case_id_of(request: Request) -> str:
    """The case in the address; an impossible id is not found."""
    try:
        return reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        raise CaseNotFound("There is no such case.") from None


def keep_refusal(table: str, at: datetime, call: str, request: Request, refusal: Refusal) -> None:
    """Record in the log of the case in the address that a caller was refused.

    The same happens for another unit's case and for one that does not exist, so neither time nor
    calls tell them apart.
    """
    if not isinstance(refusal, REFUSED_ACCESS) or "id" not in request.path_params:
        return
    try:
        case_id = reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        return  # not the id of any case
    log.mark_person(table, case_id, at, "refused", request.claims["sub"], call)


def number_of(request: Request) -> int:
    """The number of the identity request in the address."""
    text = request.path_params["number"]
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise RequestNotFound("The case has no such identity request.")
    return int(text)


def tag_of(request: Request) -> str:
    """The one ETag in If-Match, strong.

    Raises PreconditionMissing, or IfMatchUnreadable with a description of the value.
    """
    given = request.headers.get("if-match", "").strip()
    if not given:
        raise PreconditionMissing("Send the ETag of what you saw and decide on.")
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
