"""Values derived from an Idempotency-Key: the report's address, its receipt and their proofs.

    reference  = HMAC(address key, "reference" | key)            public, the same for ever
    receipt    = HMAC(pepper, "receipt" | key | body)            shown, never stored
    body mac   = HMAC(pepper, "body" | key | body)               stored; tells replay from conflict
    verifier   = SHA-256("verifier" | reference | receipt)       stored; proves the receipt

A thief of the table can compute none of these without the keys and the client's own
Idempotency-Key. Receipts have 128 bits, so a search for the input of a plain hash is impossible.
`body` is the canonical form of `casework.text.strict_json`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from casework.errors import KeyMissing
from casework.text import reference as references
from casework.text.realm import Realm

PROOF_BYTES: Final = 16

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOBODY: Final = bytes(PROOF_BYTES)
"""A verifier of no receipt, for the comparison where there is no report."""


def parse_idempotency_key(header: str | None) -> str:
    """The Idempotency-Key in canonical form; raises KeyMissing when it is no UUID.

    The draft standard writes the value in quotes; both forms are the same key. The nil and the max
    UUID are refused: a known key would open its owner's receipt to everybody.
    """
    text = (header or "").strip().lower()
    if len(text) == 38 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not _UUID.fullmatch(text) or not set(text) - {"0", "-"} or not set(text) - {"f", "-"}:
        raise KeyMissing
    return text


def reference_from_key(address_key: bytes, key: str, realm: Realm = Realm.REAL) -> str:
    """The public reference of the report sent under this Idempotency-Key, in a realm."""
    digest = _mac(address_key, "reference", key)
    return references.encode_reference(digest[: references.REFERENCE_BYTES], realm)


def addition_id_from_key(address_key: bytes, key: str) -> str:
    """The id of the addition sent under this Idempotency-Key."""
    return references.encode_reference(
        _mac(address_key, "addition", key)[: references.REFERENCE_BYTES]
    )


def slot_id_from_key(address_key: bytes, key: str) -> str:
    """The id of the upload slot given under this Idempotency-Key: 128 bits in hex."""
    return _mac(address_key, "slot", key)[:PROOF_BYTES].hex()


def receipt_from_key(pepper: bytes, key: str, body: bytes) -> str:
    """The secret that opens the report, in the form for people."""
    return references.write_receipt(_mac(pepper, "receipt", key, body)[: references.RECEIPT_BYTES])


def body_mac(pepper: bytes, key: str, body: bytes) -> bytes:
    """Proof that a repeated request has the same body."""
    return _mac(pepper, "body", key, body)[:PROOF_BYTES]


def make_verifier(reference: str, receipt: str) -> bytes:
    """Proof that a receipt opens a report. `receipt` is in canonical form, or empty."""
    return hashlib.sha256(f"verifier|{reference}|{receipt}".encode()).digest()[:PROOF_BYTES]


def matches_verifier(stored: bytes | None, reference: str, receipt: str) -> bool:
    """Whether the receipt opens the report with this stored verifier (None: there is no report).

    Every case does the same work, and the comparison takes the same time.
    """
    right = hmac.compare_digest(stored or _NOBODY, make_verifier(reference, receipt))
    return right and stored is not None


def constant_time_equal(one: bytes, other: bytes) -> bool:
    """Whether two proofs are equal, in constant time."""
    return hmac.compare_digest(one, other)


def _mac(secret: bytes, use: str, key: str, body: bytes = b"") -> bytes:
    # The key always has 36 characters, so the boundary to the body is unambiguous.
    return hmac.digest(secret, f"{use}|{key}|".encode() + body, hashlib.sha256)
