"""Plain reads and writes of the table's items, for modules that know their content.

Reads are strongly consistent where the service supports it: everywhere except in the indexes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework.aws.services.clients import client
from casework.aws.services.faults import code_of
from casework.aws.table import keys
from casework.aws.table.wire import from_wire, to_wire
from casework.errors import Busy

MOST_ASKED = 8
"""Repetitions for keys that the service left unread."""

NEW = f"attribute_not_exists({keys.PARTITION})"
"""The condition that no item is there."""


class WrittenMeanwhile(Exception):
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


def get(table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
    """The item at a key, strongly read."""
    answer = client("dynamodb").get_item(TableName=table, Key=to_wire(key), ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None


def get_many(
    table: str, wanted: Sequence[Mapping[str, str]], attributes: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The items at up to 100 different keys, in any order, without missing ones."""
    left: dict[str, Any] = {"Keys": [to_wire(key) for key in wanted], "ConsistentRead": True}
    if attributes:
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        left["ProjectionExpression"] = ", ".join(names)
        left["ExpressionAttributeNames"] = names
    found: list[dict[str, Any]] = []
    for _ in range(MOST_ASKED):
        if not left.get("Keys"):
            return found
        answer = client("dynamodb").batch_get_item(RequestItems={table: left})
        found += map(from_wire, answer["Responses"].get(table, []))
        left = answer.get("UnprocessedKeys", {}).get(table, {})
    raise Busy("The table is busy.")


def query(
    table: str, limit: int | None = None, after: Mapping[str, str] | None = None, /, **asked: Any
) -> Iterator[dict[str, Any]]:
    """The items of a query, after a key and at most `limit`, page by page on demand."""
    left = limit
    start = {"ExclusiveStartKey": to_wire(after)} if after is not None else {}
    while True:
        if left is not None:
            asked["Limit"] = left
        answer = client("dynamodb").query(TableName=table, **asked, **start)
        yield from map(from_wire, answer["Items"])
        if left is not None:
            left -= len(answer["Items"])
        if "LastEvaluatedKey" not in answer or left == 0:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def under(
    table: str,
    partition: str,
    begins: str = "",
    *,
    limit: int | None = None,
    after: Mapping[str, str] | None = None,
    last_first: bool = False,
) -> Iterator[dict[str, Any]]:
    """The items of a partition whose sort key has this prefix, in order, strongly read."""
    yield from query(
        table,
        limit,
        after,
        KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :begins)" if begins else ""),
        ExpressionAttributeValues=to_wire(
            {":pk": partition, **({":begins": begins} if begins else {})}
        ),
        ConsistentRead=True,
        ScanIndexForward=not last_first,
    )


def between(
    table: str,
    first: Mapping[str, str],
    last: Mapping[str, str],
    *,
    limit: int | None = None,
    backwards: bool = False,
) -> Iterator[dict[str, Any]]:
    """The items of a partition from one key to another, both included, strongly read."""
    yield from query(
        table,
        limit,
        ScanIndexForward=not backwards,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues=to_wire(
            {
                ":pk": first[keys.PARTITION],
                ":first": first[keys.SORT],
                ":last": last[keys.SORT],
            }
        ),
        ConsistentRead=True,
    )


def keys_under(table: str, partition: str, begins: str = "") -> Iterator[dict[str, str]]:
    """Only the keys of the items that `under` reads."""
    yield from query(
        table,
        KeyConditionExpression="pk = :pk" + (" AND begins_with(sk, :begins)" if begins else ""),
        ExpressionAttributeValues=to_wire(
            {":pk": partition, **({":begins": begins} if begins else {})}
        ),
        ProjectionExpression="pk, sk",
        ConsistentRead=True,
    )


def indexed(
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
    partition, sort = keys.INDEXES[index]
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
    yield from query(
        table,
        limit,
        IndexName=index,
        KeyConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=to_wire(values),
    )


# ---- writes ------------------------------------------------------------------------------------


def putting(table: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """The write of an item that replaces any existing one, for a transaction."""
    return {"Put": {"TableName": table, "Item": to_wire(item)}}


def deleting(table: str, key: Mapping[str, str], *, of: Sequence[str] = ()) -> dict[str, Any]:
    """The write that deletes an item, if it exists, for a transaction; with `of`, only while it
    belongs to one of those cases."""
    return {"Delete": _deleting(table, key, of)}


def put(table: str, item: Mapping[str, Any]) -> None:
    """Write an item, replacing any existing one."""
    client("dynamodb").put_item(TableName=table, Item=to_wire(item))


def put_new(table: str, item: Mapping[str, Any]) -> bool:
    """Write an item where there is none; False when there is one."""
    try:
        client("dynamodb").put_item(TableName=table, Item=to_wire(item), ConditionExpression=NEW)
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        return False
    return True


def put_if(put: Mapping[str, Any]) -> None:
    """Make a conditional put; raises WrittenMeanwhile when its condition fails."""
    try:
        client("dynamodb").put_item(**put)
    except Exception as error:
        if code_of(error) in {"ConditionalCheckFailedException", "TransactionConflictException"}:
            raise WrittenMeanwhile from error
        raise


def delete(table: str, key: Mapping[str, str], *, of: Sequence[str] = ()) -> None:
    """Delete an item, if it exists; with `of`, only while it belongs to one of those cases."""
    try:
        client("dynamodb").delete_item(**_deleting(table, key, of))
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise


def _deleting(table: str, key: Mapping[str, str], of: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {"TableName": table, "Key": to_wire(key)}
    if of:
        values = {f":of{number}": case_id for number, case_id in enumerate(of)}
        said["ConditionExpression"] = f"case_id IN ({', '.join(values)})"
        said["ExpressionAttributeValues"] = to_wire(values)
    return said


def update(update: Mapping[str, Any]) -> bool:
    """Make an update; False when its condition fails."""
    try:
        client("dynamodb").update_item(**update)
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise
        return False
    return True


def transact(writes: Sequence[Mapping[str, Any]]) -> None:
    """Make all writes or none; raises WrittenMeanwhile when a condition fails, and Busy."""
    try:
        client("dynamodb").transact_write_items(TransactItems=writes)
    except Exception as error:
        if code_of(error) != "TransactionCanceledException":
            raise
        told = getattr(error, "response", {}).get("CancellationReasons", [])
        reasons = [reason.get("Code") for reason in told]
        if {*reasons} & {"ConditionalCheckFailed", "TransactionConflict"}:
            failed = (n for n, each in enumerate(reasons) if each == "ConditionalCheckFailed")
            raise WrittenMeanwhile(*failed) from error
        if {*reasons} & {"ThrottlingError", "ProvisionedThroughputExceeded"}:
            raise Busy("The table is busy.") from error
        raise
