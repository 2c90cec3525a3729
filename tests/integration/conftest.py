"""What every test of an edge stands on: moto, and the constants infra deploys from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casework.aws import announcements
from tests.integration.desks import TOKEN, Desk, open_desk
from tests.office import Office, open_office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(monkeypatch) as opened:
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
    """Ids of what supervisors are told."""
    ids: list[str] = []
    monkeypatch.setattr(announcements, "publish", lambda topic, each, at: ids.append(each.id))
    return ids
