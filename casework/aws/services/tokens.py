"""Tokens of the user pool, for the browser's client: had by a code, had anew, taken back.

Beside `stack_answers` the one place of the service that opens a connection by itself: no SDK knows
the token endpoint of managed login. Its address is told by the deployment, never by a request.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.errors import Busy

SECONDS: Final = 5
LARGEST: Final = 64 * 1024
"""Bytes of an answer that are read; one of three tokens has some 5,000."""
BAD_REQUEST: Final = 400
SERVER_ERROR: Final = 500
TOO_MANY: Final = 429

REFUSED: Final = frozenset(
    {"NotAuthorizedException", "RefreshTokenReuseException", "UserNotFoundException"}
)
"""Codes of a refresh token that is good for nothing any more, or of a person who is gone."""


class NotGranted(Exception):
    """The user pool gives no tokens for this: it was used, revoked or never good."""

    error_code = "NotGranted"


@dataclass(frozen=True)
class Tokens:
    """What the user pool gave."""

    access: str
    refresh: str
    seconds: int
    """How long the access token is good."""


def by_code(sign_in: str, form: Mapping[str, str]) -> Tokens:
    """The tokens for an authorisation code; raises NotGranted, or Busy.

    `sign_in` is the address of managed login; empty on a laptop, where the emulator has it.
    """
    status, document = _posted(
        sign_in or os.environ["AWS_ENDPOINT_URL"],
        "/oauth2/token",
        {"grant_type": "authorization_code", **form},
    )
    if status == BAD_REQUEST:
        raise NotGranted(str(document.get("error", "")))
    return Tokens(
        str(document["access_token"]), str(document["refresh_token"]), int(document["expires_in"])
    )


def anew(client_id: str, refresh: str) -> Tokens:
    """Another access token for a refresh token; raises NotGranted.

    Where refresh tokens rotate, the answer brings the next one; elsewhere it stays.
    """
    try:
        answer = client("cognito-idp").get_tokens_from_refresh_token(
            ClientId=client_id, RefreshToken=refresh
        )
    except Exception as error:
        if code_of(error) in REFUSED:
            raise NotGranted(str(code_of(error))) from None
        raise
    found = answer["AuthenticationResult"]
    return Tokens(
        found["AccessToken"], found.get("RefreshToken") or refresh, int(found["ExpiresIn"])
    )


def take_back(client_id: str, refresh: str) -> None:
    """Make a refresh token worthless, and every token that came of it to the user pool itself."""
    client("cognito-idp").revoke_token(ClientId=client_id, Token=refresh)


def _posted(origin: str, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and document of a form's answer. Redirects are not followed."""
    place = urlsplit(origin)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=SECONDS)
    try:
        connection.request(
            "POST",
            path,
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        answer = connection.getresponse()
        status, content = answer.status, answer.read(LARGEST)
    except (OSError, HTTPException) as error:
        raise Busy("The sign-in service is out of reach.") from error
    finally:
        connection.close()
    if status >= SERVER_ERROR or status == TOO_MANY:
        raise Busy("The sign-in service is busy.")
    document = json.loads(content)
    if not isinstance(document, dict):
        raise TypeError("the token endpoint answered no object")
    return status, document
