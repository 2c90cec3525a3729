"""The public halves of the keys that sign the log and dossiers, among the public files of the log.

Each stands under the SHA-256 of its DER for ever, so that a dossier that an earlier key signed can
still be checked, and under the name of what it signs now. A court does not trust it for standing
here: it compares the digest with the one that it was told elsewhere (docs/log.md).
"""

from __future__ import annotations

import base64
import hashlib
import textwrap
from typing import Final

from casework.aws.http import response_headers
from casework.aws.services import day_seal_store, transparency_log_store
from casework.aws.services.clients import aws_client
from casework.aws.services.settings import SealDaySettings

PEM_MEDIA_TYPE: Final = "application/x-pem-file"
PEM_LINE_LENGTH: Final = 64
"""Characters of a line (RFC 7468)."""


def publish_keys(settings: SealDaySettings) -> None:
    """Write the keys that are not there yet, or not any more the ones that sign."""
    for name, key in (("log", settings.log_key), ("dossiers", settings.dossier_key)):
        der: bytes = aws_client("kms").get_public_key(KeyId=key)["PublicKey"]
        body, bucket = public_key_to_pem(der), settings.bucket
        prefix = transparency_log_store.PUBLIC_KEY_OBJECT_PREFIX
        by_digest = f"{prefix}{hashlib.sha256(der).hexdigest()}.pem"
        how = {"ContentType": PEM_MEDIA_TYPE}
        transparency_log_store.put_object_if_absent(
            bucket, by_digest, body, CacheControl=response_headers.CACHE_FIVE_MINUTES, **how
        )
        current = f"{transparency_log_store.PUBLIC_KEY_OBJECT_PREFIX}{name}.pem"
        if _stands(bucket, current) != body:
            aws_client("s3").put_object(
                Bucket=bucket,
                Key=current,
                Body=body,
                CacheControl=response_headers.CACHE_FIVE_MINUTES,
                **how,
            )


def public_key_to_pem(der: bytes) -> bytes:
    """X.509 SubjectPublicKeyInfo as text (RFC 7468)."""
    lines = textwrap.wrap(base64.b64encode(der).decode(), PEM_LINE_LENGTH)
    return "\n".join(
        ["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]
    ).encode()


def _stands(bucket: str, key: str) -> bytes | None:
    found = day_seal_store.get_object_with_etag(bucket, key)
    return found["Body"].read() if found else None
