"""Sealed boxes for contact, identity and number to call: their writers cannot open them.

A box is sealed with a fresh AES-256-GCM key, which is wrapped to the public half of a KMS key. The
deployment gives the public half (`casework.aws.services.public_keys`), so sealing needs no call,
and a function that can seal can open nothing. Only KMS unwraps, for two roles.

    box = 1 | n | key id (n bytes) | m (2 bytes) | wrapped key (m bytes) | nonce (12) | sealed

The key id is the last part of the key's ARN; a usual id, a UUID, takes 16 bytes.

The reference and the field's name are bound to the box: a box moved into another report, or a
contact in the place of an identity, does not open. The content is padded to a multiple of 64 bytes,
so that its length reveals nothing.
"""

from __future__ import annotations

import os
import struct
import uuid
from dataclasses import dataclass
from typing import Any, Final, Literal

from casework.aws.services import observe
from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.wrapping import fresh_key
from casework.errors import Busy

Field = Literal["contact", "identity", "call_now"]

FORMAT: Final = 1
WRAPPING: Final = "RSAES_OAEP_SHA_256"
PADDED_TO: Final = 64
_NEVER_WRAPPED: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
"""What KMS says to a key that was never wrapped to the key asked."""
_NONCE: Final = 12


class BrokenBox(Exception):
    """The bytes are no box of this format, or not the box of this report and field."""

    error_code = "BrokenBox"


def is_exchanged(error: Exception) -> bool:
    """Whether what was to be opened is not what was sealed; else the service only failed."""
    return isinstance(error, BrokenBox) or code_of(error) in _NEVER_WRAPPED


@dataclass(frozen=True)
class Box:
    """The parts of a box. None of them is secret."""

    key_id: str
    wrapped: bytes
    nonce: bytes
    sealed: bytes

    def __bytes__(self) -> bytes:
        key_id = _short(self.key_id)
        head = struct.pack(f">BB{len(key_id)}sH", FORMAT, len(key_id), key_id, len(self.wrapped))
        return head + self.wrapped + self.nonce + self.sealed

    @classmethod
    def read(cls, stored: bytes) -> Box:
        """The box in stored bytes; raises BrokenBox."""
        try:
            version, length = struct.unpack_from(">BB", stored)
            key_id, size = struct.unpack_from(f">{length}sH", stored, 2)
            if version != FORMAT:
                raise BrokenBox("the format is not known")
            start = 4 + length
            end = start + size
            return cls(
                key_id=str(uuid.UUID(bytes=key_id)) if length == 16 else key_id.decode(),
                wrapped=stored[start:end],
                nonce=stored[end : end + _NONCE],
                sealed=stored[end + _NONCE :],
            )
        except (struct.error, UnicodeDecodeError) as error:
            raise BrokenBox("the box is cut short") from error


def seal(content: bytes, *, key: PublicKey, reference: str, field: Field) -> bytes:
    """The stored bytes of a new box; raises Busy when it cannot be sealed.

    Contact and identity are stored in no other way: a report whose box cannot be sealed is not
    accepted.
    """
    try:
        return seal_with(key, content, reference=reference, field=field)
    except (ImportError, TypeError, ValueError) as error:
        observe.failure("sealing failed", error)
        raise Busy("Contact and identity cannot be protected now.", retry_after=30) from None


def seal_with(public: PublicKey, content: bytes, *, reference: str, field: Field) -> bytes:
    """The stored bytes of a new box to a given public key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    fresh = fresh_key(public)
    nonce = os.urandom(_NONCE)
    padded = content + b" " * (-len(content) % PADDED_TO)
    box = Box(
        key_id=public.key_id,
        wrapped=fresh.wrapped,
        nonce=nonce,
        sealed=AESGCM(fresh.key).encrypt(nonce, padded, _bound_to(reference, field)),
    )
    return bytes(box)


def unseal(stored: bytes, *, reference: str, field: Field) -> bytes:
    """The sealed content; raises BrokenBox when the box is not of this report and field.

    It calls KMS, and so works only for a role with `kms:Decrypt` on the box's key.
    """
    box = Box.read(stored)
    kms: Any = client("kms")
    answer = kms.decrypt(KeyId=box.key_id, CiphertextBlob=box.wrapped, EncryptionAlgorithm=WRAPPING)
    return open_with(answer["Plaintext"], box, reference=reference, field=field)


def open_with(key: bytes, box: Box, *, reference: str, field: Field) -> bytes:
    """The sealed content, by its unwrapped key; raises BrokenBox."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        padded = AESGCM(key).decrypt(box.nonce, box.sealed, _bound_to(reference, field))
    except (InvalidTag, ValueError) as error:
        raise BrokenBox("the box is not of this report and field") from error
    return padded.rstrip(b" ")


def _short(key_id: str) -> bytes:
    try:
        number = uuid.UUID(key_id)
    except ValueError:  # a multi-region key: mrk-…
        return key_id.encode()
    return number.bytes if str(number) == key_id else key_id.encode()


def _bound_to(reference: str, field: Field) -> bytes:
    return f"casework-box|{FORMAT}|{field}|{reference}".encode()
