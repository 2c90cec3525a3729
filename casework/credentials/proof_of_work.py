"""Proof of work: a short calculation, required only when very many reports arrive at once.

The form is altcha's: find the number behind a SHA-256. The server stores nothing. A challenge is
signed together with its Idempotency-Key, so a solution serves one report; sent again, it only
repeats that report. The salt carries the end of the challenge and closes with `&`, so no digit can
move between it and the number (CVE-2025-68113).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from typing import Any, Final

CHALLENGE_TTL_SECONDS: Final = 600
MAX_PROOF_LENGTH: Final = 1_024
_SALT: Final = re.compile(r"[0-9a-f]{24}\?expires=([0-9]{1,12})&")
_MEMBERS: Final = {"algorithm", "challenge", "salt", "number", "signature"}


def build_challenge(
    secret: bytes, key: str, *, now: int, most: int, nonce: bytes
) -> dict[str, Any]:
    """The challenge for a client: at most `most` + 1 hashes. `now` in seconds of the epoch.

    `nonce` has 12 bytes and is new each time.
    """
    salt = f"{nonce.hex()}?expires={now + CHALLENGE_TTL_SECONDS}&"
    number = int.from_bytes(_mac(secret, "number", key, salt)[:8]) % (most + 1)
    challenge = hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
    return {
        "algorithm": "SHA-256",
        "challenge": challenge,
        "salt": salt,
        "maxnumber": most,
        "signature": _mac(secret, "work", key, f"{salt}|{challenge}").hex(),
    }


def is_valid_proof(secret: bytes, key: str, proof: str | None, *, now: int) -> bool:
    """Whether the proof solves a challenge of this key that has not ended."""
    read = _read(proof)
    if read is None:
        return False
    salt, challenge, number = read["salt"], read["challenge"], read["number"]
    ends = _SALT.fullmatch(salt)
    if ends is None or int(ends[1]) < now:
        return False
    signed = hmac.compare_digest(
        read["signature"].encode(), _mac(secret, "work", key, f"{salt}|{challenge}").hex().encode()
    )
    return signed and hashlib.sha256(f"{salt}{number}".encode()).hexdigest() == challenge


def _read(proof: str | None) -> dict[str, Any] | None:
    """The typed members of the proof; None when it is not a proof."""
    if not proof or len(proof) > MAX_PROOF_LENGTH:
        return None
    try:
        document = json.loads(base64.b64decode(proof, validate=True))
    except (binascii.Error, ValueError):
        return None
    if not isinstance(document, dict) or set(document) != _MEMBERS:
        return None
    number = document.pop("number")
    texts = all(isinstance(value, str) for value in document.values())
    if not texts or type(number) is not int or not 0 <= number < 2**40:
        return None
    return {**document, "number": number}


def form_ticket(secret: bytes, key: str, *, now: int) -> str:
    """Proof of the time at which a form without JavaScript was opened."""
    return f"{now}.{_mac(secret, 'ticket', key, str(now)).hex()[:32]}"


def ticket_time(secret: bytes, key: str, ticket: str) -> int | None:
    """The time at which the form of this key was opened; None for a forged ticket."""
    moment = ticket.partition(".")[0]
    if not re.fullmatch(r"[0-9]{1,12}", moment):
        return None
    right = form_ticket(secret, key, now=int(moment))
    return int(moment) if hmac.compare_digest(right.encode(), ticket.encode()) else None


def _mac(secret: bytes, use: str, key: str, text: str) -> bytes:
    # The key always has 36 characters, and no use here is one of casework.credentials.receipt's.
    return hmac.digest(secret, f"{use}|{key}|{text}".encode(), hashlib.sha256)
