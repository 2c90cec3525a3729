"""The vault: ciphertexts, which are locked."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import BinaryIO, Final

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of

MISSING_OBJECT_CODES: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})


def new_name() -> str:
    """A name for a ciphertext, which says nothing about its file."""
    return secrets.token_hex(16)


def put_sealed_file(bucket: str, name: str, ciphertext: BinaryIO) -> str:
    """Store a ciphertext; answers its version. The bucket locks it."""
    answer = aws_client("s3").put_object(Bucket=bucket, Key=name, Body=ciphertext)
    return str(answer["VersionId"])


def extend_lock(bucket: str, name: str, version: str, until: datetime) -> None:
    """Prolong the lock of a ciphertext. A lock in compliance mode is never shortened: the service
    refuses it."""
    aws_client("s3").put_object_retention(
        Bucket=bucket,
        Key=name,
        VersionId=version,
        Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
    )


def find_version(bucket: str, name: str) -> str | None:
    """The version of a stored ciphertext; None when it was not written."""
    try:
        return str(aws_client("s3").head_object(Bucket=bucket, Key=name)["VersionId"])
    except Exception as error:
        if code_of(error) not in MISSING_OBJECT_CODES:
            raise
        return None
