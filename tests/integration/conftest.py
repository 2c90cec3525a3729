"""What every test of an edge stands on: moto, and the constants infra deploys from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.office import Office, open_office


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with open_office(monkeypatch) as opened:
        yield opened
