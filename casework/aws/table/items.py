"""Plain reads and writes of the table's items, for modules that know their content.

Reads are strongly consistent where the service supports it: everywhere except in the indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.aws.services.clients import aws_client
from casework.aws.services.service_errors import code_of
from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.errors import Busy

MAX_BATCH_ATTEMPTS = 8
"""Repetitions for keys that the service left unread."""

IF_ABSENT_CONDITION = f"attribute_not_exists({keys.PARTITION_KEY})"
"""The condition that no item is there."""


class WriteConflict(Exception):
    """The item is not as it was read: another writer was first."""

    error_code = "WrittenMeanwhile"

    def __init__(self, *failed: int) -> None:
        super().__init__(*failed)
        self.failed = frozenset(failed)
        """The places, in a transaction, of the writes whose condition failed; none where the table
        had another transaction on one of the items."""


@dataclass(frozen=True)
class ItemPage:
    """Some ids of a list, and the position for the next page (None at the end)."""

    ids: list[str]
    after: str | None


# ---- reads -------------------------------------------------------------------------------------


def get_item(table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """The item at a key, strongly read."""
    answer = aws_client("dynamodb").get_item(
        TableName=table, Key=to_wire_item(key), ConsistentRead=True
    )
    return values_from_wire_item(answer["Item"]) if "Item" in answer else None


def get_items(
    table: str, wanted: Sequence[Mapping[str, str]], attributes: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The items at up to 100 different keys, in any order, without missing ones."""
    pending: dict[str, Any] = {
        "Keys": [to_wire_item(key) for key in wanted],
        "ConsistentRead": True,
    }
    if attributes:
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        pending["ProjectionExpression"] = ", ".join(names)
        pending["ExpressionAttributeNames"] = names
    found: list[dict[str, Any]] = []
    for _ in range(MAX_BATCH_ATTEMPTS):
        if not pending.get("Keys"):
            return found
        answer = aws_client("dynamodb").batch_get_item(RequestItems={table: pending})
        found += map(values_from_wire_item, answer["Responses"].get(table, []))
        pending = answer.get("UnprocessedKeys", {}).get(table, {})
    raise Busy("The table is busy.")


def query_items(
    table: str, limit: int | None = None, after: Mapping[str, str] | None = None, /, **query: Any
) -> Iterator[dict[str, Any]]:
    """The items of a query, after a key and at most `limit`, page by page on demand."""
    remaining = limit
    start = {"ExclusiveStartKey": to_wire_item(after)} if after is not None else {}
    while True:
        if remaining is not None:
            query["Limit"] = remaining
        answer = aws_client("dynamodb").query(TableName=table, **query, **start)
        yield from map(values_from_wire_item, answer["Items"])
        if remaining is not None:
            remaining -= len(answer["Items"])
        if "LastEvaluatedKey" not in answer or remaining == 0:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def query_prefix(
    table: str,
    partition: str,
    begins: str = "",
    *,
    limit: int | None = None,
    after: Mapping[str, str] | None = None,
    last_first: bool = False,
) -> Iterator[dict[str, Any]]:
    """The items of a partition whose sort key has this prefix, in order, strongly read."""
    yield from query_items(
        table,
        limit,
        after,
        KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :begins)" if begins else ""),
        ExpressionAttributeValues=to_wire_item(
            {":pk": partition, **({":begins": begins} if begins else {})}
        ),
        ConsistentRead=True,
        ScanIndexForward=not last_first,
    )


def query_between(
    table: str,
    first: Mapping[str, str],
    last: Mapping[str, str],
    *,
    limit: int | None = None,
    backwards: bool = False,
) -> Iterator[dict[str, Any]]:
    """The items of a partition from one key to another, both included, strongly read."""
    yield from query_items(
        table,
        limit,
        ScanIndexForward=not backwards,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=to_wire_item(
            {
                ":pk": first[keys.PARTITION_KEY],
                ":first": first[keys.SORT_KEY],
                ":last": last[keys.SORT_KEY],
            }
        ),
        ConsistentRead=True,
    )


def query_keys(table: str, partition: str, begins: str = "") -> Iterator[dict[str, str]]:
    """Only the keys of the items that `query_prefix` reads."""
    yield from query_items(
        table,
        KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :begins)" if begins else ""),
        ExpressionAttributeValues=to_wire_item(
            {":pk": partition, **({":begins": begins} if begins else {})}
        ),
        ProjectionExpression="pk, sk",
        ConsistentRead=True,
    )


def query_index(
    table: str,
    index: str,
    value: str,
    *,
    before: str | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """The keys of the items at one place of an index, in order, before or after a sort key, or from
    one to another."""
    partition, sort = keys.KEYS_BY_INDEX[index]
    condition, values, names = "#partition = :value", {":value": value}, {"#partition": partition}
    if before is not None and after is not None:  # the service takes one condition on a sort key
        condition += " AND #sort BETWEEN :after AND :before"
    elif before is not None:
        condition += " AND #sort < :before"
    elif after is not None:
        condition += " AND #sort > :after"
    for name, place in ((":before", before), (":after", after)):
        if place is not None:
            values[name], names["#sort"] = place, sort
    yield from query_items(
        table,
        limit,
        IndexName=index,
        KeyConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=to_wire_item(values),
    )


# ---- writes ------------------------------------------------------------------------------------


def put_write(table: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """The write of an item that replaces any existing one, for a transaction."""
    return {"Put": {"TableName": table, "Item": to_wire_item(item)}}


def delete_write(table: str, key: Mapping[str, str], *, of: Sequence[str] = ()) -> dict[str, Any]:
    """The write that deletes an item, if it exists, for a transaction; with `of`, only while it
    belongs to one of those cases."""
    return {"Delete": _deleting(table, key, of)}


def put_item(table: str, item: Mapping[str, Any]) -> None:
    """Write an item, replacing any existing one."""
    aws_client("dynamodb").put_item(TableName=table, Item=to_wire_item(item))


def put_new_item(table: str, item: Mapping[str, Any]) -> bool:
    """Write an item where there is none; False when there is one."""
    try:
        aws_client("dynamodb").put_item(
            TableName=table, Item=to_wire_item(item), ConditionExpression=IF_ABSENT_CONDITION
        )
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        return False
    return True


def put_item_if(put: Mapping[str, Any]) -> None:
    """Make a conditional put; raises WriteConflict when its condition fails."""
    try:
        aws_client("dynamodb").put_item(**put)
    except Exception as error:
        if code_of(error) in {"ConditionalCheckFailedException", "TransactionConflictException"}:
            raise WriteConflict from error
        raise


def delete_item(table: str, key: Mapping[str, str], *, of: Sequence[str] = ()) -> None:
    """Delete an item, if it exists; with `of`, only while it belongs to one of those cases."""
    try:
        aws_client("dynamodb").delete_item(**_deleting(table, key, of))
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise


def _deleting(table: str, key: Mapping[str, str], of: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {"TableName": table, "Key": to_wire_item(key)}
    if of:
        values = {f":of{number}": case_id for number, case_id in enumerate(of)}
        said["ConditionExpression"] = f"case_id IN ({', '.join(values)})"
        said["ExpressionAttributeValues"] = to_wire_item(values)
    return said


def update_item(update: Mapping[str, Any]) -> bool:
    """Make an update; False when its condition fails."""
    try:
        aws_client("dynamodb").update_item(**update)
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        return False
    return True


def write_transaction(writes: Sequence[Mapping[str, Any]]) -> None:
    """Make all writes or none; raises WriteConflict when a condition fails, and Busy."""
    try:
        aws_client("dynamodb").transact_write_items(TransactItems=writes)
    except Exception as error:
        if code_of(error) != "TransactionCanceledException":
            raise
        told = getattr(error, "response", {}).get("CancellationReasons", [])
        reasons = [reason.get("Code") for reason in told]
        if {*reasons} & {"ConditionalCheckFailed", "TransactionConflict"}:
            failed = (n for n, each in enumerate(reasons) if each == "ConditionalCheckFailed")
            raise WriteConflict(*failed) from error
        if {*reasons} & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
            raise Busy("The table is busy.") from error
        raise
