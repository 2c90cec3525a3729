"""The seals in the bucket that forgets not: `seals/{day}.json`, and the leaves in `{day}.jsonl`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casework.aws.clients import client
from casework.aws.faults import code_of
from casework.sealing_days import Leaf, Seal

PREFIX: Final = "seals/"


def seal_key(day: str) -> str:
    """Where the seal of a day is."""
    return f"{PREFIX}{day}.json"


def leaves_key(day: str) -> str:
    """Where the leaves of a day's seal are."""
    return f"{PREFIX}{day}.jsonl"


def read_seal(bucket: str, day: str) -> Seal | None:
    """The seal of a day, if there is one."""
    try:
        answer = client("s3").get_object(Bucket=bucket, Key=seal_key(day))
    except Exception as error:
        if code_of(error) not in {"NoSuchKey", "404", "AccessDenied"}:
            raise
        return None
    return Seal.model_validate_json(answer["Body"].read())


def read_leaves(bucket: str, day: str) -> Iterator[Leaf]:
    """The leaves of a day's seal, one by one."""
    answer = client("s3").get_object(Bucket=bucket, Key=leaves_key(day))
    for line in answer["Body"].iter_lines():
        yield Leaf.model_validate_json(line)


def sealed_days(bucket: str) -> list[str]:
    """Every day that has a seal, the first one first."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX)
    names = (each["Key"] for page in pages for each in page.get("Contents", []))
    return sorted(
        name.removeprefix(PREFIX).removesuffix(".json") for name in names if name.endswith(".json")
    )
