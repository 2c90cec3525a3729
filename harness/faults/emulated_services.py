"""The emulator's services in this process: each AWS call is answered without a socket.

It is the emulator of `make run`, called through botocore's own hooks, so that requests are built
and checked as on AWS. Only forms of uploads are signed: here nothing reads another signature. One
process has one set of services; `forget` empties them.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from httpx import Request

from functions.public_keys.handler import public_key_answer
from local.aws import AwsClients
from local.emulator import buckets, cloudformation, memoisation, secrets
from local.emulator.upstream import app as emulator
from local.emulator.upstream import (
    custom_resource,
    lambda_svc,
    require_pinned,
    require_upstream_attributes,
)

ENDPOINT: Final = "http://127.0.0.1:4566"
"""No port is opened: this address is never dialled."""


class _Body(io.BytesIO):
    """The body of an answer for botocore."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        """The content, at once."""
        yield self.read()


class Services:
    """Calls the emulator in this process."""

    def __init__(self) -> None:
        _correct()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.get_ident()

    def clients(self) -> AwsClients:
        """Clients of observers; their calls never fail."""
        aws = AwsClients(ENDPOINT)
        self.answer(aws._session._session)
        return aws

    def answer(self, session: Any) -> None:
        """Answer every call of a botocore session here."""
        events = session.get_component("event_emitter")
        events.register("before-send.*", self._send)
        events.register("choose-signer.*", _signer)

    def send_form(self, bucket: str, fields: Mapping[str, str], content: bytes) -> int:
        """Send the form of a slot as CloudFront passes it on; the status of the answer."""
        form = Request("POST", ENDPOINT, data=fields, files={"file": ("x", content)})
        headers = [
            (b"host", urlsplit(ENDPOINT).netloc.encode()),
            (b"content-type", form.headers["Content-Type"].encode()),
        ]
        return self._ask("POST", f"/{bucket}", b"", headers, form.read())[0]

    def forget(self) -> None:
        """Empty all services."""
        self._ask("POST", "/_ministack/reset", b"", [], b"")

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        headers = [
            (name.lower().encode(), _content(value)) for name, value in request.headers.items()
        ]
        headers.append((b"host", url.netloc.encode()))
        status, told, content = self._ask(
            request.method, url.path or "/", url.query.encode(), headers, _content(request.body)
        )
        answered = HTTPHeaders()
        for name, value in told:
            answered.add_header(name.decode(), value.decode())
        return AWSResponse(request.url, status, answered, _Body(content))

    def _ask(
        self, method: str, path: str, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        given = [{"type": "http.request", "body": body, "more_body": False}]
        told: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return given.pop() if given else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": headers,
            "server": ("127.0.0.1", 4566),
            "client": ("127.0.0.1", 1),
        }
        answering = emulator.app(scope, receive, send)
        if threading.get_ident() == self._thread:
            self._loop.run_until_complete(answering)
        else:  # a stack is created in another thread, whose calls are separate
            asyncio.run(answering)
        content = b"".join(each.get("body", b"") for each in told[1:])
        return int(told[0]["status"]), list(told[0]["headers"]), content


def _signer(signature_version: Any, **_: Any) -> Any:
    """None, which chooses the usual one, for a form or an address that is signed ahead."""
    ahead = str(signature_version).endswith(("-presign-post", "-query"))
    return None if ahead else UNSIGNED


def _content(body: Any) -> bytes:
    """The bytes of a request, from bytes, text or a readable."""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _told(
    asked: str, logical_id: str, properties: dict[str, Any], *_: Any, **__: Any
) -> tuple[str, dict[str, str]]:
    """A function's answer to a stack: name and attributes of a resource. The function is called
    here, and its answer is not sent, because no port is open."""
    event = {
        "RequestType": asked,
        "StackId": "",
        "RequestId": "",
        "LogicalResourceId": logical_id,
        "ResourceProperties": properties,
    }
    said = public_key_answer(event)
    if said["Status"] != "SUCCESS":
        raise RuntimeError(said["Reason"])
    return said["PhysicalResourceId"], said["Data"]


@cache
def _correct() -> None:
    """The corrections of the emulator that a deployment needs; the emulator itself runs no
    function.

    `harness.faults.delivery` replaces its poller.
    """
    require_pinned()
    require_upstream_attributes(lambda_svc, "_ensure_poller")
    lambda_svc._ensure_poller = lambda: None
    require_upstream_attributes(custom_resource, "invoke_custom_resource")
    custom_resource.invoke_custom_resource = _told
    for correct in (
        *buckets.BUCKET_CORRECTIONS,
        *cloudformation.CLOUDFORMATION_CORRECTIONS,
        *secrets.SECRET_CORRECTIONS,
        *memoisation.MEMOISATION_CORRECTIONS,
    ):
        correct()
