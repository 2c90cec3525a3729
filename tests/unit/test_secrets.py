"""The keys of the deployment are whole, or nothing is served."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from casework.aws.services import secrets
from casework.errors import NotThroughTheEdge


def kept(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(secrets, "_text", lambda _: text)
    monkeypatch.setattr(secrets, "_stored", lambda _, stage: text)
    monkeypatch.setattr(secrets, "_LOOKED", {})


class Rotation:
    """An origin secret that is replaced while a process runs, and how often it was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.values = ["a" * 64]
        self.now, self.reads = 1000.0, 0
        started_with = self.values[0]
        monkeypatch.setattr(secrets, "_text", lambda _: started_with)
        monkeypatch.setattr(secrets, "_stored", self.stored)
        monkeypatch.setattr(secrets, "_LOOKED", {})
        monkeypatch.setattr("casework.aws.services.secrets.time.monotonic", lambda: self.now)

    def stored(self, _: str, stage: str) -> str:
        self.reads += 1
        if stage == secrets.CURRENT:
            return self.values[-1]
        if len(self.values) == 1:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetSecretValue")
        return self.values[-2]

    def takes(self, header: str) -> bool:
        try:
            secrets.require_edge_header("arn", header)
        except NotThroughTheEdge:
            return False
        return True


def test_a_key_that_is_missing_or_short_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in ({}, {"key": ""}, {"key": "canary"}):
        kept(monkeypatch, json.dumps(secret))
        with pytest.raises(secrets.UnusableSecret) as refused:
            secrets.read_key("arn")
        assert "canary" not in str(refused.value)


def test_the_current_pepper_is_one_of_the_peppers(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch, json.dumps({"current": "2", "1": "p" * 64, "2": "q" * 64}))
    assert secrets.read_current_pepper("arn") == ("2", b"q" * 64)
    assert secrets.read_pepper("arn", "1") == b"p" * 64
    kept(monkeypatch, json.dumps({"current": "3", "1": "p" * 64}))
    with pytest.raises(secrets.UnusableSecret):
        secrets.read_current_pepper("arn")


def test_the_edge_is_known_by_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch, "o" * 64)
    secrets.require_edge_header("", None)
    secrets.require_edge_header("arn", "o" * 64)
    for header in (None, "", "o" * 63, "é" * 64):
        with pytest.raises(NotThroughTheEdge):
            secrets.require_edge_header("arn", header)


def test_an_edge_without_a_secret_admits_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch, "")
    with pytest.raises(secrets.UnusableSecret):
        secrets.require_edge_header("arn", "")


def test_while_the_edge_secret_is_replaced_the_old_and_the_new_value_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = Rotation(monkeypatch)
    assert secret.takes("a" * 64)
    secret.values.append("b" * 64)
    assert secret.takes("b" * 64)
    assert secret.takes("a" * 64)
    assert not secret.takes("c" * 64)


def test_a_process_that_began_after_the_replacement_takes_the_old_value_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = Rotation(monkeypatch)
    secret.values = ["0" * 64, "a" * 64]
    assert secret.takes("0" * 64)


def test_strangers_cause_at_most_one_reading_of_the_secret_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = Rotation(monkeypatch)
    assert not any(secret.takes("x" * 64) for _ in range(50))
    assert secret.reads == 2
    secret.values.append("b" * 64)
    assert not secret.takes("b" * 64)
    secret.now += secrets.SECRET_CACHE_SECONDS
    assert secret.takes("b" * 64)
    assert secret.reads == 4


def test_a_secret_replaced_twice_is_out_of_use(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Rotation(monkeypatch)
    secret.values = ["0" * 64, "1" * 64, "a" * 64]
    assert not secret.takes("0" * 64)
