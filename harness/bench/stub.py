"""The services behind intake, on loopback: another process answers each call at once.

It removes latency and the work of the service from the measurement, which is the CPU of the caller
alone.
"""

from __future__ import annotations

import base64
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.bench.deployment import REGION
from harness.bench.reference_reports import post
from harness.demo.reports import labelled_reports

KEY = f"arn:aws:kms:{REGION}:123456789012:key/5b0f0d6e-2d0a-4c7b-9f65-3f8f6c1d2a11"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/123456789012/queue"
STUB_SECRETS = {
    "address": {"key": "a" * 64},
    "pepper": {"current": "1", "1": "p" * 64},
    "own": {"key": "o" * 64},
    "trial": {"key": "t" * 64},
    "selector": {"key": "s" * 64},
    "digest": {"key": "d" * 64},
    "session": {"key": "q" * 64},
}


@cache
def public_half() -> str:
    """The public half for boxes, which are never opened."""
    der = (
        rsa.generate_private_key(public_exponent=65537, key_size=3072)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()


@dataclass(frozen=True)
class Stub:
    """A running stub."""

    port: int

    def environment(self) -> dict[str, str]:
        """The environment of a function that works against the stub."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "POWERTOOLS_SERVICE_NAME": "intake",
            "STAGE": "bench",
            "CASE_TABLE": "cases",
            "PACK": "ma",
            "CONTACT_KEY": KEY,
            "CONTACT_PUBLIC_KEY": public_half(),
            "IDENTITY_KEY": KEY,
            "IDENTITY_PUBLIC_KEY": public_half(),
            "EVIDENCE_KEY": KEY,
            "EVIDENCE_PUBLIC_KEY": public_half(),
            "PREVIEW_KEY": KEY,
            "PREVIEW_PUBLIC_KEY": public_half(),
            "DROP": "drop",
            "DROP_KEY": KEY,
            "VAULT": "vault",
            "PREVIEWS": "previews",
            "LISTS": "lists",
            "PACKAGES": "packages",
            "WORKFLOW": f"arn:aws:states:{REGION}:123456789012:stateMachine:cases",
            "TOPIC": f"arn:aws:sns:{REGION}:123456789012:units",
            "QUEUE": QUEUE,
            "EXAMINER": QUEUE,
            "RESULTS": QUEUE,
            "PACKING": QUEUE,
            "AUTHORITY": "https://stamps.example",
            "CERTIFICATE": "",
            "CLIENT_ID": "client",
            "BROWSER_CLIENT_ID": "browser",
            "ADDRESS": "https://example.org",
            "SIGNING_KEY": KEY,
            "LOG_KEY": KEY,
            "DOSSIER_KEY": KEY,
            "LOG_ORIGIN": "example.org/log",
            "BUCKET": "seals",
            **{f"{name.upper()}_SECRET": name for name in STUB_SECRETS},
        }

    def event_text(self) -> str:
        """The event of the first labelled report that is sent without a name."""
        reports = (report.body for report in labelled_reports())
        return json.dumps(
            post(
                "/v1/reports",
                next(body for body in reports if body["disclosure"]["kind"] == "anonymous"),
            )
        )


@contextmanager
def run_stub() -> Iterator[Stub]:
    """A stub as long as it is needed."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    process.start()
    try:
        yield Stub(here.recv())
    finally:
        process.terminate()
        process.join()


def _serve(tell: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Services)
    tell.send(server.server_address[1])
    server.serve_forever()


class _Services(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer: dict[str, Any]
        match self.headers["X-Amz-Target"].split(".")[-1]:
            case "GetSecretValue":
                answer = {"SecretString": json.dumps(STUB_SECRETS[asked["SecretId"]])}
            case "Query":
                answer = {"Items": [], "Count": 0}
            case "BatchGetItem":
                answer = {"Responses": {"cases": []}, "UnprocessedKeys": {}}
            case "ListExecutions":
                answer = {"executions": []}
            case _:
                answer = {}
        body = json.dumps(answer).encode()
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )

    def do_GET(self) -> None:
        """No file is there."""
        body = b"<Error><Code>NoSuchKey</Code></Error>"
        head = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/xml\r\n"
        self.wfile.write(head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def log_message(self, *_: object) -> None:
        """Log nothing."""
