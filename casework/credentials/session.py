"""A person's session in a browser: what its cookies hold, and how long it lasts.

A session ends `IDLE_SECONDS` after its last access token, and `LONGEST_SECONDS` after the sign-in,
whatever a browser or the user pool would still allow: the times stand in the cookie itself, signed,
so that neither a cookie that was copied nor a clock of the browser prolongs it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Final

STARTED_SECONDS: Final = 5 * 60
"""From leaving for the sign-in page to coming back from it."""
IDLE_SECONDS: Final = 30 * 60
LONGEST_SECONDS: Final = 10 * 60 * 60
"""One shift."""


class NotOurs(Exception):
    """A cookie that this service did not write, or wrote for something else."""


@dataclass(frozen=True)
class Started:
    """A sign-in that has begun."""

    at: int
    """Seconds since 1970, as every time here."""
    state: str
    """Random; managed login gives it back."""
    verifier: str
    """Random; the user pool knows its digest, and gives tokens to whoever knows it (RFC 7636)."""

    @property
    def challenge(self) -> str:
        """What the user pool is told of the verifier: S256 of RFC 7636."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())

    def answers(self, state: str, now: int) -> bool:
        """Whether who comes back with `state` began here, and not too long ago."""
        same = hmac.compare_digest(_bytes(self.state), _bytes(state))
        return same and 0 <= now - self.at <= STARTED_SECONDS

    def written(self, key: bytes) -> str:
        """As a cookie."""
        return _signed(key, "started", f"{self.at}.{self.state}.{self.verifier}")

    @classmethod
    def read(cls, key: bytes, cookie: str) -> Started:
        """Raises NotOurs."""
        at, state, verifier = _opened(key, "started", cookie)
        return cls(int(at), state, verifier)


@dataclass(frozen=True)
class Session:
    """A session that goes on."""

    since: int
    """When the person signed in."""
    last: int
    """When the last access token was given."""
    token: str
    """The refresh token."""

    def seconds_left(self, now: int) -> int:
        """For how long an access token can still be had; 0 once it is over."""
        left = min(IDLE_SECONDS - (now - self.last), LONGEST_SECONDS - (now - self.since))
        return max(left, 0) if now >= self.last else 0

    def renewed(self, now: int, token: str) -> Session:
        """After another access token was given; `token` is the refresh token from now on."""
        return replace(self, last=now, token=token)

    def written(self, key: bytes) -> str:
        """As a cookie."""
        return _signed(key, "session", f"{self.since}.{self.last}.{self.token}")

    @classmethod
    def read(cls, key: bytes, cookie: str) -> Session:
        """Raises NotOurs."""
        since, last, token = _opened(key, "session", cookie)
        return cls(int(since), int(last), token)


def _signed(key: bytes, purpose: str, content: str) -> str:
    return f"{content}.{_mark(key, purpose, content)}"


def _opened(key: bytes, purpose: str, cookie: str) -> list[str]:
    """The three parts of what was signed; the last one may hold dots, as tokens do."""
    content, _, mark = cookie.rpartition(".")
    if not hmac.compare_digest(_bytes(mark), _bytes(_mark(key, purpose, content))):
        raise NotOurs
    return content.split(".", 2)


def _mark(key: bytes, purpose: str, content: str) -> str:
    return _text(hmac.digest(key, _bytes(f"{purpose}\0{content}"), "sha256"))


def _bytes(text: str) -> bytes:
    """Of anything a browser can send, halves of characters too."""
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
