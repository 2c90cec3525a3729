"""Sealed pages of previews: the function that makes them cannot open them.

All pages of one examination share a fresh key, which is wrapped to the public half of a KMS key of
their own, so that no function which opens previews opens originals.

    sealed = 1 | nonce (12) | AES-256-GCM of the page

The upload and the number of the page are bound to it: a page shown for another one does not open.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from casework.aws.services.data_keys import generate_data_key
from casework.aws.services.public_keys import PublicKey
from casework.aws.services.sealed_boxes import InvalidBox

PAGE_SEAL_FORMAT: Final = 1
_HEAD: Final = 13


@dataclass(frozen=True)
class SealedPages:
    """The ciphertexts of pages in their order, and what opens them."""

    pages: tuple[bytes, ...]
    wrapped: bytes
    key_id: str


def seal_pages(pages: Sequence[bytes], *, key: PublicKey, upload: str) -> SealedPages:
    """Seal the pages of an upload under a fresh key, which is forgotten."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    fresh = generate_data_key(key)
    cipher, sealed = AESGCM(fresh.key), []
    for number, page in enumerate(pages, start=1):
        nonce = os.urandom(_HEAD - 1)
        sealed.append(
            bytes([PAGE_SEAL_FORMAT])
            + nonce
            + cipher.encrypt(nonce, page, _bound_to(upload, number))
        )
    return SealedPages(tuple(sealed), fresh.wrapped, key.key_id)


def decrypt_page(sealed: bytes, key: bytes, *, upload: str, number: int) -> bytes:
    """A page, counted from 1, by its unwrapped key; raises InvalidBox where it is not this one."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if sealed[:1] != bytes([PAGE_SEAL_FORMAT]):
        raise InvalidBox("the format is not known")
    try:
        return AESGCM(key).decrypt(sealed[1:_HEAD], sealed[_HEAD:], _bound_to(upload, number))
    except (InvalidTag, ValueError) as error:
        raise InvalidBox("the ciphertext is not this page") from error


def _bound_to(upload: str, number: int) -> bytes:
    return f"casework-page|{PAGE_SEAL_FORMAT}|{upload}|{number}".encode()
