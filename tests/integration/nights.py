"""The nightly verifications after the acts of the tests of histories."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest

from casework.aws.table import items, keys, log
from functions.history import seal_day, seals
from tests.builders import NOON
from tests.integration.desks import TABLE

DAY = NOON.date().isoformat()
BUCKET = "seals"


def nights_later(monkeypatch: pytest.MonkeyPatch, nights: int) -> None:
    """The seal is made so many nights after the day."""
    monkeypatch.setattr(seal_day, "now", lambda: NOON + timedelta(days=nights))


def poison(case_id: str, what: str) -> None:
    """Put something that is none in the place of an entry, a mark or a seal."""
    second = items.get(TABLE, keys.event_key(case_id, 2)) or {}
    s3, bound = boto3.client("s3"), keys.entry_key(case_id, 1)
    match what:
        case "an entry":
            items.put(TABLE, {**second, "at": 7})
        case "more in an entry":
            items.put(TABLE, {**second, "more": 2})
        case "an entry out of range":
            items.put(TABLE, {**second, "data": {"n": 2**60}})
        case "its place":
            items.put(TABLE, {**second, keys.SORT: f"{keys.EVENT_PREFIX}00000x"})
        case "a day":
            items.put(TABLE, {**(items.get(TABLE, bound) or {}), "data": "none"})
        case "a mark":
            (mark,) = log.marks_of(TABLE, case_id)
            items.put(TABLE, {**mark, "by": b"none"})
        case "a line":
            kept = s3.get_object(Bucket=BUCKET, Key=seals.leaves_key(DAY))["Body"].read()
            body = b"".join(
                b"{}\n" if case_id.encode() in line else line for line in kept.splitlines(True)
            )
            s3.put_object(Bucket=BUCKET, Key=seals.leaves_key(DAY), Body=body)
        case "all lines":
            s3.delete_object(Bucket=BUCKET, Key=seals.leaves_key(DAY))
        case _:
            s3.put_object(Bucket=BUCKET, Key=seals.seal_key(DAY), Body=b"{}")
