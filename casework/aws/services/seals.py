"""The seals of days, `seals/{day}.json`, and the leaves, `{day}.jsonl`: none can be deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.case.sealed_day import Leaf, Seal

PREFIX: Final = "seals/"


def seal_key(day: str) -> str:
    """Where the seal of a day is."""
    return f"{PREFIX}{day}.json"


def leaves_key(day: str) -> str:
    """Where the leaves of a day's seal are."""
    return f"{PREFIX}{day}.jsonl"


class NotReadable(ValueError):
    """Where a seal or its heads should be stands something else."""

    error_code = "NotReadable"


def read_seal(bucket: str, day: str) -> Seal | None:
    """The seal of a day, if there is one; raises NotReadable."""
    body = body_of(bucket, seal_key(day))
    if body is None:
        return None
    try:
        return Seal.model_validate_json(body.read())
    except ValidationError as error:
        raise NotReadable from error


def read_leaves(bucket: str, day: str) -> Iterator[Leaf | None]:
    """The leaves of a day's seal, one by one; None for a line that is none.

    Raises NotReadable when there are none, where a seal says that there are.
    """
    body = body_of(bucket, leaves_key(day))
    if body is None:
        raise NotReadable
    for line in body.iter_lines():
        try:
            yield Leaf.model_validate_json(line)
        except ValidationError:
            yield None


def body_of(bucket: str, key: str) -> Any:
    """The content of an object, to be read; None where there is none."""
    found = found_under(bucket, key)
    return found["Body"] if found is not None else None


def found_under(bucket: str, key: str) -> Mapping[str, Any] | None:
    """An object with its ETag; None where there is none.

    The service says so to a role that may list the bucket, and refuses every other one.
    """
    try:
        found: Mapping[str, Any] = client("s3").get_object(Bucket=bucket, Key=key)
        return found
    except Exception as error:
        if code_of(error) not in {"NoSuchKey", "404"}:
            raise
        return None


def names_under(bucket: str, prefix: str) -> list[str]:
    """The names of all objects behind a prefix, in order."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return sorted(
        each["Key"].removeprefix(prefix) for page in pages for each in page.get("Contents", [])
    )


def sealed_days(bucket: str) -> list[str]:
    """Every day that has a seal, the first one first."""
    names = names_under(bucket, PREFIX)
    return [name.removesuffix(".json") for name in names if name.endswith(".json")]
