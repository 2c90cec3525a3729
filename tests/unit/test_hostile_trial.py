"""What `make hostile` judges: answers, and nothing that a busy service or another report said."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from casework.text.reference import case_id_from_reference
from harness.hostile.trial_run import AcceptedString, HostileTrial
from local.system import LocalSystem
from tests.builders import a_reference

TEXT = "http://0x7f.1/"
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], HostileTrial]:
    monkeypatch.setattr("harness.hostile.trial_run.staff.demo_token", lambda *_: "a-token")
    monkeypatch.setattr("harness.hostile.trial_run.time.sleep", lambda _: None)

    def of(answer: Answer) -> HostileTrial:
        system = cast("LocalSystem", SimpleNamespace(origin="http://127.0.0.1"))
        made = HostileTrial(system, lambda _: None)
        transport = httpx.MockTransport(answer)
        made._http = httpx.Client(base_url="http://127.0.0.1", transport=transport)
        return made

    return of


def a_sent(case_id: str = "") -> AcceptedString:
    codes = {"reference": a_reference(1), "receipt": "a-receipt"}
    return AcceptedString(
        TEXT, codes, {}, case_id or case_id_from_reference(a_reference(1)), [TEXT]
    )


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_stays_busy_is_told_as_busy(
    tried: Callable[[Answer], HostileTrial], status: int
) -> None:
    asked = tried(lambda _: httpx.Response(status, headers={"Retry-After": "1"}, json={}))
    asked._read_by_reporter(a_sent())
    asked._read_by_people(a_sent())
    asked._elsewhere(TEXT)
    assert asked.findings
    assert all(what.endswith(f"answered {status}") for _, what in asked.findings)


def test_a_service_that_was_busy_is_asked_again(tried: Callable[[Answer], HostileTrial]) -> None:
    busy = [httpx.Response(503, json={}), httpx.Response(429, json={})]

    def answer(request: httpx.Request) -> httpx.Response:
        if busy:
            return busy.pop()
        said: dict[str, Any] = {"messages": [{"text": TEXT}], "additions": []}
        page = f"<bdi>{TEXT}</bdi>"
        return (
            httpx.Response(200, text=page)
            if "follow" in request.url.path
            else httpx.Response(200, json=said)
        )

    asked = tried(answer)
    asked._read_by_reporter(a_sent())
    assert asked.findings == []


def test_a_refused_reader_is_a_finding(tried: Callable[[Answer], HostileTrial]) -> None:
    asked = tried(lambda _: httpx.Response(404, json={}))
    asked._read_by_people(a_sent())
    assert [what for _, what in asked.findings] == ["is not read by people: 404"]


@pytest.mark.parametrize(("number", "asks"), [(1, [a_reference(1)]), (2, [])])
def test_only_the_report_that_opened_a_case_is_asked_about_it(
    tried: Callable[[Answer], HostileTrial], number: int, asks: list[str]
) -> None:
    """A question that names no report is put to the one that opened the case: another string."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/review"):
            asked.append(json.loads(request.content)["report"])
        return httpx.Response(200, json={})

    tried(answer)._asked(a_sent(case_id_from_reference(a_reference(number))))
    assert asked == asks
