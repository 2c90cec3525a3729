"""Counts the AWS calls of this process, and the cost of their writes and reads.

The emulator does not report write units, so they are computed: the item is read before and after
each write, past the meter, and `harness.bench.sizes` does the arithmetic. A refused condition costs
the units of the item that it met, at least one. In a cancelled transaction every item costs as if
it had been written. A read that names attributes costs whole items, so it is made again without
them.

Task tokens of the emulated Step Functions are short, and AWS does not publish the length of its
own. So tokens count as at least `TOKEN_BYTES` long.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.loaders import create_loader

from casework.aws.services import clients
from casework.aws.table import keys
from harness.bench.sizes import Item, index_units, read_units, size_of, write_units

METERED_INDEX_KEYS = (
    (keys.FLOW_PARTITION_KEY, keys.FLOW_SORT_KEY),
    (keys.QUEUE_PARTITION_KEY, keys.QUEUE_SORT_KEY),
)
TABLE_KEYS = (keys.PARTITION_KEY, keys.SORT_KEY)
TASK_TOKEN_FIELD = "token"  # noqa: S105 - the attribute that holds one, not a secret
TOKEN_BYTES = 800
TRANSACTION = "TransactWriteItems"
WRITES = ("PutItem", "UpdateItem", "DeleteItem", TRANSACTION)
READS = ("GetItem", "Query", "BatchGetItem")


@dataclass(frozen=True)
class Write:
    """The cost of one item's write."""

    key: tuple[str, str]
    """Partition and sort key."""
    item_units: int
    index_units: int
    bytes_after: int
    status: str
    """The item's `status` after the write, or empty."""
    refused: bool = False
    deletes: bool = False

    @property
    def units(self) -> int:
        """Table and indexes together."""
        return self.item_units + self.index_units


@dataclass(frozen=True)
class Read:
    """The cost of one call that reads, or of one item of a batch."""

    units: float
    thread: int
    """Of the caller: a workflow reads beside the decision that woke it."""


@dataclass
class CostMeter:
    """Calls and writes since it was last emptied. Counts for all threads."""

    calls: Counter[str] = field(default_factory=Counter)
    """Attempts by `service.Operation`; a retry counts again."""
    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def emptied(self) -> CostMeter:
        """The counts so far; counting starts again."""
        with self._lock:
            taken = CostMeter(self.calls, self.writes, self.reads)
            self.calls, self.writes, self.reads = Counter(), [], []
            return taken

    @contextmanager
    def on_this_process(self) -> Iterator[CostMeter]:
        """Count every client of the functions, and of boto3's default session, meanwhile."""
        clients.reset_clients()
        session = clients.aws_session()
        session.register_component("data_loader", create_loader())  # the bench calls more services
        session.register("request-created", self._called)
        self._reader = boto3.Session().client("dynamodb")
        for operation in WRITES:
            session.register(f"before-parameter-build.dynamodb.{operation}", self._before)
            session.register(f"after-call.dynamodb.{operation}", self._after)
        for operation in READS:
            session.register(f"before-parameter-build.dynamodb.{operation}", self._asked)
            session.register(f"after-call.dynamodb.{operation}", self._answered)
        boto3.setup_default_session(botocore_session=session)
        try:
            yield self
        finally:
            clients.reset_clients()
            boto3.setup_default_session()

    def _called(self, request: Any, operation_name: str, event_name: str, **_: Any) -> None:
        del request
        with self._lock:
            self.calls[f"{event_name.split('.')[1]}.{operation_name}"] += 1

    def _asked(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params

    def _answered(
        self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any
    ) -> None:
        asked = context.pop("asked")
        if "Error" in parsed:
            return
        found = (
            self._batch(asked["RequestItems"])
            if model.name == "BatchGetItem"
            else [self._one_read(model.name, asked, parsed)]
        )
        with self._lock:
            self.reads += [Read(units, threading.get_ident()) for units in found]

    def _batch(self, tables: dict[str, dict[str, Any]]) -> Iterator[float]:
        """Units of a batch: each item of it is rounded up by itself."""
        for table, wanted in tables.items():
            for key in wanted["Keys"]:
                item = self._reader.get_item(TableName=table, Key=key, ConsistentRead=True)
                yield read_units([item.get("Item", {})], strongly=wanted.get("ConsistentRead"))

    def _one_read(self, name: str, asked: dict[str, Any], parsed: dict[str, Any]) -> float:
        strongly = asked.get("ConsistentRead")
        if name == "GetItem":
            whole = {each: asked[each] for each in ("TableName", "Key")}
            found = [self._reader.get_item(**whole, ConsistentRead=True).get("Item", {})]
            return read_units(found, strongly=strongly)
        if "ProjectionExpression" not in asked:
            return read_units(parsed["Items"], strongly=strongly)
        whole = {each: said for each, said in asked.items() if each != "ProjectionExpression"}
        said = " ".join(str(whole.get(f"{each}Expression")) for each in ("KeyCondition", "Filter"))
        names = asked.get("ExpressionAttributeNames", {}).items()
        whole["ExpressionAttributeNames"] = {each: name for each, name in names if each in said}
        if not whole["ExpressionAttributeNames"]:
            del whole["ExpressionAttributeNames"]
        return read_units(self._reader.query(**whole)["Items"], strongly=strongly)

    def _before(
        self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any
    ) -> None:
        asked = (
            [write for entry in params["TransactItems"] for write in entry.values()]
            if model.name == TRANSACTION
            else [params]
        )
        context["metered"] = [(each, self._read(each)) for each in map(_Asked.of, asked)]

    def _after(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        refused = "Error" in parsed
        transaction = model.name == TRANSACTION
        with self._lock:
            for asked, old in context.pop("metered"):
                new = asked.put if refused and transaction else self._read(asked)
                self.writes.append(_cost(asked, old, new, transaction, refused))

    def _read(self, asked: _Asked) -> Item | None:
        answer = self._reader.get_item(
            TableName=asked.table, Key=dict(asked.key), ConsistentRead=True
        )
        return answer.get("Item")


@dataclass(frozen=True)
class _Asked:
    """The request of one item's write."""

    table: str
    key: Item
    put: Item | None
    """The whole new item, where the call names it."""

    @classmethod
    def of(cls, call: dict[str, Any]) -> _Asked:
        item = call.get("Item")
        key = call.get("Key") or {name: call["Item"][name] for name in TABLE_KEYS}
        return cls(call["TableName"], key, item)


def _cost(
    asked: _Asked, old: Item | None, new: Item | None, transaction: bool, refused: bool
) -> Write:
    old, new = pad_task_token(old), pad_task_token(new)
    return Write(
        key=(asked.key[keys.PARTITION_KEY]["S"], asked.key[keys.SORT_KEY]["S"]),
        item_units=write_units(old, new, transaction=transaction),
        index_units=0 if refused else index_units(old, new, METERED_INDEX_KEYS, TABLE_KEYS),
        bytes_after=size_of(new) if new else 0,
        status=new["status"]["S"] if new and "status" in new else "",
        refused=refused,
        deletes=new is None and not refused,
    )


def pad_task_token(item: Item | None) -> Item | None:
    """The item with a task token, if it holds one, of AWS's length."""
    if item is None or TASK_TOKEN_FIELD not in item:
        return item
    return {**item, TASK_TOKEN_FIELD: {"S": item[TASK_TOKEN_FIELD]["S"].ljust(TOKEN_BYTES, "=")}}
