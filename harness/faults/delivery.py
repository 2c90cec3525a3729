"""The callers of functions: the table's stream, queues, and schedules, with AWS's repetitions."""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from harness.faults.deployment import FaultDeployment, FaultFunction, FunctionFailed
from local.emulator import streams
from local.emulator.upstream import dynamodb, lambda_svc

REPEATED: Final = 0.05
"""The share of handled batches that are delivered again."""
MAX_FAULT_DELIVERIES: Final = 3
"""Tries of an asynchronous call."""
RECEIVED: Final = 10
"""Messages per request, at most: a queue's mapping may say fewer."""
HANDED: Final = 3_600
"""Seconds of the real clock for which a received message is invisible."""


@dataclass
class FaultDelivery:
    """Everything that waits for delivery to a function."""

    system: FaultDeployment
    chance: random.Random
    without: frozenset[str] = frozenset()
    """Functions that no schedule calls."""
    twice: bool = False
    """Whether queues sometimes hand over a message to two calls of a function at once."""
    taken: int = 0
    """Records that were read from the stream."""
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """Records of the stream, by the mapping that reads them."""
    repeated: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """What failed at every try of the service, by function."""

    def __post_init__(self) -> None:
        streams.STREAM_RETRY_PAUSE_SECONDS = 0.0
        found = self.system.aws.functions.list_event_source_mappings()["EventSourceMappings"]
        self.mappings: list[dict[str, Any]] = [
            dict(each) for each in sorted(found, key=lambda each: each["FunctionArn"])
        ]
        events = self.system.aws.client("events")
        self.schedules: dict[str, list[FaultFunction]] = {}
        for rule in events.list_rules()["Rules"]:
            targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
            if when := rule.get("ScheduleExpression"):
                called = [self.system.functions[arn] for arn in sorted(t["Arn"] for t in targets)]
                self.schedules.setdefault(when, []).extend(called)

    # ---- the stream --------------------------------------------------------------------------

    def stream(self, share: float = 1.0) -> None:
        """Deliver what waits in the stream: for each reader, lanes in any order.

        Records of one item keep their order, others do not; a batch may come twice.
        """
        self._take()
        for mapping in self.mappings:
            if ":dynamodb:" not in mapping["EventSourceArn"]:
                continue
            left = self.waiting[mapping["UUID"]]
            lanes: dict[int, list[dict[str, Any]]] = defaultdict(list)
            for record in left:
                key = json.dumps(record["dynamodb"]["Keys"][PARTITION], sort_keys=True).encode()
                lanes[zlib.crc32(key) % 32].append(record)
            order = list(lanes.values())
            self.chance.shuffle(order)
            kept: list[dict[str, Any]] = []
            batch: list[dict[str, Any]] = []
            for lane in order:
                (batch if self.chance.random() < share else kept).extend(lane)
            self.waiting[mapping["UUID"]] = kept
            self._deliver(mapping, batch)

    def _take(self) -> None:
        """Give new records to each reader whose filters pass them."""
        name = self.system.outputs["CaseTable"]
        records = dynamodb.stream_records_since(name, self.taken, 1_000_000, **OWNER)
        self.taken += len(records)
        for mapping in self.mappings:
            if records and ":dynamodb:" in mapping["EventSourceArn"]:
                through = lambda_svc._apply_filter_criteria(records, mapping)
                self.waiting[mapping["UUID"]].extend(through)

    def _deliver(self, mapping: dict[str, Any], records: list[dict[str, Any]]) -> None:
        function = self.system.functions[mapping["FunctionArn"]]
        size = mapping.get("BatchSize") or 100

        def execute(_: Any, event: dict[str, Any]) -> dict[str, Any]:
            try:
                return {"body": self.system.invoke(function, event)}
            except FunctionFailed as failed:
                return {"error": True, "body": {"errorType": str(failed)}}

        handing = _Handing(execute, {}, mapping, self.missed, function.short)
        for start in range(0, len(records), size):
            batch = records[start : start + size]
            handing.deliver(batch)
            if self.chance.random() < REPEATED:
                self.repeated[function.short] += 1
                handing.deliver(batch)

    # ---- queues ------------------------------------------------------------------------------

    def queues(self) -> int:
        """Deliver what waits in queues with a function; returns the number of messages."""
        seen = 0
        for mapping in self.mappings:
            if ":sqs:" not in mapping["EventSourceArn"]:
                continue
            function = self.system.functions[mapping["FunctionArn"]]
            url = self._url(mapping["EventSourceArn"])
            while messages := self._received(url, min(RECEIVED, mapping["BatchSize"])):
                seen += len(messages)
                self._hand(function, url, messages)
        return seen

    def _hand(self, function: FaultFunction, url: str, messages: list[dict[str, Any]]) -> None:
        event = _event(messages)
        if self.twice:
            self.system.trouble.beside = partial(self._once_more, function, event)
        try:
            answer = self.system.invoke(function, event) or {}
            failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures", [])}
        except FunctionFailed:
            failed = {each["MessageId"] for each in messages}
        finally:
            self.system.trouble.beside = None
        sqs = self.system.aws.sqs
        for each in messages:
            message = {"QueueUrl": url, "ReceiptHandle": each["ReceiptHandle"]}
            if each["MessageId"] in failed:
                sqs.change_message_visibility(**message, VisibilityTimeout=0)
            else:
                sqs.delete_message(**message)

    def _once_more(self, function: FaultFunction, event: dict[str, Any]) -> None:
        """The queue delivers a message at least once: here to two functions at the same time."""
        self.repeated[function.short] += 1
        with suppress(FunctionFailed):
            self.system.invoke(function, event)

    def _received(self, url: str, most: int) -> list[dict[str, Any]]:
        answer = self.system.aws.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=most,
            VisibilityTimeout=HANDED,
            MessageSystemAttributeNames=["All"],
        )
        found: list[dict[str, Any]] = [dict(each) for each in answer.get("Messages", [])]
        return found

    def _url(self, arn: str) -> str:
        return str(self.system.aws.sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"])

    # ---- schedules ---------------------------------------------------------------------------

    def scheduled(self, when: str) -> list[Any]:
        """Make the calls of a schedule; returns the answers of the functions."""
        return [
            self.asynchronously(each, {})
            for each in self.schedules.get(when, ())
            if each.short not in self.without
        ]

    def asynchronously(self, function: FaultFunction, event: Any) -> Any:
        """Call a function asynchronously; returns None when all tries failed."""
        for _ in range(MAX_FAULT_DELIVERIES):
            try:
                return self.system.invoke(function, event)
            except FunctionFailed:
                continue
        self.missed[function.short] += 1
        return None


def _event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    records = [
        {
            "messageId": each["MessageId"],
            "receiptHandle": each["ReceiptHandle"],
            "body": each["Body"],
            "attributes": each.get("Attributes", {}),
            "messageAttributes": {},
            "eventSource": "aws:sqs",
        }
        for each in messages
    ]
    return {"Records": records}


class _Handing(streams.StreamDelivery):
    """Delivers batches as AWS does, and counts what goes to the failure destination."""

    def __init__(
        self,
        execute: Any,
        func: dict[str, Any],
        mapping: dict[str, Any],
        missed: Counter[str],
        name: str,
    ) -> None:
        super().__init__(execute, func, mapping)
        self._missed, self._name = missed, name

    def _set_aside(self, records: list[dict[str, Any]], result: dict[str, Any]) -> None:
        self._missed[self._name] += len(records)


PARTITION: Final = "pk"
OWNER: Final = {"account_id": "000000000000", "region": "us-east-1"}
