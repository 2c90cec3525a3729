"""Fresh keys, wrapped to the public half of a KMS key: who seals with one cannot open it again."""

from __future__ import annotations

from dataclasses import dataclass

from casework.aws.services.public_keys import PublicKey


@dataclass(frozen=True)
class Fresh:
    """An AES-256 key that is used now and forgotten."""

    key: bytes
    wrapped: bytes
    """What is stored of it. KMS alone unwraps it."""


def fresh_key(public: PublicKey) -> Fresh:
    """A new key, wrapped by RSA-OAEP with SHA-256; raises TypeError for another kind of key."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    loaded = serialization.load_der_public_key(public.der)
    if not isinstance(loaded, rsa.RSAPublicKey):
        raise TypeError("keys are wrapped to RSA keys")
    key = AESGCM.generate_key(256)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)
    return Fresh(key, loaded.encrypt(key, oaep))
