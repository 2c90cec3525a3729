"""The one table, made in moto from the constants that infra makes it from."""

from __future__ import annotations

import copy
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from casework.aws.table import keys

INDEXES = {
    keys.FLOW_INDEX: (keys.FLOW_PARTITION_KEY, keys.FLOW_SORT_KEY),
    keys.QUEUE_INDEX: (keys.QUEUE_PARTITION_KEY, keys.QUEUE_SORT_KEY),
}


def create_table(name: str) -> None:
    """The table with its indexes, empty."""
    attributes = [
        keys.PARTITION_KEY,
        keys.SORT_KEY,
        *(each for pair in INDEXES.values() for each in pair),
    ]
    client: Any = boto3.client("dynamodb")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in attributes],
        KeySchema=_schema(keys.PARTITION_KEY, keys.SORT_KEY),
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


_WRITE = DynamoDBBackend.transact_write_items
_touched = threading.local()


def _transact_write_items(backend: DynamoDBBackend, writes: Sequence[dict[str, Any]]) -> None:
    """Tell the copy that moto makes for its way back which items the transaction touches."""
    each = [next(iter(write.values())) for write in writes]
    named = [one.get("Key") or one["Item"] for one in each]
    _touched.items = defaultdict(set)
    for key in named:
        if key.keys() >= {keys.PARTITION_KEY, keys.SORT_KEY}:
            _touched.items[key[keys.PARTITION_KEY].get("S")].add(key[keys.SORT_KEY].get("S"))
    try:
        _WRITE(backend, list(writes))
    finally:
        del _touched.items


def _copied(table: Table, _memo: dict[int, Any]) -> Table:
    made = object.__new__(type(table))  # moto's own would keep each copy for ever
    made.__dict__.update(table.__dict__)
    touched = getattr(_touched, "items", None)
    if touched is None:
        made.items = copy.deepcopy(table.items)
        return made
    made.items = defaultdict(dict, table.items)
    for named, sorts in touched.items():
        partition = DynamoType({"S": named})
        if partition in table.items:
            made.items[partition] = {
                sort: copy.deepcopy(item) if sort.value in sorts else item
                for sort, item in table.items[partition].items()
            }
    return made


# Otherwise moto copies the whole table, deeply, for each transaction: a test costs its square.
DynamoDBBackend.transact_write_items = _transact_write_items  # type: ignore[assignment]
Table.__deepcopy__ = _copied  # type: ignore[attr-defined]


INDEX_NAME = 6
"""The place of the index among the arguments of moto's query, after the key."""
_QUERY, _ALL = Table.query, Table.all_items


def _query(table: Table, hash_key: Any, *asked: Any, **named: Any) -> Any:
    """Look at the partition of a query only: moto looks at every item of the table."""
    if (asked[INDEX_NAME] if len(asked) > INDEX_NAME else named.get("index_name")) is None:
        _touched.queried = table, hash_key
    try:
        return _QUERY(table, hash_key, *asked, **named)
    finally:
        _touched.queried = None


def _all_items(table: Table) -> Any:
    queried = getattr(_touched, "queried", None)
    if queried is None or queried[0] is not table:
        return _ALL(table)
    return iter(list(table.items[queried[1]].values()) if queried[1] in table.items else [])


# Otherwise moto looks at every item of the table for each query of one partition.
Table.query = _query  # type: ignore[assignment]
Table.all_items = _all_items  # type: ignore[assignment]
