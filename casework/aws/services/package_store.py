"""The bucket of packages: drafts that wait, how building them ended, and the packages themselves.

The name of an object is a digest of the case, the reader and the package's id. So only the person
who asked finds a package, and a name tells nothing.
"""

from __future__ import annotations

import hashlib
from typing import Final

from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import read_json_object
from casework.aws.services.service_errors import code_of
from casework.case.export_package import BuildResult

DRAFT_OBJECT_PREFIX: Final = "drafts/"
BUILD_RESULT_OBJECT_PREFIX: Final = "results/"
PACKAGE_OBJECT_PREFIX: Final = "packages/"


def package_name(case_id: str, subject: str, package: str) -> str:
    """The name of a person's package, in hex."""
    return hashlib.sha256("\0".join((case_id, subject, package)).encode()).hexdigest()


def put_draft(bucket: str, name: str, draft: bytes) -> None:
    """Store a draft once: of two with the same name the first counts."""
    try:
        aws_client("s3").put_object(
            Bucket=bucket, Key=f"{DRAFT_OBJECT_PREFIX}{name}", Body=draft, IfNoneMatch="*"
        )
    except Exception as error:
        if code_of(error) not in {"PreconditionFailed", "412"}:
            raise


def read_draft(bucket: str, name: str) -> bytes | None:
    """A draft; None for one that expired."""
    body = read_json_object(bucket, f"{DRAFT_OBJECT_PREFIX}{name}")
    content: bytes | None = body.read() if body is not None else None
    return content


def put_build_result(bucket: str, name: str, built: BuildResult, package: bytes = b"") -> None:
    """Store a package, and then how it ended."""
    if package:
        aws_client("s3").put_object(
            Bucket=bucket, Key=f"{PACKAGE_OBJECT_PREFIX}{name}", Body=package
        )
    told = built.model_dump_json().encode()
    aws_client("s3").put_object(Bucket=bucket, Key=f"{BUILD_RESULT_OBJECT_PREFIX}{name}", Body=told)


def read_build_result(bucket: str, name: str) -> BuildResult | None:
    """How building ended; None while it goes on, and for a package that is not there."""
    body = read_json_object(bucket, f"{BUILD_RESULT_OBJECT_PREFIX}{name}")
    return BuildResult.model_validate_json(body.read()) if body is not None else None


def read_package_part(bucket: str, name: str, first: int, length: int) -> bytes:
    """Bytes of a package."""
    asked = f"bytes={first}-{first + length - 1}"
    found = aws_client("s3").get_object(
        Bucket=bucket, Key=f"{PACKAGE_OBJECT_PREFIX}{name}", Range=asked
    )
    content: bytes = found["Body"].read()
    return content
