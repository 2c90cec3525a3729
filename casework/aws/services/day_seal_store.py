"""The seals of days, `seals/{day}.json`, and the leaves, `{day}.jsonl`: none can be deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.case.day_seal import DayLeaf, DaySeal

SEAL_OBJECT_PREFIX: Final = "seals/"


def seal_key(day: str) -> str:
    """Where the seal of a day is."""
    return f"{SEAL_OBJECT_PREFIX}{day}.json"


def leaves_key(day: str) -> str:
    """Where the leaves of a day's seal are."""
    return f"{SEAL_OBJECT_PREFIX}{day}.jsonl"


class SealUnreadable(ValueError):
    """Where a seal or its heads should be stands something else."""

    error_code = "NotReadable"


def read_seal(bucket: str, day: str) -> DaySeal | None:
    """The seal of a day, if there is one; raises SealUnreadable."""
    body = read_json_object(bucket, seal_key(day))
    if body is None:
        return None
    try:
        return DaySeal.model_validate_json(body.read())
    except ValidationError as error:
        raise SealUnreadable from error


def read_leaves(bucket: str, day: str) -> Iterator[DayLeaf | None]:
    """The leaves of a day's seal, one by one; None for a line that is none.

    Raises SealUnreadable when there are none, where a seal says that there are.
    """
    body = read_json_object(bucket, leaves_key(day))
    if body is None:
        raise SealUnreadable
    for line in body.iter_lines():
        try:
            yield DayLeaf.model_validate_json(line)
        except ValidationError:
            yield None


def read_json_object(bucket: str, key: str) -> Any:
    """The content of an object, to be read; None where there is none."""
    found = get_object_with_etag(bucket, key)
    return found["Body"] if found is not None else None


def get_object_with_etag(bucket: str, key: str) -> Mapping[str, Any] | None:
    """An object with its ETag; None where there is none.

    The service says so to a role that may list the bucket, and refuses every other one.
    """
    try:
        found: Mapping[str, Any] = aws_client("s3").get_object(Bucket=bucket, Key=key)
        return found
    except Exception as error:
        if code_of(error) not in {"NoSuchKey", "404"}:
            raise
        return None


def list_keys(bucket: str, prefix: str) -> list[str]:
    """The names of all objects behind a prefix, in order."""
    pages = aws_client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sorted(
        each["Key"].removeprefix(prefix) for page in pages for each in page.get("Contents", [])
    )


def list_sealed_days(bucket: str) -> list[str]:
    """Every day that has a seal, the first one first."""
    names = list_keys(bucket, SEAL_OBJECT_PREFIX)
    return [name.removesuffix(".json") for name in names if name.endswith(".json")]
