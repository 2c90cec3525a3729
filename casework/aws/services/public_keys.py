"""Public halves of KMS keys: read when a stack is deployed, given to the functions that seal.

A deployment gives one as text: base64 of X.509 SubjectPublicKeyInfo. Its holder can seal boxes and
open none.
"""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import is_service_error

RSA_ALGORITHM_DER: Final = bytes.fromhex("300d06092a864886f70d0101010500")
"""AlgorithmIdentifier of rsaEncryption, which has no parameters (RFC 3279, 2.3.1)."""
DER_SEQUENCE_PREFIX: Final = b"\x30\x82"
"""A sequence with its length in the next two bytes, as in every key in use."""
_HEAD: Final = 4
KEY_FETCH_PAUSES_SECONDS: Final = (2, 4, 8, 16)
"""Seconds between tries: a new role and a new key are not known everywhere at once."""


class NotAPublicKey(ValueError):
    """The text is not the public half of an RSA key."""

    error_code = "NotAPublicKey"


@dataclass(frozen=True)
class PublicKey:
    """The public half of a KMS key."""

    key_id: str
    """The id by which KMS unwraps: the last part of the key's ARN."""
    der: bytes
    """X.509 SubjectPublicKeyInfo."""

    @classmethod
    def parse(cls, key_arn: str, text: str) -> PublicKey:
        """The key of this ARN with the text of its public half; raises NotAPublicKey."""
        return cls(key_arn.rpartition("/")[2], parse_rsa_key(text))


@lru_cache(maxsize=8)
def parse_rsa_key(text: str) -> bytes:
    """The key in the text; raises NotAPublicKey.

    It checks the frame and not the numbers inside: the library for these would slow every cold
    start, and a report without a contact does not need it.
    """
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        der = b""
    whole = der[:2] == DER_SEQUENCE_PREFIX and int.from_bytes(der[2:_HEAD]) == len(der) - _HEAD
    if not whole or der[_HEAD : _HEAD + len(RSA_ALGORITHM_DER)] != RSA_ALGORITHM_DER:
        raise NotAPublicKey("not the base64 of an RSA key as X.509 SubjectPublicKeyInfo")
    return der


def fetch_public_key(key_arn: str) -> str:
    """The text of a key's public half, from KMS; raises NotAPublicKey, or KMS's last error."""
    text = base64.b64encode(_patiently(key_arn)).decode()
    parse_rsa_key(text)
    return text


def _patiently(key_arn: str) -> bytes:
    """KMS's answer. Any error of the service may be the delay of a new role or key, so it is tried
    again before the deployment fails; other errors are the code's own."""
    for pause in KEY_FETCH_PAUSES_SECONDS:
        try:
            return _once(key_arn)
        except Exception as error:
            if not is_service_error(error):
                raise
            time.sleep(pause)
    return _once(key_arn)


def _once(key_arn: str) -> bytes:
    answer: Any = aws_client("kms").get_public_key(KeyId=key_arn)
    der: bytes = answer["PublicKey"]
    return der
