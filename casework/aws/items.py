"""Plain reads and writes of items that stand beside cases and reports, for those who keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework.aws import keys
from casework.aws.clients import client
from casework.aws.faults import code_of
from casework.aws.wire import from_wire, to_wire


def get(table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """The item at a key, strongly read."""
    answer = client("dynamodb").get_item(TableName=table, Key=to_wire(key), ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None


def under(
    table: str,
    partition: str,
    begins: str = "",
    *,
    last_first: bool = False,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """The items of a partition whose sort key begins so, in order, strongly read."""
    query: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk" + (" AND begins_with(sk, :begins)" if begins else ""),
        "ExpressionAttributeValues": to_wire(
            {":pk": partition, **({":begins": begins} if begins else {})}
        ),
        "ConsistentRead": True,
        "ScanIndexForward": not last_first,
    }
    left = limit
    while True:
        if left is not None:
            query["Limit"] = left
        answer = client("dynamodb").query(**query)
        yield from map(from_wire, answer["Items"])
        if left is not None:
            left -= len(answer["Items"])
        if "LastEvaluatedKey" not in answer or left == 0:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def places(table: str, flow: str) -> Iterator[dict[str, Any]]:
    """The keys of the items in one `flow` of the index, in order."""
    query: dict[str, Any] = {
        "TableName": table,
        "IndexName": keys.BY_FLOW,
        "KeyConditionExpression": "#flow = :flow",
        "ExpressionAttributeNames": {"#flow": keys.FLOW},
        "ExpressionAttributeValues": to_wire({":flow": flow}),
    }
    while True:
        answer = client("dynamodb").query(**query)
        yield from map(from_wire, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def put(table: str, item: Mapping[str, Any]) -> None:
    """Write an item, in the place of whatever stood there."""
    client("dynamodb").put_item(TableName=table, Item=to_wire(item))


def put_new(table: str, item: Mapping[str, Any]) -> bool:
    """Write an item where none is; False when there is one."""
    try:
        client("dynamodb").put_item(
            TableName=table,
            Item=to_wire(item),
            ConditionExpression=f"attribute_not_exists({keys.PARTITION})",
        )
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        return False
    return True
