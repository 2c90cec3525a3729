"""The keys of the deployment, from Secrets Manager, read once per cold start.

    address   {"key": …}                        permanent: references are made from it
    pepper    {"current": "2", "1": …, "2": …}  old versions stay: receipts were made from them
    selector  {"key": …}                        marks the reporter's own telephone and e-mail
    origin    64 characters, not JSON           what the public edge adds to each request

Nothing here is ever logged, and no error carries a value.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from functools import cache

from casework.aws.clients import client
from casework.errors import NotThroughTheEdge

ORIGIN_HEADER = "x-origin-secret"
"""The header the public edge adds."""

SHORTEST = 32
"""Characters a key must have; a shorter one is a deployment that was never set up."""


class UnusableSecret(Exception):
    """A secret lacks an entry or holds a key that is too short; names the entry, not the value."""


def key(arn: str) -> bytes:
    """The key in a secret of one key."""
    return _entry(_read(arn), "key")


def current_pepper(arn: str) -> tuple[str, bytes]:
    """The version and value of the pepper new receipts are made from."""
    secret = _read(arn)
    version = secret.get("current", "")
    return version, _entry(secret, version)


def pepper(arn: str, version: str) -> bytes:
    """The pepper of a version.

    A version this process has not seen was made after it started: the secret is read once more.
    """
    if version not in _read(arn):
        _text.cache_clear()
    return _entry(_read(arn), version)


def refuse_past_the_edge(arn: str, header: str | None) -> None:
    """Raise NotThroughTheEdge unless the request carries the edge's secret.

    `arn` is empty where there is no edge.
    """
    if not arn:
        return
    expected = _entry({"origin": _text(arn)}, "origin")
    if not hmac.compare_digest((header or "").encode(), expected):
        raise NotThroughTheEdge


@cache
def _text(arn: str) -> str:
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


def _read(arn: str) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in json.loads(_text(arn)).items()}


def _entry(secret: Mapping[str, str], name: str) -> bytes:
    value = secret.get(name, "")
    if len(value) < SHORTEST:
        raise UnusableSecret(f"the entry {name!r} is missing or too short")
    return value.encode()
