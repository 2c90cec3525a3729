"""The keys of the deployment are whole, or nothing is served."""

from __future__ import annotations

import json

import pytest

from casework.aws import secrets
from casework.errors import NotThroughTheEdge


def kept(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(secrets, "_text", lambda _: text)


def test_a_key_that_is_missing_or_short_is_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in ({}, {"key": ""}, {"key": "canary"}):
        kept(monkeypatch, json.dumps(secret))
        with pytest.raises(secrets.UnusableSecret) as refused:
            secrets.key("arn")
        assert "canary" not in str(refused.value)


def test_the_current_pepper_is_one_of_the_peppers(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch, json.dumps({"current": "2", "1": "p" * 64, "2": "q" * 64}))
    assert secrets.current_pepper("arn") == ("2", b"q" * 64)
    assert secrets.pepper("arn", "1") == b"p" * 64
    kept(monkeypatch, json.dumps({"current": "3", "1": "p" * 64}))
    with pytest.raises(secrets.UnusableSecret):
        secrets.current_pepper("arn")


def test_the_edge_is_known_by_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch, "o" * 64)
    secrets.refuse_past_the_edge("", None)
    secrets.refuse_past_the_edge("arn", "o" * 64)
    for header in (None, "", "o" * 63, "é" * 64):
        with pytest.raises(NotThroughTheEdge):
            secrets.refuse_past_the_edge("arn", header)


def test_an_edge_without_a_secret_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    kept(monkeypatch, "")
    with pytest.raises(secrets.UnusableSecret):
        secrets.refuse_past_the_edge("arn", "")
