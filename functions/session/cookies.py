"""The cookies of a session, each where it is needed and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.aws.services.sign_in import ACCESS, DESK_PATH, REFRESH, SESSION_PATH, STARTED

LARGEST: Final = 4096
"""Bytes of name and value together; browsers drop a larger cookie without a word."""

LANGUAGES: Final = (
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


def kept(token: str, seconds: int) -> str:
    """The access token: sent with calls of the desk, from the desk's own pages only."""
    return _cookie(ACCESS, token, DESK_PATH, seconds, "Strict")


def kept_until_over(session: str, seconds: int) -> str:
    """The session: sent with the calls that renew and end it."""
    return _cookie(REFRESH, session, SESSION_PATH, seconds, "Strict")


def kept_until_back(started: str, seconds: int) -> str:
    """A sign-in that began. Lax: it must come along when another site leads back here."""
    return _cookie(STARTED, started, SESSION_PATH, seconds, "Lax")


def _cookie(name: str, value: str, path: str, seconds: int, site: str) -> str:
    if len(name) + len(value) > LARGEST:
        raise ValueError(f"{name} is too large for a cookie")
    return f"{name}={value}; Path={path}; Max-Age={seconds}; Secure; HttpOnly; SameSite={site}"


GONE: Final[Mapping[str, str]] = {
    ACCESS: kept("", 0),
    REFRESH: kept_until_over("", 0),
    STARTED: kept_until_back("", 0),
}
"""Each cookie, taken away."""
