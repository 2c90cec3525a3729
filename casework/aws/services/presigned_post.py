"""Forms with which a browser sends one file to a bucket, signed without a call of a service.

S3 compares every field with the policy and refuses a form with one more. The conditions here are
exact: bucket, key, number of bytes and digest where they are known, type and encryption. The policy
does not name a host, so the form can be sent through the public address. ("Creating a POST policy"
and "Browser-based uploads using POST (AWS signature version 4)", Amazon S3 API Reference.)
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

POST_SIGNATURE_ALGORITHM: Final = "AWS4-HMAC-SHA256"
UPLOAD_MEDIA_TYPE: Final = "application/octet-stream"
"""The type of every object: what it is, is found out by its content."""


@dataclass(frozen=True)
class SigningCredentials:
    """The credentials of the function's role."""

    access_key: str
    secret_key: str
    token: str | None

    @classmethod
    def from_session(cls) -> SigningCredentials:
        """Those of this function."""
        from casework.aws.services.clients import aws_session

        held = aws_session().get_credentials().get_frozen_credentials()
        return cls(held.access_key, held.secret_key, held.token)


@dataclass(frozen=True)
class UploadTarget:
    """The one object that a form can make."""

    bucket: str
    key: str
    least: int
    """Bytes: fewer are not accepted."""
    most: int
    """Bytes: more are not accepted."""
    encryption_key: str
    """ARN of the KMS key that encrypts it at rest."""
    sha256: str | None = None
    """In hex, where it is known: S3 refuses other bytes."""


def presign_post(
    upload: UploadTarget,
    credentials: SigningCredentials,
    *,
    region: str,
    now: datetime,
    until: datetime,
) -> dict[str, str]:
    """The fields of the form, all to be sent before the field `file`."""
    at = now.astimezone(UTC)
    day, scope = f"{at:%Y%m%d}", f"{at:%Y%m%d}/{region}/s3/aws4_request"
    fields = {
        "key": upload.key,
        "Content-Type": UPLOAD_MEDIA_TYPE,
        "success_action_status": "204",  # a page without a script stays as it is
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": upload.encryption_key,
        **_checksum(upload.sha256),
        "x-amz-algorithm": POST_SIGNATURE_ALGORITHM,
        "x-amz-credential": f"{credentials.access_key}/{scope}",
        "x-amz-date": f"{at:%Y%m%dT%H%M%SZ}",
        **({"x-amz-security-token": credentials.token} if credentials.token else {}),
    }
    conditions: list[Any] = [
        {"bucket": upload.bucket},
        ["content-length-range", upload.least, upload.most],
        *({name: value} for name, value in fields.items()),
    ]
    document = {
        "expiration": f"{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "conditions": conditions,
    }
    policy = base64.b64encode(json.dumps(document).encode()).decode()
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    signature = hmac.digest(key, policy.encode(), hashlib.sha256).hex()
    return {**fields, "policy": policy, "x-amz-signature": signature}


def _checksum(sha256: str | None) -> dict[str, str]:
    if sha256 is None:
        return {}
    return {
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode(),
    }
