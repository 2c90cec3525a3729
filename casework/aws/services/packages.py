"""The bucket of packages: drafts that wait, how building them ended, and the packages themselves.

The name of an object is a digest of the case, the reader and the package's id. So only the person
who asked finds a package, and a name tells nothing.
"""

from __future__ import annotations

import hashlib
from typing import Final

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.services.seals import body_of
from casework.case.package import Built

DRAFTS: Final = "drafts/"
RESULTS: Final = "results/"
PACKAGES: Final = "packages/"


def name_of(case_id: str, subject: str, package: str) -> str:
    """The name of a person's package, in hex."""
    return hashlib.sha256("\0".join((case_id, subject, package)).encode()).hexdigest()


def put_draft(bucket: str, name: str, draft: bytes) -> None:
    """Store a draft once: of two with the same name the first counts."""
    try:
        client("s3").put_object(Bucket=bucket, Key=f"{DRAFTS}{name}", Body=draft, IfNoneMatch="*")
    except Exception as error:
        if code_of(error) not in {"PreconditionFailed", "412"}:
            raise


def draft(bucket: str, name: str) -> bytes | None:
    """A draft; None for one that expired."""
    body = body_of(bucket, f"{DRAFTS}{name}")
    content: bytes | None = body.read() if body is not None else None
    return content


def put_built(bucket: str, name: str, built: Built, package: bytes = b"") -> None:
    """Store a package, and then how it ended."""
    if package:
        client("s3").put_object(Bucket=bucket, Key=f"{PACKAGES}{name}", Body=package)
    told = built.model_dump_json().encode()
    client("s3").put_object(Bucket=bucket, Key=f"{RESULTS}{name}", Body=told)


def built(bucket: str, name: str) -> Built | None:
    """How building ended; None while it goes on, and for a package that is not there."""
    body = body_of(bucket, f"{RESULTS}{name}")
    return Built.model_validate_json(body.read()) if body is not None else None


def part(bucket: str, name: str, first: int, length: int) -> bytes:
    """Bytes of a package."""
    asked = f"bytes={first}-{first + length - 1}"
    found = client("s3").get_object(Bucket=bucket, Key=f"{PACKAGES}{name}", Range=asked)
    content: bytes = found["Body"].read()
    return content
