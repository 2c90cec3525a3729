"""The keys of the deployment, from Secrets Manager, read once per cold start.

Pepper and origin secret change in operation: an unknown value is looked up once more.

    address   {"key": …}                        permanent: references are made from it
    pepper    {"current": "2", "1": …, "2": …}  old versions stay: receipts were made from them
    selector  {"key": …}                        digests and marks of identifiers
    own       {"key": …}                        marks the reporter's own telephone and e-mail
    trial     {"key": …}                        the deployer marks trials with it
    origin    64 characters, not JSON           what the public edge adds to each request

No secret is ever logged, and no error carries a value.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.errors import NotThroughTheEdge

EDGE_PROOF_HEADER = "x-origin-secret"
"""The header the public edge adds."""

SECRET_CACHE_SECONDS = 60.0
"""Pause between look-ups of the origin secret, so that a stranger's guesses cause few calls."""
CURRENT, PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"

MIN_KEY_LENGTH = 32
"""The fewest characters of a key; a shorter one means that the deployment was never set up."""


class UnusableSecret(Exception):
    """A secret lacks an entry or holds too short a key; names the entry, not the value."""

    error_code = "UnusableSecret"


def read_key(arn: str) -> bytes:
    """The key in a secret of one key."""
    return _entry(_read(arn), "key")


def read_current_pepper(arn: str) -> tuple[str, bytes]:
    """The version and value of the pepper for new receipts."""
    secret = _read(arn)
    version = secret.get("current", "")
    return version, _entry(secret, version)


def read_pepper(arn: str, version: str) -> bytes:
    """The pepper of a version.

    An unknown version was made after this process started: the secret is read once more.
    """
    if version not in _read(arn):
        _text.cache_clear()
    return _entry(_read(arn), version)


def require_edge_header(arn: str, header: str | None) -> None:
    """Raise NotThroughTheEdge unless the request carries the edge's secret.

    During a replacement some places of the edge send the old value, so both are accepted. `arn` is
    empty where there is no edge.
    """
    if not arn:
        return
    given = (header or "").encode()
    if not (_is_one_of(given, [_text(arn)]) or _is_one_of(given, _looked_up_again(arn))):
        raise NotThroughTheEdge


def _is_one_of(given: bytes, values: Iterable[str]) -> bool:
    known = [_entry({"origin": value}, "origin") for value in values]
    return any(hmac.compare_digest(given, value) for value in known)


_LOOKED: dict[str, tuple[float, tuple[str, ...]]] = {}


def _looked_up_again(arn: str) -> tuple[str, ...]:
    """The accepted values of the secret, not older than `SECRET_CACHE_SECONDS`."""
    now = time.monotonic()
    at, values = _LOOKED.get(arn, (-SECRET_CACHE_SECONDS, ()))
    if now - at >= SECRET_CACHE_SECONDS:
        values = tuple(_versions(arn))
        _LOOKED[arn] = (now, values)
    return values


def _versions(arn: str) -> Iterator[str]:
    yield _stored(arn, CURRENT)
    try:
        yield _stored(arn, PREVIOUS)
    except Exception as error:
        if code_of(error) != "ResourceNotFoundException":
            raise  # a secret that was never replaced has no previous value


@cache
def _text(arn: str) -> str:
    return _stored(arn, CURRENT)


def _stored(arn: str, stage: str) -> str:
    found = aws_client("secretsmanager").get_secret_value(SecretId=arn, VersionStage=stage)
    return str(found["SecretString"])


def _read(arn: str) -> Mapping[str, str]:
    return _entries(_text(arn))


@lru_cache(maxsize=16)
def _entries(text: str) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in json.loads(text).items()}


def _entry(secret: Mapping[str, str], name: str) -> bytes:
    value = secret.get(name, "")
    if len(value) < MIN_KEY_LENGTH:
        raise UnusableSecret(f"the entry {name!r} is missing or too short")
    return value.encode()
