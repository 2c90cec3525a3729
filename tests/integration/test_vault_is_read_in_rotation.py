"""The vault is read in rotation: a ciphertext that changed or is gone is told within a quarter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.s3.models import s3_backends

from casework.aws.services import day_seal_store, upload_parts
from casework.case.day_seal import DayLeaf
from functions.history import rehash_vault
from tests.in_time import Context
from tests.integration.evidence import REGION, VAULT, Evidence, open_for_files
from tests.integration.nights import BUCKET
from tests.integration.reporters import TABLE, Reporters
from tests.integration.test_examining_files import PICTURE, settled

CASE = "CASE-1"
FIRST = date(2026, 3, 1)


@pytest.fixture
def night(reporters: Reporters, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    """A deployment that takes files, on the morning after their day was sealed."""
    with open_for_files(reporters, monkeypatch) as evidence:
        s3: Any = boto3.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=REGION)
        monkeypatch.setenv("BUCKET", BUCKET)
        monkeypatch.setattr(rehash_vault, "now", lambda: datetime.now(UTC) + timedelta(days=1))
        rehash_vault.settings.cache_clear()
        yield evidence
    rehash_vault.settings.cache_clear()


def seal(day: str, *cases: str) -> None:
    """The heads of a day, as a night leaves them."""
    leaves = (
        DayLeaf(case=each, events=1, head="0" * 64, entries=1, log="0" * 64) for each in cases
    )
    lines = "".join(f"{leaf.model_dump_json()}\n" for leaf in leaves)
    s3: Any = boto3.client("s3")
    s3.put_object(Bucket=BUCKET, Key=day_seal_store.leaves_key(day), Body=lines.encode())
    s3.put_object(Bucket=BUCKET, Key=day_seal_store.seal_key(day), Body=b"{}")


def a_kept_file(evidence: Evidence) -> tuple[dict[str, Any], dict[str, Any]]:
    """A file in the vault on a sealed day: the answer to its report, and its ciphertext."""
    sent = settled(evidence)
    seal(datetime.now(UTC).date().isoformat(), CASE)
    (stored,) = evidence.vault()
    return sent, stored


def test_a_ciphertext_that_is_as_it_was_kept_is_read_and_nothing_is_told(night: Evidence) -> None:
    a_kept_file(night)
    assert rehash_vault.handle({}, None) == {"files": 1, "left": [], "mismatches": 0, "named": []}


@pytest.mark.parametrize(
    ("harm", "what"),
    [("changed", "is another one"), ("deleted", "is not in the vault"), ("hidden", None)],
)
def test_a_ciphertext_that_changed_or_is_gone_is_named(
    night: Evidence, harm: str, what: str | None
) -> None:
    """Evidence case E43."""
    sent, stored = a_kept_file(night)
    s3: Any = boto3.client("s3")
    if harm == "changed":
        bucket = s3_backends["123456789012"]["aws"].buckets[VAULT]
        kept = bucket.keys.getlist(stored["Key"])[0]
        kept.value = bytes([kept.value[0] ^ 1]) + kept.value[1:]
        kept.checksum_algorithm = None  # an administrator computes the one of the service anew
    else:
        version = {"VersionId": stored["VersionId"]} if harm == "deleted" else {}
        s3.delete_object(Bucket=VAULT, Key=stored["Key"], **version)
    told = rehash_vault.handle({}, None)
    assert told["files"] == 1
    named = [(each["case"], each["reference"], each["number"]) for each in told["named"]]
    expected = [(CASE, sent["reference"], 1)] if what else []
    assert (named, [each["what"] for each in told["named"]]) == (expected, [what] if what else [])


def test_what_was_erased_is_passed_over(night: Evidence) -> None:
    sent, _ = a_kept_file(night)
    night.erase(sent)
    assert rehash_vault.handle({}, None)["files"] == 0


def test_a_file_from_before_digests_of_ciphertexts_is_looked_for(night: Evidence) -> None:
    _, stored = a_kept_file(night)
    (item,) = night.of_kind("FILE#")
    boto3.client("dynamodb").update_item(
        TableName=TABLE,
        Key={"pk": item["pk"], "sk": item["sk"]},
        UpdateExpression="REMOVE sealed",
    )
    assert (told := rehash_vault.handle({}, None))["files"] == 1
    assert told["mismatches"] == 0
    s3: Any = boto3.client("s3")
    s3.delete_object(Bucket=VAULT, Key=stored["Key"], VersionId=stored["VersionId"])
    assert rehash_vault.handle({}, None)["mismatches"] == 1


def test_a_ciphertext_that_cannot_be_read_stops_no_other_one(
    night: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = datetime.now(UTC).date().isoformat()
    sent = night.report()
    for content in (PICTURE, PICTURE + b"\0"):
        name = night.sent(sent, content)
        assert night.receive(name) == []
        night.into_a_case(sent)
        assert night.receive(name) == []
    seal(day, CASE)
    read, tried = upload_parts.stream_part, list[str]()

    def broken_once(bucket: str, part: str, version: str) -> Iterator[bytes]:
        tried.append(part)
        if len(tried) == 1:
            raise ConnectionError
        return read(bucket, part, version)

    monkeypatch.setattr(upload_parts, "stream_part", broken_once)
    told = rehash_vault.handle({}, None)
    assert (told["files"], told["mismatches"], len(tried)) == (2, 1, 2)
    assert told["named"][0]["what"] == "could not be read"


def test_the_days_that_a_night_has_no_time_for_are_named(night: Evidence) -> None:
    a_kept_file(night)
    day = datetime.now(UTC).date().isoformat()
    said = rehash_vault.handle({}, Context(seconds=0))
    assert (said["files"], said["left"]) == (0, [day])
    assert rehash_vault.handle({"day": day}, None)["files"] == 1


@pytest.mark.usefixtures("night")
def test_every_day_is_read_on_the_next_morning_and_once_in_each_rotation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Evidence case E43."""
    days = [(FIRST + timedelta(days=number)).isoformat() for number in range(200)]
    monkeypatch.setattr(rehash_vault, "list_sealed_days", lambda bucket: days)
    for day in days:
        born = date.fromisoformat(day)
        mornings = [
            number
            for number in range(1, 3 * rehash_vault.ROTATION_NIGHTS)
            if day in rehash_vault._whose_turn_it_is(born + timedelta(days=number))
        ]
        assert mornings == [1, *range(90, 270, 90)]
