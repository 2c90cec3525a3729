"""Sealed digests: who reads the table alone cannot test a file or a picture against it.

Whoever has a picture has its digests, too, so a digest in clear tells a reader of the table which
report has the picture. Each digest is sealed under the digest key of the deployment, with AES-SIV
(RFC 5297): the same digest of the same file gives the same bytes, and that of another file others.
So no two stored digests show that they are equal; that is said by a keyed name alone (`same`), by
which people find equal files. What a digest belongs to is bound to it: one that
was moved beside another file does not open.

A digest from before is stored in clear and still read: as hex, or as the bytes of what a picture
looks like, which have no room for a seal.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Final

from casework.aws.services import telemetry
from casework.identifiers import keyed_mark
from casework.text.realm import realm_from_name, realm_key

SEAL_BYTES: Final = 16
"""Bytes by which a sealed digest is longer."""
PERCEPTUAL_HASH_BYTES: Final = 32
"""Bytes of what a picture looks like."""
SEALED_PERCEPTUAL_HASH_BYTES: Final = PERCEPTUAL_HASH_BYTES + SEAL_BYTES
_FORMAT: Final = "casework-digest|1"


class BrokenDigest(Exception):
    """The bytes are no sealed digest, or not the one of this file or picture."""

    error_code = "BrokenDigest"


def alarm_broken_digest(error: BrokenDigest) -> None:
    """Raise the alarm for a digest that was exchanged."""
    telemetry.log_failure("digest not opened", error)
    telemetry.count_metric("BoxesNotOpened")


class DigestKey:
    """The digest key of a deployment."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        """`key` gives it, and is called when it is needed."""
        self._key = key

    def seal_digest(self, digest: bytes, *about: str) -> bytes:
        """A digest in sealed form; `about` says what it is of."""
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        return AESSIV(self._for("seal")).encrypt(digest, _bound_to(about))

    def unseal_digest(self, sealed: bytes, *about: str) -> bytes:
        """The digest that was sealed; raises BrokenDigest where it is not this one."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV

        try:
            return AESSIV(self._for("seal")).decrypt(sealed, _bound_to(about))
        except (InvalidTag, ValueError) as error:
            raise BrokenDigest("the bytes are not this digest") from error

    def salt(self, stored: bytes) -> bytes:
        """The salt of the commitment to a file, from the one that is stored: with the stored one
        alone a reader of the table could test a file by its commitment."""
        return hmac.digest(self._for("salt"), stored, hashlib.sha256)

    def file_alias(self, reference: str, digest: bytes) -> str:
        """Names the bytes of a file, in the realm of a report: equal bytes have the same name, as a
        clue."""
        key = realm_key(realm_from_name(reference), self._for("same"))
        return f"same-{keyed_mark(key, 'same-bytes', digest.hex())}"

    def _for(self, use: str) -> bytes:
        """A key of 64 bytes for one use alone."""
        said = f"{_FORMAT}|{use}".encode()
        return hmac.digest(self._key(), said, hashlib.sha512)


def seal_perceptual_hashes(key: DigestKey, reference: str, pdqs: Iterable[str]) -> bytes | None:
    """What pictures look like that stay with the reporter of a report, each sealed and one after
    the other; None for none."""
    sealed = [
        key.seal_digest(bytes.fromhex(pdq), reference, str(number), "look")
        for number, pdq in enumerate(pdqs, start=1)
    ]
    return b"".join(sealed) or None


def unseal_perceptual_hashes(key: DigestKey, reference: str, sealed: bytes) -> tuple[str, ...]:
    """What these pictures look like, each in hex; raises BrokenDigest."""
    each = (
        sealed[at : at + SEALED_PERCEPTUAL_HASH_BYTES]
        for at in range(0, len(sealed), SEALED_PERCEPTUAL_HASH_BYTES)
    )
    return tuple(
        key.unseal_digest(look, reference, str(number), "look").hex()
        for number, look in enumerate(each, start=1)
    )


def _bound_to(about: tuple[str, ...]) -> list[bytes]:
    return [_FORMAT.encode(), *(each.encode() for each in about)]
