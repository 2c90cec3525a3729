"""The target of a call: the case and the number in its address, and the version in If-Match."""

from __future__ import annotations

import re
from typing import Final

from casework.aws.http.api import Request
from casework.errors import CaseNotFound, IfMatchUnreadable, PreconditionMissing, RequestNotFound
from casework.text import reference

_TAG: Final = re.compile(r'(?:W/)?("[0-9]+")')
"""The public edge weakens the ETag of an answer that it compresses; the version is the same."""
_BARE: Final = re.compile(r"(?:W/)?[0-9]+")


def case_id_from_path(request: Request) -> str:
    """The case in the address; an impossible id is not found."""
    try:
        return reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        raise CaseNotFound("There is no such case.") from None


def identity_request_number_from_path(request: Request) -> int:
    """The number of the identity request in the address."""
    text = request.path_params["number"]
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise RequestNotFound("The case has no such identity request.")
    return int(text)


def read_if_match(request: Request) -> str:
    """The one ETag in If-Match, strong.

    Raises PreconditionMissing, or IfMatchUnreadable with a description of the value.
    """
    etag = request.headers.get("if-match", "").strip()
    if not etag:
        raise PreconditionMissing("Send the ETag of what you saw and decide on.")
    tag = _TAG.fullmatch(etag)
    if tag is None:
        raise IfMatchUnreadable(_instead_of_a_tag(etag))
    return tag[1]


def _instead_of_a_tag(header_value: str) -> str:
    if header_value == "*":
        return "`*` names no version that anybody saw."
    if _BARE.fullmatch(header_value):
        return "The quotes are a part of the ETag, and are missing."
    if "," in header_value:
        return "Name the one version that you saw, not several."
    return "This is no ETag of this service."
