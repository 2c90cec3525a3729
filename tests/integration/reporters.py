"""Reporters and the public API in one process: the real handler on moto."""

from __future__ import annotations

import base64
import io
import json
import logging
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from moto import mock_aws
from moto.kms.models import kms_backends

from casework.aws.services import clients, public_keys, sealed_boxes, secrets, telemetry
from casework.aws.services.public_keys import PublicKey
from functions.intake import deployment, handler
from tests.integration.answers import Answered
from tests.tables import create_table, one_call_at_a_time

TABLE = "cases"
DROP = "drop"
"""The bucket of uploads; it exists in the tests of files."""
TRIAL_SECRET = "t" * 64
DIGEST = "d" * 64
"""The trial key of the stage: a deployer reads it to mark trials."""


@dataclass
class Reporters:
    """The public API, and its calls to AWS."""

    calls: Counter[str] = field(default_factory=Counter)
    """AWS calls by `service.Operation`."""
    reads: Counter[str] = field(default_factory=Counter)
    """Items of the table that were read, by operation."""
    logs: io.StringIO = field(default_factory=io.StringIO)
    edge: str = ""
    """The secret the edge adds to each request."""

    def send(self, document: Any, key: str | None = None, **headers: str) -> Answered:
        """POST /v1/reports. A document that is bytes is sent as it is."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        sent = {"content-type": "application/json", **_http(headers)}
        if key is not None:
            sent["idempotency-key"] = key
        return self.call("POST", "/v1/reports", sent, body)

    def follow(
        self, reference: str, receipt: str | None, cursor: str = "", **headers: str
    ) -> Answered:
        """GET /v1/reports/{reference}."""
        sent = _http(headers)
        if receipt is not None:
            sent["authorization"] = f"Receipt {receipt}"
        query = {"cursor": cursor} if cursor else {}
        return self.call("GET", f"/v1/reports/{reference}", sent, query=query)

    def call(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes = b"",
        *,
        query: dict[str, str] | None = None,
    ) -> Answered:
        """Any request, as the HTTP API hands it to the function."""
        if self.edge:
            headers = {secrets.EDGE_PROOF_HEADER: self.edge, **headers}
        response = handler.handle(an_event(method, path, headers, body, query), None)
        return Answered(response["statusCode"], response["headers"], response["body"])

    def items(self) -> list[dict[str, Any]]:
        """Everything in the table, in wire form."""
        found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
        return found

    def forget_process(self) -> None:
        """A new cold start: nothing is cached."""
        deployment.settings.cache_clear()
        clients.aws_client.cache_clear()
        secrets._text.cache_clear()


def an_event(
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
    query: dict[str, str] | None = None,
) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0."""
    try:
        text, encoded = body.decode(), False
    except UnicodeDecodeError:
        text, encoded = base64.b64encode(body).decode(), True
    return {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "queryStringParameters": query or {},
        "headers": {
            "user-agent": "CanaryAgent/1.0",
            "x-forwarded-for": "203.0.113.77",
            **(headers or {}),
        },
        "requestContext": {
            "http": {
                "method": method,
                "path": path,
                "sourceIp": "203.0.113.77",
                "userAgent": "CanaryAgent/1.0",
            },
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
        },
        "body": text or None,
        "isBase64Encoded": encoded,
    }


@contextmanager
def open_for_reports(monkeypatch: pytest.MonkeyPatch, origin: str = "") -> Iterator[Reporters]:
    """The table, keys and secrets of a deployment, and the function that serves reporters."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "POWERTOOLS_SERVICE_NAME": "intake",
    }.items():
        monkeypatch.setenv(name, value)
    one_call_at_a_time(monkeypatch)
    with mock_aws():
        settings = _deployed(origin)
        for name, value in settings.items():
            monkeypatch.setenv(name.upper(), value)
        reporters = Reporters(edge=origin)
        for each in telemetry._logger.handlers:
            if isinstance(each, logging.StreamHandler):
                monkeypatch.setattr(each, "stream", reporters.logs)
        reporters.forget_process()
        clients.reset_clients()
        events = clients.aws_session().get_component("event_emitter")

        def counted(model: Any, event_name: str, **_: Any) -> None:
            reporters.calls[f"{event_name.split('.')[1]}.{model.name}"] += 1

        def read(parsed: Any, model: Any, **_: Any) -> None:
            answers = [*parsed.get("Items", ()), *([parsed["Item"]] if "Item" in parsed else [])]
            answers += [each for table in parsed.get("Responses", {}).values() for each in table]
            reporters.reads[model.name] += len(answers)

        events.register("before-call.*", counted)
        for name in ("Query", "GetItem", "BatchGetItem"):
            events.register(f"after-call.dynamodb.{name}", read)
        yield reporters
        reporters.forget_process()
        clients.reset_clients()


def _deployed(origin: str) -> dict[str, str]:
    create_table(TABLE)
    kept = boto3.client("secretsmanager")

    def secret(name: str, value: str) -> str:
        return kept.create_secret(Name=name, SecretString=value)["ARN"]

    contact, identity = sealing_key(), sealing_key()
    return {
        "stage": "test",
        "case_table": TABLE,
        "pack": "ma",
        "address_secret": secret("address", json.dumps({"key": "a" * 64})),
        "pepper_secret": secret("pepper", json.dumps({"current": "1", "1": "p" * 64})),
        "own_secret": secret("own", json.dumps({"key": "o" * 64})),
        "digest_secret": secret("digest", json.dumps({"key": DIGEST})),
        "trial_secret": secret("trial", json.dumps({"key": TRIAL_SECRET})),
        "contact_key": contact,
        "contact_public_key": public_keys.fetch_public_key(contact),
        "identity_key": identity,
        "identity_public_key": public_keys.fetch_public_key(identity),
        "drop": DROP,
        "drop_key": "arn:aws:kms:eu-west-3:123456789012:key/of-uploads",
        "address": "https://portal.example.org",
        "origin_secret": secret("origin", origin) if origin else "",
    }


def sealing_key() -> str:
    """ARN of a new key; shorter than the deployed RSA_3072, which takes a second to make."""
    made = boto3.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    return str(made["KeyMetadata"]["Arn"])


def half_of(key_arn: str) -> PublicKey:
    """The public half that boxes for this key are sealed with."""
    return PublicKey.parse(key_arn, public_keys.fetch_public_key(key_arn))


class Unwrapping:
    """KMS for functions that open boxes: moto keeps RSA keys and does not decrypt with them."""

    def decrypt(self, **call: Any) -> dict[str, bytes]:
        """The answer of `kms:Decrypt`."""
        assert call["EncryptionAlgorithm"] == sealed_boxes.KEY_WRAPPING_ALGORITHM
        key: Any = kms_backends["123456789012"]["eu-west-3"].keys[call["KeyId"].split("/")[-1]]
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label=None)
        return {"Plaintext": key.private_key.private_key.decrypt(call["CiphertextBlob"], oaep)}


def _http(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def a_key() -> str:
    """A fresh Idempotency-Key."""
    return str(uuid.uuid4())
