"""Fresh keys, wrapped to the public half of a KMS key: the function that seals cannot open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from casework.aws.services.public_keys import PublicKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey


@dataclass(frozen=True)
class DataKey:
    """An AES-256 key that is used now and forgotten."""

    key: bytes
    wrapped: bytes
    """What is stored of it. KMS alone unwraps it."""


def generate_data_key(public: PublicKey) -> DataKey:
    """A new key, wrapped by RSA-OAEP with SHA-256; raises TypeError for another kind of key."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = AESGCM.generate_key(256)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)
    return DataKey(key, _loaded(public.der).encrypt(key, oaep))


@lru_cache(maxsize=8)
def _loaded(der: bytes) -> RSAPublicKey:
    """The key; one of a deployment's few is read once per process."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    loaded = serialization.load_der_public_key(der)
    if not isinstance(loaded, rsa.RSAPublicKey):
        raise TypeError("keys are wrapped to RSA keys")
    return loaded
