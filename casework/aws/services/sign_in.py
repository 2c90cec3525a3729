"""Names of the browser's sign-in that the code, the templates and the edge share.

Tokens are in cookies that no script can read. The public edge turns the access token's cookie into
the header `Authorization`, so the gateway and its functions know only this header. Programs send it
themselves.
"""

from __future__ import annotations

from typing import Final, Literal

DESK_PATH: Final = "/v1/desk"
SESSION_PATH: Final = "/v1/session"
BACK: Final = f"{SESSION_PATH}/back"
"""The return address of managed login, and the only address to which other sites may lead."""
PAGE: Final = "/desk/"
"""The page of staff."""

Language = Literal["ar", "en", "fr"]
"""The languages of the pages of the desk: those of `web/desk/messages`."""


def page_in(language: str | None = None) -> str:
    """The path of the page of staff: in a language, or in that of the browser. Managed login comes
    back to these alone, letter by letter, when somebody signed out."""
    return f"{PAGE}?lang={language}" if language else PAGE


ACCESS: Final = "__Secure-access"
"""Cookie with the access token, for `DESK_PATH`."""
REFRESH: Final = "__Secure-refresh"
"""Cookie with the refresh token and the session's times, for `SESSION_PATH`."""
STARTED: Final = "__Secure-start"
"""Cookie of a sign-in that has begun, for `SESSION_PATH`."""
COOKIES: Final = (ACCESS, REFRESH, STARTED)

RESOURCE: Final = "desk"
"""Identifier of the resource server of the user pool."""
WORK: Final = "work"
SCOPE: Final = f"{RESOURCE}/{WORK}"
"""Scope of a browser's token: for the desk, and for nothing of the user pool itself."""
OF_PROGRAMS: Final = "aws.cognito.signin.user.admin"
"""Scope of a program's token from the user pool's API, which gives no other. ID tokens have neither
scope, so the gateway refuses them."""

SITE_HEADER: Final = "sec-fetch-site"
OWN_SITE: Final = ("same-origin", "none")
"""Values of `SITE_HEADER` for a request of the desk's own page or of no page."""
