"""The two buckets: uploads, which expire within days, and ciphertexts, which are locked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.report.evidence import OBJECTS

MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchVersion"})


def first_version(bucket: str, slot: str) -> str | None:
    """The oldest version of an upload, None when there is none.

    A form can be sent again while it is valid. Whoever has seen it could exchange the file, so only
    the first one counts. A page of versions has 1,000, newest first.
    """
    name = f"{OBJECTS}{slot}"
    asked: dict[str, Any] = {"Bucket": bucket, "Prefix": name}
    oldest: Mapping[str, Any] | None = None
    while True:
        answer = client("s3").list_object_versions(**asked)
        for each in answer.get("Versions", ()):
            if each["Key"] == name:
                oldest = each
        if not answer.get("IsTruncated"):
            break
        asked["KeyMarker"] = answer["NextKeyMarker"]
        asked["VersionIdMarker"] = answer["NextVersionIdMarker"]
    return str(oldest["VersionId"]) if oldest is not None else None


def uploaded(bucket: str, slot: str, version: str) -> bytes:
    """The bytes of a version of an upload."""
    answer = client("s3").get_object(Bucket=bucket, Key=f"{OBJECTS}{slot}", VersionId=version)
    content: bytes = answer["Body"].read()
    return content


def new_name() -> str:
    """A name for a ciphertext, which says nothing about its file."""
    return secrets.token_hex(16)


def put_sealed(bucket: str, name: str, ciphertext: bytes) -> str:
    """Store a ciphertext; answers its version. The bucket locks it."""
    answer = client("s3").put_object(Bucket=bucket, Key=name, Body=ciphertext)
    return str(answer["VersionId"])


def lock(bucket: str, name: str, version: str, until: datetime) -> None:
    """Prolong the lock of a ciphertext. A lock in compliance mode is never shortened: the service
    refuses it."""
    client("s3").put_object_retention(
        Bucket=bucket,
        Key=name,
        VersionId=version,
        Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
    )


def sealed_version(bucket: str, name: str) -> str | None:
    """The version of a stored ciphertext; None when it was not written."""
    try:
        return str(client("s3").head_object(Bucket=bucket, Key=name)["VersionId"])
    except Exception as error:
        if code_of(error) not in MISSING:
            raise
        return None
