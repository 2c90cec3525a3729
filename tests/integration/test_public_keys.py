"""A deployment is told the public half of a key, once, and hears of it if it cannot be."""

from __future__ import annotations

import base64
import io
import json
import logging
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from moto import mock_aws

from casework.aws.services import clients, custom_resource, public_keys, telemetry
from functions.public_keys import handler
from tests.integration.reporters import sealing_key

SIGNATURE = "X-Amz-Signature=canary"


@dataclass
class Stack:
    """CloudFormation, as a custom resource knows it."""

    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    says: list[int] = field(default_factory=list)
    """Statuses of its next answers; then 200."""
    logs: io.StringIO = field(default_factory=io.StringIO)

    def asks(self, kind: str, key: str, named: str | None = None) -> dict[str, Any]:
        """Call the function and return its answer; without a key the event names none."""
        known = {} if named is None else {"PhysicalResourceId": named}
        handler.handle(
            {
                "RequestType": kind,
                "ResponseURL": f"{self.url}/answers/of-a-stack?{SIGNATURE}&Expires=1",
                "StackId": "a stack",
                "RequestId": "a request",
                "LogicalResourceId": "PublicKeysContact",
                "ResourceType": "Custom::PublicKey",
                "ResourceProperties": {
                    "ServiceToken": "a function",
                    **({"Key": key} if key else {}),
                },
                **known,
            },
            None,
        )
        return self.heard[-1]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-3",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(public_keys, "KEY_FETCH_PAUSES_SECONDS", (0, 0))
    monkeypatch.setattr(custom_resource, "CALLBACK_PAUSES_SECONDS", (0, 0))
    made = Stack()
    for each in telemetry._logger.handlers:
        if isinstance(each, logging.StreamHandler):
            monkeypatch.setattr(each, "stream", made.logs)

    class Answers(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            made.heard.append(json.loads(content))
            made.headers.append(dict(self.headers.items()))
            made.paths.append(self.path)
            self.send_response(made.says.pop(0) if made.says else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """No answer is sent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    clients.reset_clients()
    with mock_aws():
        yield made
    clients.reset_clients()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_stack_is_told_the_public_half_of_the_key_that_it_names(stack: Stack, kind: str) -> None:
    key = sealing_key()
    told = stack.asks(kind, key, None if kind == "Create" else "the key before")
    real = boto3.client("kms").get_public_key(KeyId=key)["PublicKey"]
    assert told == {
        "Status": "SUCCESS",
        "StackId": "a stack",
        "RequestId": "a request",
        "LogicalResourceId": "PublicKeysContact",
        "PhysicalResourceId": key,
        "Data": {"PublicKey": base64.b64encode(real).decode()},
    }


def test_another_key_is_another_resource_and_the_same_key_the_same(stack: Stack) -> None:
    first, second = sealing_key(), sealing_key()
    named = [stack.asks("Update", key, first)["PhysicalResourceId"] for key in (first, second)]
    assert named == [first, second]


def test_the_upload_is_of_the_type_that_its_address_was_signed_for(stack: Stack) -> None:
    stack.asks("Create", sealing_key())
    assert stack.headers[0]["Content-Type"] == ""
    assert stack.paths == [f"/answers/of-a-stack?{SIGNATURE}&Expires=1"]


def test_deleting_needs_no_call_even_if_the_key_is_gone(stack: Stack) -> None:
    told = stack.asks("Delete", "arn:aws:kms:eu-west-3:123456789012:key/gone", "what it was called")
    assert (told["Status"], told["PhysicalResourceId"]) == ("SUCCESS", "what it was called")


def test_a_key_that_is_not_there_yet_is_asked_for_again(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, upstream, tries = sealing_key(), clients.aws_client, []

    def late(service: str) -> Any:
        tries.append(service)
        missing = "arn:aws:kms:eu-west-3:123456789012:key/not-yet"
        kms = upstream(service)

        class Late:
            def get_public_key(self, **call: Any) -> Any:
                return kms.get_public_key(**(call if len(tries) > 2 else {"KeyId": missing}))

        return Late()

    monkeypatch.setattr(public_keys, "aws_client", late)
    assert stack.asks("Create", key)["Status"] == "SUCCESS"
    assert len(tries) == 3


@pytest.mark.parametrize("named", [None, "the key before"])
def test_a_deployment_fails_with_a_reason_where_the_key_cannot_be_read(
    stack: Stack, named: str | None
) -> None:
    told = stack.asks("Create", "arn:aws:kms:eu-west-3:123456789012:key/gone", named)
    assert told["Status"] == "FAILED"
    assert told["Reason"] == "The public half of the key could not be read: NotFoundException"
    assert told["PhysicalResourceId"] == (named or "PublicKeysContact"), "nothing is to be deleted"
    assert "Data" not in told


def test_a_deployment_fails_where_the_key_is_of_another_kind(stack: Stack) -> None:
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    told = stack.asks("Create", str(made["KeyMetadata"]["Arn"]))
    assert told["Status"] == "FAILED"
    assert told["Reason"].endswith(": NotAPublicKey")


def test_an_event_without_a_key_still_gets_an_answer(stack: Stack) -> None:
    assert stack.asks("Create", "")["Reason"].endswith(": KeyError")


def test_a_refused_answer_to_cloudformation_is_sent_again(stack: Stack) -> None:
    stack.says = [503, 500]
    stack.asks("Create", sealing_key())
    assert [each["Status"] for each in stack.heard] == ["SUCCESS"] * 3


def test_no_log_and_no_error_tells_the_address_of_the_answer(stack: Stack) -> None:
    """Its holder can answer in the place of the function."""
    key = sealing_key()
    stack.says = [403, 403, 403]
    with pytest.raises(custom_resource.ResponseNotDelivered) as refused:
        stack.asks("Create", key)
    nowhere, stack.url = stack.url, "http://127.0.0.1:9"
    with pytest.raises(custom_resource.ResponseNotDelivered) as unreached:
        stack.asks("Create", key)
    stack.url = nowhere
    stack.asks("Create", "arn:aws:kms:eu-west-3:123456789012:key/gone")
    for raised in (refused, unreached):
        assert "canary" not in "".join(traceback.format_exception(raised.value))
    assert "public key not read" in stack.logs.getvalue()
    assert "canary" not in stack.logs.getvalue()
