"""The log of days is stamped by an authority outside, and goes on without it (E15, E17)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from casework.aws.services import transparency_log_store
from functions.history import seal_day
from functions.stamps import handler
from tests.builders import NOON
from tests.integration.nights import BUCKET, nights_later
from tests.timekeeper import Timekeeper, answering, timekeeper
from tools import verify_log

pytestmark = pytest.mark.usefixtures("sealing")

DAYS = [(NOON + timedelta(days=days)).date().isoformat() for days in range(3)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Timekeeper]:
    with answering(timekeeper(tmp_path_factory.mktemp("authority"))) as keeper:
        yield keeper


@pytest.fixture
def authority(made: Timekeeper, monkeypatch: pytest.MonkeyPatch) -> Timekeeper:
    root = x509.load_pem_x509_certificate(made.root.read_bytes())
    der = root.public_bytes(serialization.Encoding.DER)
    monkeypatch.setenv("AUTHORITY", made.url)
    monkeypatch.setenv("CERTIFICATE", base64.b64encode(der).decode())
    handler.settings.cache_clear()
    made.says, made.asked = None, []
    nights_later(monkeypatch, 9)
    return made


def seal(*days: str) -> None:
    for day in days:
        seal_day.handle({"day": day}, None)


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setattr(handler, "now", lambda: datetime.now(UTC) + timedelta(days=days))


def stamps() -> dict[int, bytes]:
    s3 = boto3.client("s3")
    return {
        size: s3.get_object(Bucket=BUCKET, Key=transparency_log_store.timestamp_object_key(size))[
            "Body"
        ].read()
        for size in transparency_log_store.stamped_sizes(BUCKET)
    }


def verdict(
    day: str, authority: Path, folder: Path, capsys: pytest.CaptureFixture[str], stamp: bytes = b""
) -> list[str]:
    """What the verifier says, with another stamp in the place of the proof's own."""
    proof = transparency_log_store.build_day_proof(BUCKET, day)
    assert proof is not None
    if stamp:
        proof["log"]["stamp"] = base64.b64encode(stamp).decode()
    key, file = folder / "log.pem", folder / "proof.json"
    public = boto3.client("kms").get_public_key(KeyId=seal_day.settings().log_key)["PublicKey"]
    key.write_bytes(
        serialization.load_der_public_key(public).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    file.write_text(json.dumps(proof))
    capsys.readouterr()
    verify_log.main([str(file), str(key), "--authority", str(authority)])
    return capsys.readouterr().out.splitlines()


def test_after_the_night_its_checkpoint_is_stamped_once_and_anybody_can_check_it(
    authority: Timekeeper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal(DAYS[0])
    assert handler.handle({}, None) == {"stamped": [1]}
    assert handler.handle({}, None) == {"stamped": []}
    assert len(authority.asked) == 1
    said = verdict(DAYS[0], authority.root, tmp_path, capsys)
    today = f"{datetime.now(UTC):%Y-%m-}"
    assert said[-1].startswith(f"ok   the authority stamped this checkpoint at {today}")
    assert not [line for line in said if line.startswith("FAIL")]
    kept = boto3.client("s3").head_object(Bucket=BUCKET, Key="log/stamps/1")
    assert kept["ContentType"] == "application/timestamp-reply"


def test_a_stamp_of_another_day_or_of_another_authority_is_named(
    authority: Timekeeper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Evidence case E15: the token of another day."""
    seal(DAYS[0])
    handler.handle({}, None)
    seal(DAYS[1])
    [missing] = [
        line
        for line in verdict(DAYS[1], authority.root, tmp_path, capsys)
        if line.startswith("FAIL")
    ]
    assert missing == "FAIL the proof has a time stamp", "the last checkpoint has none yet"
    (said,) = [
        line
        for line in verdict(DAYS[1], authority.root, tmp_path, capsys, stamps()[1])
        if line.startswith("FAIL")
    ]
    assert said.startswith("FAIL the authority stamped this checkpoint at")
    handler.handle({}, None)
    other = timekeeper(tmp_path / "other")
    said = verdict(DAYS[1], other.root, tmp_path, capsys)[-1]
    assert said.startswith("FAIL the authority stamped this checkpoint at")


@pytest.mark.parametrize("says", [b"", b"<html>", b"0" * 40_000, None])
def test_an_authority_that_fails_is_asked_again_and_its_answer_is_never_published(
    says: bytes | None, authority: Timekeeper, tmp_path: Path
) -> None:
    """None: it is another one in its place, which signs well and is not trusted."""
    seal(DAYS[0])
    if says is None:
        false = timekeeper(tmp_path / "false")
        seal(DAYS[1])
        with answering(false):
            handler.settings.cache_clear()
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("AUTHORITY", false.url)
                assert handler.handle({}, None) == {"stamped": []}
        handler.settings.cache_clear()
        assert false.asked
    else:
        authority.says = says
        assert handler.handle({}, None) == {"stamped": []}
    assert stamps() == {}
    authority.says = None
    assert 1 in handler.handle({}, None)["stamped"]


def test_a_replayed_token_is_not_taken(authority: Timekeeper) -> None:
    seal(DAYS[0])
    authority.says = authority.stamp_of(transparency_log_store.read_signed_note(BUCKET, 1))
    assert handler.handle({}, None) == {"stamped": []}, "it has not the number that was sent"


def test_a_silent_authority_rings_after_a_week_and_leaves_no_day_unsealed(
    authority: Timekeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Evidence case E17."""
    authority.says = b"out of order"
    for day in DAYS:
        seal(day)
        assert handler.handle({}, None) == {"stamped": []}
    assert transparency_log_store.logged_periods(BUCKET, "day") == set(DAYS), "no gap"
    days_later(monkeypatch, 6)
    assert handler.handle({}, None) == {"stamped": []}
    days_later(monkeypatch, 8)
    with pytest.raises(handler.AuthoritySilent):
        handler.handle({}, None)
    authority.says = None
    assert handler.handle({}, None) == {"stamped": [3]}, "the last one holds for all before it"
    assert handler.handle({}, None) == {"stamped": []}, "and it is over"


def test_without_a_log_there_is_nothing_to_stamp(authority: Timekeeper) -> None:
    assert handler.handle({}, None) == {"stamped": []}
    assert authority.asked == []
