"""Sealed files: the function that receives a file cannot open it afterwards.

A file is sealed with a fresh AES-256 key, which is wrapped to the public half of a KMS key, as the
boxes of `sealing` are. The ciphertext is locked against deletion, and the wrapped key stands in the
table: erasing the key erases the file.

    sealed = 1 | prefix (7) | chunk | chunk | …     each chunk 1 MiB of the file, the last one less

Every chunk is AES-256-GCM under the nonce: prefix, number of the chunk (4 bytes), and 1 for the
last one, else 0. Chunks can thus be neither left out, nor put in another order, nor cut off at the
end (STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance", 2015). Reference and number of the file are bound to each chunk.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from casework.aws.services.data_keys import generate_data_key
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.sealed_boxes import InvalidBox

FILE_SEAL_FORMAT: Final = 1
SEAL_CHUNK_BYTES: Final = 1024 * 1024
SEAL_TAG_BYTES: Final = 16
_PREFIX: Final = 7
_HEAD: Final = 1 + _PREFIX


@dataclass(frozen=True)
class SealedFile:
    """The ciphertext of a file, and what opens it."""

    ciphertext: Iterator[bytes]
    """Piece by piece, as the file is read."""
    wrapped: bytes
    """Its key, wrapped to the public half of a KMS key."""
    key_id: str
    """The id of that key."""


def seal_file(
    content: Iterable[bytes], *, key: PublicKey, reference: str, number: int
) -> SealedFile:
    """Seal a file of a report under a fresh key, which is forgotten. The file comes in pieces of
    any length, and no more than one of them and a chunk is held."""
    fresh = generate_data_key(key)
    ciphertext = _sealed(content, fresh.key, _bound_to(reference, number))
    return SealedFile(ciphertext, wrapped=fresh.wrapped, key_id=key.key_id)


def _sealed(content: Iterable[bytes], key: bytes, bound: bytes) -> Iterator[bytes]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, prefix, buffer, number = AESGCM(key), os.urandom(_PREFIX), bytearray(), 0
    yield bytes([FILE_SEAL_FORMAT]) + prefix
    for piece in content:
        buffer += piece
        while len(buffer) > SEAL_CHUNK_BYTES:  # what is held may be the last chunk
            yield cipher.encrypt(
                _nonce(prefix, number, last=False), buffer[:SEAL_CHUNK_BYTES], bound
            )
            del buffer[:SEAL_CHUNK_BYTES]
            number += 1
    yield cipher.encrypt(_nonce(prefix, number, last=True), buffer, bound)


def decrypt_file(ciphertext: bytes, key: bytes, *, reference: str, number: int) -> bytes:
    """The file, by its unwrapped key; raises InvalidBox where the ciphertext is not this file's, or
    not whole."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if ciphertext[:1] != bytes([FILE_SEAL_FORMAT]) or len(ciphertext) < _HEAD + SEAL_TAG_BYTES:
        raise InvalidBox("the format is not known")
    prefix, body = ciphertext[1:_HEAD], ciphertext[_HEAD:]
    cipher, bound = AESGCM(key), _bound_to(reference, number)
    try:
        return b"".join(
            cipher.decrypt(nonce, body[start : start + SEAL_CHUNK_BYTES + SEAL_TAG_BYTES], bound)
            for start, nonce in _chunks(prefix, len(body), SEAL_CHUNK_BYTES + SEAL_TAG_BYTES)
        )
    except (InvalidTag, ValueError) as error:
        raise InvalidBox("the ciphertext is not this file, or not whole") from error


def sealed_file_length(length: int) -> int:
    """Bytes of the ciphertext of a file of so many bytes."""
    return _HEAD + length + SEAL_TAG_BYTES * len(range(0, max(length, 1), SEAL_CHUNK_BYTES))


def _chunks(prefix: bytes, length: int, step: int) -> Iterator[tuple[int, bytes]]:
    """Where each chunk begins, and its nonce. An empty file has one empty chunk."""
    starts = range(0, max(length, 1), step)
    for number, start in enumerate(starts):
        yield start, _nonce(prefix, number, last=number == len(starts) - 1)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


def _bound_to(reference: str, number: int) -> bytes:
    return f"casework-file|{FILE_SEAL_FORMAT}|{reference}|{number}".encode()
