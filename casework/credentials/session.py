"""A person's session in a browser: the content of its cookies, and its lifetime.

A session ends `IDLE_SECONDS` after its last access token, and `MAX_SESSION_SECONDS` after the
sign-in, even if the browser or the user pool would allow more. The signed cookie itself holds the
times, so neither a copied cookie nor the browser's clock prolongs it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Final

STARTED_SECONDS: Final = 5 * 60
"""From leaving for the sign-in page to the return."""
IDLE_SECONDS: Final = 30 * 60
MAX_SESSION_SECONDS: Final = 10 * 60 * 60
"""One shift."""


class InvalidCookie(Exception):
    """This service did not write the cookie, or wrote it for another purpose."""

    error_code = "NotOurs"


@dataclass(frozen=True)
class PendingSignIn:
    """A sign-in that has begun."""

    at: int
    """Seconds since 1970, like every time here."""
    state: str
    """Random; managed login returns it."""
    verifier: str
    """Random; the user pool knows its digest, and gives tokens to the holder of the value (RFC
    7636)."""
    page: str = ""
    """The language of the page that the person left, and comes back to; empty where none was
    told."""

    @property
    def challenge(self) -> str:
        """The digest of the verifier for the user pool: S256 of RFC 7636."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())

    def matches_return(self, state: str, now: int) -> bool:
        """Whether the return with `state` belongs to this sign-in, and is not too late."""
        same = hmac.compare_digest(_bytes(self.state), _bytes(state))
        return same and 0 <= now - self.at <= STARTED_SECONDS

    def to_cookie(self, key: bytes) -> str:
        """In cookie form."""
        told = f"{self.at}.{self.state}.{self.verifier}.{self.page}"
        return _signed(key, "started", told)

    @classmethod
    def read(cls, key: bytes, cookie: str) -> PendingSignIn:
        """Raises InvalidCookie."""
        at, state, rest = _opened(key, "started", cookie)
        verifier, _, page = rest.partition(".")
        return cls(int(at), state, verifier, page)


@dataclass(frozen=True)
class StaffSession:
    """A running session."""

    since: int
    """When the person signed in."""
    last: int
    """The time of the last access token."""
    token: str
    """The refresh token."""

    def remaining_seconds(self, now: int) -> int:
        """How long an access token is still available; 0 after the end."""
        left = min(IDLE_SECONDS - (now - self.last), MAX_SESSION_SECONDS - (now - self.since))
        return max(left, 0) if now >= self.last else 0

    def renew(self, now: int, token: str) -> StaffSession:
        """The session after another access token; `token` is the new refresh token."""
        return replace(self, last=now, token=token)

    def to_cookie(self, key: bytes) -> str:
        """In cookie form."""
        return _signed(key, "session", f"{self.since}.{self.last}.{self.token}")

    @classmethod
    def read(cls, key: bytes, cookie: str) -> StaffSession:
        """Raises InvalidCookie."""
        since, last, token = _opened(key, "session", cookie)
        return cls(int(since), int(last), token)


def _signed(key: bytes, purpose: str, content: str) -> str:
    return f"{content}.{_mark(key, purpose, content)}"


def _opened(key: bytes, purpose: str, cookie: str) -> list[str]:
    """The three parts of the signed content; the last one may hold dots, as tokens do."""
    content, _, mark = cookie.rpartition(".")
    if not hmac.compare_digest(_bytes(mark), _bytes(_mark(key, purpose, content))):
        raise InvalidCookie
    return content.split(".", 2)


def _mark(key: bytes, purpose: str, content: str) -> str:
    return _text(hmac.digest(key, _bytes(f"{purpose}\0{content}"), "sha256"))


def _bytes(text: str) -> bytes:
    """The bytes of anything that a browser can send, including halves of characters."""
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
