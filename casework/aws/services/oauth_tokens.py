"""Tokens of the user pool, for the browser's client: had by a code, had anew, taken back.

Beside `custom_resource` the one place of the service that opens a connection by itself: no SDK
knows the token endpoint of managed login. Its address is told by the deployment, never by a
request.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.errors import Busy

TOKEN_CALL_TIMEOUT_SECONDS: Final = 5
MAX_TOKEN_RESPONSE_BYTES: Final = 64 * 1024
"""Bytes of an answer that are read; one of three tokens has some 5,000."""
HTTP_BAD_REQUEST: Final = 400
HTTP_SERVER_ERROR: Final = 500
HTTP_TOO_MANY_REQUESTS: Final = 429

REFUSED_GRANT_CODES: Final = frozenset(
    {"NotAuthorizedException", "RefreshTokenReuseException", "UserNotFoundException"}
)
"""Codes of a refresh token that is good for nothing any more, or of a person who is gone."""


class GrantRejected(Exception):
    """The user pool gives no tokens for this: it was used, revoked or never good."""

    error_code = "NotGranted"


@dataclass(frozen=True)
class OAuthTokens:
    """What the user pool gave."""

    access: str
    refresh: str
    seconds: int
    """How long the access token is good."""


def exchange_code(sign_in: str, form: Mapping[str, str]) -> OAuthTokens:
    """The tokens for an authorisation code; raises GrantRejected, or Busy.

    `sign_in` is the address of managed login; empty on a laptop, where the emulator has it.
    """
    status, document = _posted(
        sign_in or os.environ["AWS_ENDPOINT_URL"],
        "/oauth2/token",
        {"grant_type": "authorization_code", **form},
    )
    if status == HTTP_BAD_REQUEST:
        raise GrantRejected(str(document.get("error", "")))
    return OAuthTokens(
        str(document["access_token"]), str(document["refresh_token"]), int(document["expires_in"])
    )


def refresh_access_token(client_id: str, refresh: str) -> OAuthTokens:
    """Another access token for a refresh token; raises GrantRejected.

    Where refresh tokens rotate, the answer brings the next one; elsewhere it stays.
    """
    try:
        answer = aws_client("cognito-idp").get_tokens_from_refresh_token(
            ClientId=client_id, RefreshToken=refresh
        )
    except Exception as error:
        if code_of(error) in REFUSED_GRANT_CODES:
            raise GrantRejected(str(code_of(error))) from None
        raise
    found = answer["AuthenticationResult"]
    return OAuthTokens(
        found["AccessToken"], found.get("RefreshToken") or refresh, int(found["ExpiresIn"])
    )


def revoke_token(client_id: str, refresh: str) -> None:
    """Make a refresh token worthless, and every token that came of it to the user pool itself."""
    aws_client("cognito-idp").revoke_token(ClientId=client_id, Token=refresh)


def _posted(origin: str, path: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and document of a form's answer. Redirects are not followed."""
    place = urlsplit(origin)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=TOKEN_CALL_TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST",
            path,
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        answer = connection.getresponse()
        status, content = answer.status, answer.read(MAX_TOKEN_RESPONSE_BYTES)
    except (OSError, HTTPException) as error:
        raise Busy("The sign-in service is out of reach.") from error
    finally:
        connection.close()
    if status >= HTTP_SERVER_ERROR or status == HTTP_TOO_MANY_REQUESTS:
        raise Busy("The sign-in service is busy.")
    document = json.loads(content)
    if not isinstance(document, dict):
        raise TypeError("the token endpoint answered no object")
    return status, document
