"""Corrections of how IAM sees a call of DynamoDB: with the partitions that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from inspect import signature
from typing import Any

from local.emulator.upstream import (
    dynamodb,
    iam_actions,
    iam_evaluator,
    require_upstream,
    require_upstream_attributes,
)

LEADING_KEYS = "dynamodb:LeadingKeys"
TRANSACTION_MEMBERS = ("ConditionCheck", "Put", "Update", "Delete", "Get")
"""The kinds of items in a transaction."""

_EQUAL = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")


class ItemAction(str):
    """The action of one item of a transaction, with the partitions of that item."""

    leading_keys: list[str]


def add_leading_keys_to_context() -> None:
    """Upstream does not give IAM `dynamodb:LeadingKeys`; AWS does.

    The grants of the stacks use `ForAllValues:StringLike` on it, which an absent key satisfies.
    Without this correction a function may write any item of the table. Each item of a transaction
    is checked as its own action, with its own keys.
    """
    require_upstream_attributes(
        iam_actions, "dynamodb_service_context", "dynamodb_transaction_checks"
    )
    require_upstream_attributes(iam_evaluator, "enforce")
    require_upstream_attributes(dynamodb, "_tables", "_resolve_index_keys")
    require_upstream(
        list(signature(iam_evaluator.enforce).parameters)
        == ["access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"],
        "enforce takes the action and its context",
    )
    upstream_context = iam_actions.dynamodb_service_context
    upstream_checks = iam_actions.dynamodb_transaction_checks
    upstream_enforce = iam_evaluator.enforce
    require_upstream(
        LEADING_KEYS not in upstream_context(b'{"TableName": "t", "Key": {"pk": {"S": "k"}}}'),
        "leading keys are not told",
    )
    require_upstream(
        upstream_checks(
            "dynamodb:TransactWriteItems",
            b'{"TransactItems": [{"Put": {"TableName": "t", "Item": {}}}]}',
            "us-east-1",
            "000000000000",
        )
        == [("dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:000000000000:table/t")],
        "an item of a transaction is checked as the action it performs",
    )

    def context(body: bytes) -> dict[str, Any]:
        found: dict[str, Any] = upstream_context(body)
        keys = list(leading_keys(_document(body)))
        return {**found, LEADING_KEYS: keys} if keys else found

    def checks(iam_action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for item in _document(body).get("TransactItems", []):
            alone = json.dumps({"TransactItems": [item]}).encode()
            keys = list(_of_item(item))
            for action, table in upstream_checks(iam_action, alone, region, account_id):
                told = ItemAction(action)
                told.leading_keys = keys
                found.append((told, table))
        return found

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        if isinstance(iam_action, ItemAction):
            service_context = {**(service_context or {}), LEADING_KEYS: iam_action.leading_keys}
        return upstream_enforce(
            access_key_id, iam_action, service, region, resource_arn, service_context
        )

    iam_actions.dynamodb_service_context = context
    iam_actions.dynamodb_transaction_checks = checks
    iam_evaluator.enforce = enforce


def leading_keys(request: Mapping[str, Any]) -> Iterator[str]:
    """The partitions of a call: of its key, item or key condition, or of all in a batch."""
    if "RequestItems" in request:
        for table, wanted in request["RequestItems"].items():
            yield from _of_batch(table, wanted)
        return
    if "Key" in request or "Item" in request:
        yield from _partition(request, request.get("Key") or request.get("Item") or {})
    elif "KeyConditionExpression" in request:
        yield _queried(request)


def _of_batch(table: str, wanted: Any) -> Iterator[str]:
    if isinstance(wanted, Mapping):  # BatchGetItem
        keys: Iterable[Any] = wanted.get("Keys", [])
    else:  # BatchWriteItem
        members = [member for entry in wanted for member in entry.values()]
        keys = [member.get("Key") or member.get("Item") or {} for member in members]
    for key in keys:
        yield from _partition({"TableName": table}, key)


def _of_item(item: Mapping[str, Any]) -> Iterator[str]:
    for member in TRANSACTION_MEMBERS:
        if detail := item.get(member):
            yield from _partition(detail, detail.get("Key") or detail.get("Item") or {})


def _partition(request: Mapping[str, Any], key: Mapping[str, Any]) -> Iterator[str]:
    value = key.get(_hash_name(request), {})
    yield from (str(text) for text in value.values())


def _queried(request: Mapping[str, Any]) -> str:
    """The partition of a query; one that matches no pattern when it cannot be determined."""
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    for name, value in _EQUAL.findall(request["KeyConditionExpression"]):
        if names.get(name, name) == _hash_name(request):
            return "".join(str(text) for text in values.get(value, {}).values())
    return ""


def _hash_name(request: Mapping[str, Any]) -> str:
    """The partition key of the queried table or index."""
    table = dynamodb._tables.get(str(request.get("TableName", "")).rpartition("/")[2])
    if table is None:
        return ""
    return str(dynamodb._resolve_index_keys(table, request.get("IndexName"))[0])


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


PERMISSION_CORRECTIONS = (add_leading_keys_to_context,)
