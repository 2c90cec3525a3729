"""A call that hangs is answered 503 while there is time for it: whatever hangs, whoever calls."""

from __future__ import annotations

import signal
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config

from casework.aws.http.api import Api, Request, Response, respond_safely
from casework.aws.services import clients, time_limits
from tests.in_time import Context, hangs

REQUEST = Request("GET", "/v1/slow", {}, {}, {}, b"", {}, "urn:uuid:1")


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_limits, "REPEAT_ALARM_SECONDS", 0.02)


def slow(handler: Any) -> Api:
    api = Api()
    api.register_operation(
        "slow", "GET", "/v1/slow", summary="Slow", tag="test", answers={200: None}
    )(lambda _: handler())
    return api


def test_a_call_that_hangs_is_answered_503_and_says_when_to_come_back() -> None:
    context = Context(seconds=0.05)
    answer = slow(hangs).answer(REQUEST, context)
    assert isinstance(answer.body, dict)
    assert (answer.status, answer.headers["Retry-After"]) == (503, str(answer.body["retry_after"]))
    assert context.left > 0


def test_a_service_that_hangs_is_answered_503_although_the_sdk_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def never(*_: Any, **__: Any) -> None:
        tried.append("once more")
        hangs()

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "urlopen", never)
    service = boto3.client(
        "dynamodb",
        region_name="eu-west-3",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(
            retries={"mode": "standard", "total_max_attempts": clients.MAX_CALL_ATTEMPTS}
        ),
    )

    def work() -> Response:
        service.describe_limits()
        raise AssertionError("the service does not answer")

    context = Context(seconds=0.05)
    assert respond_safely(REQUEST, work, context).status == 503
    assert 1 <= len(tried) <= clients.MAX_CALL_ATTEMPTS
    assert context.left > 0


def test_code_that_swallows_the_first_alarm_gets_a_second() -> None:
    def deaf() -> Response:
        try:
            hangs()
        except Exception:  # noqa: BLE001 - as code does that goes on without a service
            hangs()

    assert respond_safely(REQUEST, deaf, Context(seconds=0.05)).status == 503


def test_no_alarm_of_a_call_rings_in_the_next_one() -> None:
    assert respond_safely(REQUEST, lambda: Response(200), Context(seconds=0.05)).status == 200
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    signal.setitimer(signal.ITIMER_REAL, 60, 60)  # as a call might leave it that was cut off
    assert respond_safely(REQUEST, lambda: Response(200), Context(seconds=0.05)).status == 200
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_call_that_says_nothing_of_its_time_has_all_it_takes() -> None:
    assert respond_safely(REQUEST, lambda: Response(200), None).status == 200
