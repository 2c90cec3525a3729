"""The base of every test of an edge: moto, and the constants of the infrastructure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import boto3
import pytest
from moto.kms import models
from moto.kms.utils import generate_private_key

from casework.aws.services import notifications
from functions.history import seal_day, verify_days
from tests.builders import NOON
from tests.integration.desks import TOKEN, Desk, open_desk
from tests.integration.nights import keys_and_bucket
from tests.integration.reporters import Reporters, open_for_reports
from tests.office import Office, open_office
from tests.picked import pick_by_known_names
from tests.values import carry_values_as_they_stand
from tests.without_wire import leave_out_the_wire

pick_by_known_names()
leave_out_the_wire()
carry_values_as_they_stand()


@cache
def _private_key(spec: str, number: int) -> Any:
    return generate_private_key(spec)


@pytest.fixture(autouse=True)
def _keys_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is given the same keys, one after the other: to make one takes longer than most."""
    numbers = itertools.count()
    monkeypatch.setattr(
        models, "generate_private_key", lambda spec: _private_key(spec, next(numbers))
    )


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(monkeypatch) as opened:
        yield opened


@pytest.fixture
def reporters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reporters]:
    with open_for_reports(monkeypatch) as opened:
        yield opened


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk API; after every test, no task token was in any answer or log."""
    with open_desk(monkeypatch) as opened:
        yield opened
        for answer in opened.shown:
            assert TOKEN not in answer
        assert TOKEN not in opened.logs.getvalue()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the messages to supervisors."""
    ids: list[str] = []
    monkeypatch.setattr(
        notifications, "publish_notification", lambda topic, each, at: ids.append(each.id)
    )
    return ids


@pytest.fixture
def sealing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Days of the desk are sealed: a signing key, and a bucket that keeps every version."""
    monkeypatch.setenv("TOPIC", boto3.client("sns").create_topic(Name="told")["TopicArn"])
    keys_and_bucket(monkeypatch)
    for nightly in (seal_day, verify_days):
        monkeypatch.setattr(nightly, "now", lambda: NOON + timedelta(days=1))
        nightly.settings.cache_clear()
    yield
    for nightly in (seal_day, verify_days):
        nightly.settings.cache_clear()
