"""The one table, made in moto from the constants that infra makes it from."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from casework.aws import keys

INDEXES = {keys.BY_FLOW: (keys.FLOW, keys.FLOW_AT), keys.BY_QUEUE: (keys.QUEUE, keys.QUEUE_AT)}


def create_table(name: str) -> None:
    """The table with its indexes, empty."""
    attributes = [keys.PARTITION, keys.SORT, *(each for pair in INDEXES.values() for each in pair)]
    client: Any = boto3.client("dynamodb")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
        KeySchema=_schema(keys.PARTITION, keys.SORT),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(partition, sort),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, (partition, sort) in INDEXES.items()
        ],
    )


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each call to the table atomic, as it is on the service; in moto threads tear them."""
    lock, call = threading.RLock(), BaseClient._make_api_call  # type: ignore[attr-defined]  # private

    def atomic(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name != "dynamodb":
            return call(client, operation, arguments)
        with lock:
            return call(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", atomic)
