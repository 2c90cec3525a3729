"""Salted commitments: a history binds the words of people without holding them.

    commitment   SHA-256(salt | SHA-256(part))
    of parts     SHA-256 over the lines "name commitment", by name; each part under a salt of its
                 own, HMAC(salt, name), so that one can be shown and checked without the others

The salt stands beside its content and is erased with it. Without the salt a commitment reveals
nothing, even of short content, and the chain that holds it stays whole.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final

COMMITMENT_SALT_BYTES: Final = 32

_WRITER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def new_salt() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(COMMITMENT_SALT_BYTES)


def commit_to_part(salt: bytes, part: bytes) -> str:
    """The commitment to one part, in hex."""
    return commit_to_digest(salt, hashlib.sha256(part).digest())


def commit_to_digest(salt: bytes, digest: bytes) -> str:
    """The same, by the SHA-256 of the part."""
    return hashlib.sha256(salt + digest).hexdigest()


def derive_salt(salt: bytes, name: str) -> bytes:
    """The salt of one part: showing it does not let a reader guess another part."""
    return hmac.digest(salt, name.encode(), hashlib.sha256)


def commit_to_parts(salt: bytes, parts: Mapping[str, Any]) -> str:
    """One digest, in hex, over the commitments to all parts; None and empty values are no part.

    A part is bytes or a JSON value. A missing part and a present one give different digests.
    """
    lines = (
        f"{name} {commit_to_part(derive_salt(salt, name), _written(part))}\n"
        for name, part in sorted(parts.items())
        if part is not None and part not in (b"", "", (), [], {})
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def open_commitment(
    salt: bytes, parts: Mapping[str, Any], shown: Collection[str]
) -> dict[str, Any]:
    """What `commit_to_parts` binds, for a reader who may see the parts of these names: their
    content with the salt of each, in base64 and hex, and of every other part its commitment
    alone."""
    opened: dict[str, Any] = {}
    for name, part in sorted(parts.items()):
        if part is None or part in (b"", "", (), [], {}):
            continue
        of_part, written = derive_salt(salt, name), _written(part)
        opened[name] = (
            {"salt": of_part.hex(), "content": base64.b64encode(written).decode()}
            if name in shown
            else {"commitment": commit_to_part(of_part, written)}
        )
    return opened


def _written(part: Any) -> bytes:
    """A part in its one writing; bytes are no text that looks like them."""
    if isinstance(part, bytes):
        return b"B" + part
    return b"J" + _WRITER.encode(part).encode()
