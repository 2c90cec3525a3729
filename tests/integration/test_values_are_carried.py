"""Values that the tests carry past the model of the service are what they were at the other end."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from tests.integration.desks import TABLE, Desk

KEY = {"pk": {"S": "VALUES#1"}, "sk": {"S": "VALUES"}}
EACH: dict[str, Any] = {
    "text": {"S": "سلام"},
    "number": {"N": "12.50"},
    "bytes": {"B": b"\x00\xff"},
    "yes": {"BOOL": True},
    "none": {"NULL": True},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "several": {"BS": [b"\x00", b"\xff"]},
    "map": {"M": {"in": {"L": [{"B": b"\x01"}, {"M": {}}, {"L": []}, {"N": "3"}]}}},
}


def test_each_kind_of_value_comes_back_as_it_was_written(desk: Desk) -> None:
    client: Any = boto3.client("dynamodb")
    client.put_item(TableName=TABLE, Item={**KEY, **EACH})
    assert client.get_item(TableName=TABLE, Key=KEY)["Item"] == {**KEY, **EACH}
    asked = {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": KEY["pk"]},
    }
    (found,) = client.query(**asked)["Items"]
    assert found == {**KEY, **EACH}
    (some,) = client.query(
        **asked,
        ProjectionExpression="#m, #b",
        ExpressionAttributeNames={
            "#m": "map",
            "#b": "bytes",
        },
    )["Items"]
    assert some == {"map": EACH["map"], "bytes": EACH["bytes"]}
    client.update_item(
        TableName=TABLE,
        Key=KEY,
        UpdateExpression="SET #t = :t, #b = :b",
        ExpressionAttributeNames={"#t": "text", "#b": "bytes"},
        ExpressionAttributeValues={":t": {"S": "other"}, ":b": {"B": b"other"}},
    )
    changed = {"text": {"S": "other"}, "bytes": {"B": b"other"}}
    assert client.get_item(TableName=TABLE, Key=KEY)["Item"] == {**KEY, **EACH, **changed}


def test_a_refused_transaction_leaves_every_item_as_it_was(desk: Desk) -> None:
    client: Any = boto3.client("dynamodb")
    beside = {**KEY, "sk": {"S": "BESIDE"}}
    for key in (KEY, beside):
        client.put_item(TableName=TABLE, Item={**key, **EACH})
    update = {
        "TableName": TABLE,
        "UpdateExpression": "SET #n = :n",
        "ExpressionAttributeNames": {"#n": "number"},
        "ExpressionAttributeValues": {":n": {"N": "0"}},
    }
    never = {**update, "Key": beside, "ConditionExpression": "attribute_not_exists(pk)"}
    with pytest.raises(ClientError, match="TransactionCanceled"):
        client.transact_write_items(
            TransactItems=[{"Update": {**update, "Key": KEY}}, {"Update": never}]
        )
    for key in (KEY, beside):
        assert client.get_item(TableName=TABLE, Key=key)["Item"] == {**key, **EACH}


def test_an_item_is_refused_that_is_larger_than_the_service_takes(desk: Desk) -> None:
    client: Any = boto3.client("dynamodb")
    client.put_item(TableName=TABLE, Item={**KEY, "text": {"S": "a" * 399_000}})
    with pytest.raises(ClientError, match="size"):
        client.put_item(TableName=TABLE, Item={**KEY, "text": {"S": "a" * 410_000}})


def test_a_value_of_no_kind_is_refused_before_it_is_sent(desk: Desk) -> None:
    client: Any = boto3.client("dynamodb")
    with pytest.raises(ParamValidationError):
        client.put_item(TableName=TABLE, Item={**KEY, "text": {"T": "a"}})
