"""The cookies of a session, each where it is needed and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.aws.services.sign_in import (
    ACCESS_COOKIE,
    DESK_PATH,
    REFRESH_COOKIE,
    SESSION_PATH,
    SIGN_IN_COOKIE,
)

MAX_COOKIE_BYTES: Final = 4096
"""Bytes of name and value together; browsers drop a larger cookie without a word."""

MANAGED_LOGIN_LANGUAGES: Final = (
    "de",
    "en",
    "es",
    "fr",
    "id",
    "it",
    "ja",
    "ko",
    "pt-BR",
    "zh-CN",
    "zh-TW",
)
"""Those that managed login speaks. Arabic is not among them."""


def access_cookie(token: str, seconds: int) -> str:
    """The access token: sent with calls of the desk, from the desk's own pages only."""
    return _cookie(ACCESS_COOKIE, token, DESK_PATH, seconds, "Strict")


def session_cookie(session: str, seconds: int) -> str:
    """The session: sent with the calls that renew and end it."""
    return _cookie(REFRESH_COOKIE, session, SESSION_PATH, seconds, "Strict")


def sign_in_cookie(started: str, seconds: int) -> str:
    """A sign-in that began. Lax: it must come along when another site leads back here."""
    return _cookie(SIGN_IN_COOKIE, started, SESSION_PATH, seconds, "Lax")


def _cookie(name: str, value: str, path: str, seconds: int, site: str) -> str:
    if len(name) + len(value) > MAX_COOKIE_BYTES:
        raise ValueError(f"{name} is too large for a cookie")
    return f"{name}={value}; Path={path}; Max-Age={seconds}; Secure; HttpOnly; SameSite={site}"


EXPIRED_COOKIES: Final[Mapping[str, str]] = {
    ACCESS_COOKIE: access_cookie("", 0),
    REFRESH_COOKIE: session_cookie("", 0),
    SIGN_IN_COOKIE: sign_in_cookie("", 0),
}
"""Each cookie, taken away."""
