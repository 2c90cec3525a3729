"""How staff sign in by a browser: the names that the code, the templates and the edge agree on.

Tokens are in cookies that no script reads. The public edge turns the access token's cookie into the
header `Authorization`, so that the gateway and the functions behind it know one way only; programs
send that header themselves.
"""

from __future__ import annotations

from typing import Final

DESK_PATH: Final = "/v1/desk"
SESSION_PATH: Final = "/v1/session"
BACK: Final = f"{SESSION_PATH}/back"
"""Where managed login sends a browser back to: the one address that other sites lead to."""
PAGE: Final = "/desk/"
"""The page of staff."""

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
"""Of a token that a browser got: good for the desk, and for nothing of the user pool itself."""
OF_PROGRAMS: Final = "aws.cognito.signin.user.admin"
"""Of a token that a program got by the user pool's API, which gives no other. ID tokens have
neither, so the gateway refuses them."""

SITE_HEADER: Final = "sec-fetch-site"
OWN_SITE: Final = ("same-origin", "none")
"""What `SITE_HEADER` says of a request that the desk's own page or nobody's page made."""
