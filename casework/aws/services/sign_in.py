"""Names of the browser's sign-in that the code, the templates and the edge share.

Tokens are in cookies that no script can read. The public edge turns the access token's cookie into
the header `Authorization`, so the gateway and its functions know only this header. Programs send it
themselves.
"""

from __future__ import annotations

from typing import Final, Literal

DESK_PATH: Final = "/v1/desk"
SESSION_PATH: Final = "/v1/session"
SIGN_IN_RETURN_PATH: Final = f"{SESSION_PATH}/back"
"""The return address of managed login, and the only address to which other sites may lead."""
DESK_PAGE_PATH: Final = "/desk/"
"""The page of staff."""

DeskLanguage = Literal["ar", "en", "fr"]
"""The languages of the pages of the desk: those of `web/desk/messages`."""


def desk_page_path(language: str | None = None) -> str:
    """The path of the page of staff: in a language, or in that of the browser. Managed login comes
    back to these alone, letter by letter, when somebody signed out."""
    return f"{DESK_PAGE_PATH}?lang={language}" if language else DESK_PAGE_PATH


ACCESS_COOKIE: Final = "__Secure-access"
"""Cookie with the access token, for `DESK_PATH`."""
REFRESH_COOKIE: Final = "__Secure-refresh"
"""Cookie with the refresh token and the session's times, for `SESSION_PATH`."""
SIGN_IN_COOKIE: Final = "__Secure-start"
"""Cookie of a sign-in that has begun, for `SESSION_PATH`."""
SIGN_IN_COOKIES: Final = (ACCESS_COOKIE, REFRESH_COOKIE, SIGN_IN_COOKIE)

DESK_RESOURCE_SERVER: Final = "desk"
"""Identifier of the resource server of the user pool."""
WORK_SCOPE: Final = "work"
DESK_WORK_SCOPE: Final = f"{DESK_RESOURCE_SERVER}/{WORK_SCOPE}"
"""Scope of a browser's token: for the desk, and for nothing of the user pool itself."""
PROGRAM_SCOPE: Final = "aws.cognito.signin.user.admin"
"""Scope of a program's token from the user pool's API, which gives no other. ID tokens have neither
scope, so the gateway refuses them."""

SITE_HEADER: Final = "sec-fetch-site"
OWN_SITE: Final = ("same-origin", "none")
"""Values of `SITE_HEADER` for a request of the desk's own page or of no page."""
