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

from casework.aws.http import pages
from casework.aws.services import log_store, seals
from casework.aws.services.clients import client
from casework.aws.services.settings import SealDaySettings

MEDIA_TYPE: Final = "application/x-pem-file"
LINE: Final = 64
"""Characters of a line (RFC 7468)."""


def publish(settings: SealDaySettings) -> None:
    """Write the keys that are not there yet, or not any more the ones that sign."""
    for name, key in (("log", settings.log_key), ("dossiers", settings.dossier_key)):
        der: bytes = client("kms").get_public_key(KeyId=key)["PublicKey"]
        body, bucket = pem(der), settings.bucket
        by_digest = f"{log_store.KEYS}{hashlib.sha256(der).hexdigest()}.pem"
        how = {"ContentType": MEDIA_TYPE}
        log_store.put_once(bucket, by_digest, body, CacheControl=pages.SOON, **how)
        current = f"{log_store.KEYS}{name}.pem"
        if _stands(bucket, current) != body:
            client("s3").put_object(
                Bucket=bucket, Key=current, Body=body, CacheControl=pages.SOON, **how
            )


def pem(der: bytes) -> bytes:
    """X.509 SubjectPublicKeyInfo as text (RFC 7468)."""
    lines = textwrap.wrap(base64.b64encode(der).decode(), LINE)
    return "\n".join(
        ["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]
    ).encode()


def _stands(bucket: str, key: str) -> bytes | None:
    found = seals.found_under(bucket, key)
    return found["Body"].read() if found else None
