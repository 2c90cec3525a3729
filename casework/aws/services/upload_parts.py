"""The parts of uploads in their bucket: which have come, and their bytes.

A form can be sent again while it is valid. A client that has seen it could exchange the part, so
only the first version of each counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from casework.aws.services.clients import aws_client

CHUNK_BYTES: Final = 1024 * 1024
"""Bytes that are read at once."""


@dataclass(frozen=True)
class ArrivedPart:
    """The first version of a part."""

    version: str
    size: int
    """Bytes."""


def list_arrived_parts(bucket: str, upload: str) -> dict[str, ArrivedPart]:
    """The parts of an upload that are in the bucket, by their names, which begin with its own; also
    those that expired and are not deleted yet. A page of versions has 1,000, those of one object
    newest first."""
    request: dict[str, Any] = {"Bucket": bucket, "Prefix": upload}
    found: dict[str, ArrivedPart] = {}
    while True:
        answer = aws_client("s3").list_object_versions(**request)
        for each in answer.get("Versions", ()):
            found[each["Key"]] = ArrivedPart(str(each["VersionId"]), int(each["Size"]))
        if not answer.get("IsTruncated"):
            return found
        request["KeyMarker"] = answer["NextKeyMarker"]
        request["VersionIdMarker"] = answer["NextVersionIdMarker"]


def stream_part(bucket: str, part: str, version: str) -> Iterator[bytes]:
    """The bytes of a version of a part, by its name."""
    answer = aws_client("s3").get_object(Bucket=bucket, Key=part, VersionId=version)
    yield from answer["Body"].iter_chunks(CHUNK_BYTES)
