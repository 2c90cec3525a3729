"""A client is made of each service that the code calls, without a look at all other services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader

from casework.aws.services import clients

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    clients.reset_clients()
    yield
    clients.reset_clients()


def test_there_is_a_client_of_every_service_that_the_code_names_and_of_no_other() -> None:
    code = [path for room in ("casework", "functions") for path in (ROOT / room).rglob("*.py")]
    named = {
        name
        for path in code
        for name in re.findall(r'client\("([\w-]+)"\)', path.read_text("utf-8"))
    }
    assert named == set(clients.CLIENT_SERVICES)


@pytest.mark.parametrize("name", clients.CLIENT_SERVICES)
def test_a_client_is_made_without_listing_the_services(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its service has rules of endpoints, which botocore looks for in the same list."""
    ruled: list[str] = []
    load = Loader.load_service_model

    def loaded(self: Loader, service_name: str, type_name: str, api_version: str | None) -> object:
        ruled.append(type_name)
        return load(self, service_name, type_name, api_version)

    def lists(*_: object) -> list[str]:
        raise AssertionError("all services were listed")

    monkeypatch.setattr(Loader, "load_service_model", loaded)
    monkeypatch.setattr(Loader, "list_available_services", lists)
    assert clients.aws_client(name).meta.service_model.service_name == name
    assert "endpoint-rule-set-1" in ruled
