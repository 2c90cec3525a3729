"""Sealed boxes for contact, identity and number to call: their writers cannot open them.

A box is sealed with a fresh AES-256-GCM key, which is wrapped to the public half of a KMS key. The
deployment gives the public half (`casework.aws.services.public_keys`), so sealing needs no call,
and a function that can seal can open nothing. Only KMS unwraps, for two roles: the sender of
notices (`functions/notify/reporters.py`) opens contacts, custody (`functions/custody`) the rest.

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

from casework.aws.services import telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.data_keys import generate_data_key
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.service_errors import code_of
from casework.errors import Busy

SealedField = Literal["contact", "identity", "call_now"]

BOX_FORMAT: Final = 1
KEY_WRAPPING_ALGORITHM: Final = "RSAES_OAEP_SHA_256"
BOX_PADDING_BYTES: Final = 64
_NEVER_WRAPPED: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
"""What KMS says to a key that was never wrapped to the key asked."""
_NONCE: Final = 12


class InvalidBox(Exception):
    """The bytes are no box of this format, or not the box of this report and field."""

    error_code = "BrokenBox"


def is_foreign_box(error: Exception) -> bool:
    """Whether what was to be opened is not what was sealed; else the service only failed."""
    return isinstance(error, InvalidBox) or code_of(error) in _NEVER_WRAPPED


@dataclass(frozen=True)
class SealedBox:
    """The parts of a box. None of them is secret."""

    key_id: str
    wrapped: bytes
    nonce: bytes
    sealed: bytes

    def __bytes__(self) -> bytes:
        key_id = _short(self.key_id)
        head = struct.pack(
            f">BB{len(key_id)}sH", BOX_FORMAT, len(key_id), key_id, len(self.wrapped)
        )
        return head + self.wrapped + self.nonce + self.sealed

    @classmethod
    def read(cls, stored: bytes) -> SealedBox:
        """The box in stored bytes; raises InvalidBox."""
        try:
            version, length = struct.unpack_from(">BB", stored)
            key_id, size = struct.unpack_from(f">{length}sH", stored, 2)
            if version != BOX_FORMAT:
                raise InvalidBox("the format is not known")
            start = 4 + length
            end = start + size
            return cls(
                key_id=str(uuid.UUID(bytes=key_id)) if length == 16 else key_id.decode(),
                wrapped=stored[start:end],
                nonce=stored[end : end + _NONCE],
                sealed=stored[end + _NONCE :],
            )
        except (struct.error, UnicodeDecodeError) as error:
            raise InvalidBox("the box is cut short") from error


def seal_stored_box(content: bytes, *, key: PublicKey, reference: str, field: SealedField) -> bytes:
    """The stored bytes of a new box; raises Busy when it cannot be sealed.

    Contact and identity are stored in no other way: a report whose box cannot be sealed is not
    accepted.
    """
    try:
        return seal_box(key, content, reference=reference, field=field)
    except (ImportError, TypeError, ValueError) as error:
        telemetry.log_failure("sealing failed", error)
        raise Busy("Contact and identity cannot be protected now.", retry_after=30) from None


def seal_box(public: PublicKey, content: bytes, *, reference: str, field: SealedField) -> bytes:
    """The stored bytes of a new box to a given public key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    fresh = generate_data_key(public)
    nonce = os.urandom(_NONCE)
    padded = content + b" " * (-len(content) % BOX_PADDING_BYTES)
    box = SealedBox(
        key_id=public.key_id,
        wrapped=fresh.wrapped,
        nonce=nonce,
        sealed=AESGCM(fresh.key).encrypt(nonce, padded, _bound_to(reference, field)),
    )
    return bytes(box)


def unseal_stored_box(stored: bytes, *, reference: str, field: SealedField) -> bytes:
    """The sealed content; raises InvalidBox when the box is not of this report and field.

    It calls KMS, and so works only for a role with `kms:Decrypt` on the box's key.
    """
    box = SealedBox.read(stored)
    kms: Any = aws_client("kms")
    answer = kms.decrypt(
        KeyId=box.key_id, CiphertextBlob=box.wrapped, EncryptionAlgorithm=KEY_WRAPPING_ALGORITHM
    )
    return open_box(answer["Plaintext"], box, reference=reference, field=field)


def open_box(key: bytes, box: SealedBox, *, reference: str, field: SealedField) -> bytes:
    """The sealed content, by its unwrapped key; raises InvalidBox."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        padded = AESGCM(key).decrypt(box.nonce, box.sealed, _bound_to(reference, field))
    except (InvalidTag, ValueError) as error:
        raise InvalidBox("the box is not of this report and field") from error
    return padded.rstrip(b" ")


def _short(key_id: str) -> bytes:
    try:
        number = uuid.UUID(key_id)
    except ValueError:  # a multi-region key: mrk-…
        return key_id.encode()
    return number.bytes if str(number) == key_id else key_id.encode()


def _bound_to(reference: str, field: SealedField) -> bytes:
    return f"casework-box|{BOX_FORMAT}|{field}|{reference}".encode()
