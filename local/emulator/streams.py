"""Corrections of DynamoDB streams as an event source of Lambda."""

from __future__ import annotations

import contextvars
import json
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.emulator.upstream import (
    app,
    dynamodb,
    lambda_svc,
    require_upstream,
    require_upstream_attributes,
)

STREAM_RETRY_PAUSE_SECONDS = 0.2
READ_AHEAD_BATCHES = 10
"""Batches that are read from the stream at once, before the filters of a mapping remove records."""


def forget_positions_on_restart() -> None:
    """Upstream saves each reader's position but not the stream.

    After a restart the position points beyond an empty buffer, and new records are never delivered
    (0 of 30 measured). Start again from zero. Records undelivered at shutdown are still lost; the
    reconciler does their work.
    """
    require_upstream_attributes(app, "_load_persisted_state")
    require_upstream_attributes(lambda_svc, "_dynamodb_stream_positions")
    require_upstream(
        hasattr(lambda_svc._dynamodb_stream_positions, "_data"),
        "stream positions are kept in ._data",
    )
    upstream = app._load_persisted_state

    def load() -> None:
        upstream()
        positions = lambda_svc._dynamodb_stream_positions._data
        for key in list(positions):
            positions[key] = 0

    app._load_persisted_state = load


def first_failed(
    result: dict[str, Any], records: list[dict[str, Any]], mapping: dict[str, Any]
) -> int | None:
    """Index of the first failed record of a batch; None without a failure.

    An empty or unknown identifier fails the whole batch, as on AWS.
    """
    if result.get("error"):
        return 0
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
        return None
    body = result.get("body")
    failures = body.get("batchItemFailures") if isinstance(body, dict) else None
    if not failures:
        return None
    places = {record["dynamodb"]["SequenceNumber"]: place for place, record in enumerate(records)}
    return min(places.get(failure.get("itemIdentifier"), 0) for failure in failures)


class StreamDelivery:
    """Delivers the records of one mapping to its function as AWS does.

    Records of different keys are delivered in ParallelizationFactor lanes, those of one key in
    order, each lane in batches of BatchSize. Records before the first failed one are done. A batch
    that fails as a whole is halved when bisecting is on. A single record is tried 1 +
    MaximumRetryAttempts times and then goes to the on-failure destination. Without a limit (-1, the
    default) it blocks the shard, as on AWS.
    """

    def __init__(self, execute: Any, func: dict[str, Any], mapping: dict[str, Any]) -> None:
        self._execute = execute
        self._func = func
        self._mapping = mapping
        limit = mapping.get("MaximumRetryAttempts")
        self._limit = -1 if limit is None else int(limit)

    def deliver_all(self, records: list[dict[str, Any]]) -> bool:
        """Deliver in lanes and batches; returns True as `deliver` does."""
        lanes: dict[int, list[dict[str, Any]]] = {}
        for record in records:
            key = json.dumps(record["dynamodb"]["Keys"], sort_keys=True).encode()
            lane = zlib.crc32(key) % (self._mapping.get("ParallelizationFactor") or 1)
            lanes.setdefault(lane, []).append(record)
        with ThreadPoolExecutor(len(lanes)) as pool:
            # Upstream keeps account and region in the context of the polling thread.
            done = [
                pool.submit(contextvars.copy_context().run, self._in_batches, lane)
                for lane in lanes.values()
            ]
            return all(each.result() for each in done)

    def _in_batches(self, lane: list[dict[str, Any]]) -> bool:
        size = self._mapping.get("BatchSize") or len(lane)
        return all(self.deliver(lane[start : start + size]) for start in range(0, len(lane), size))

    def deliver(self, records: list[dict[str, Any]]) -> bool:
        """True when every record was handled or sent to the failure destination; False stops the
        shard there."""
        tries = 0
        while True:
            result = self._execute(self._func, {"Records": records})
            failed = first_failed(result, records, self._mapping)
            if failed is None:
                return True
            if failed > 0:
                records, tries = records[failed:], 0
                continue
            if len(records) > 1 and self._mapping.get("BisectBatchOnFunctionError"):
                middle = len(records) // 2
                return self.deliver(records[:middle]) and self.deliver(records[middle:])
            if self._limit < 0:
                return False
            if tries >= self._limit:
                self._set_aside(records, result)
                return True
            tries += 1
            time.sleep(STREAM_RETRY_PAUSE_SECONDS)

    def _set_aside(self, records: list[dict[str, Any]], result: dict[str, Any]) -> None:
        lambda_svc._send_ddb_stream_failure_record(
            self._mapping,
            self._func,
            records,
            self._mapping["EventSourceArn"],
            result,
            "RetryAttemptsExhausted",
        )


class BatchingWindows:
    """How long the records of each mapping wait for others, by MaximumBatchingWindowInSeconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[str, tuple[int, float]] = {}
        """By mapping: the position of the first waiting record, and when it was first seen."""

    def closed(self, mapping: dict[str, Any], position: int, records: list[Any]) -> bool:
        """Whether the records at a position that pass the filters are delivered now: one batch is
        full, or the first of them has waited long enough. Without records nothing waits."""
        if not records or len(records) >= (mapping.get("BatchSize") or 1):
            return True
        first, since = self._since.get(mapping["UUID"], (None, 0.0))
        if first != position:
            since = self._now()
            self._since[mapping["UUID"]] = position, since
        return self._now() - since >= (mapping.get("MaximumBatchingWindowInSeconds") or 0)


def honour_failures() -> None:
    """Upstream ignores batchItemFailures, bisecting, retry limits, the parallelisation factor and
    the batching window.

    A partial failure counts as success, so the failed record and all later ones are lost. An
    exception is retried for ever and blocks the shard. `StreamDelivery` and `BatchingWindows` do
    what AWS does. Upstream also fills a batch before it filters it, which leaves few records in
    each; here enough records are read ahead to fill the batches.
    """
    require_upstream_attributes(dynamodb, "stream_records_since")
    require_upstream_attributes(
        lambda_svc,
        "_poll_dynamodb_streams",
        "_iter_all_esms",
        "_apply_filter_criteria",
        "_execute_function",
        "_send_ddb_stream_failure_record",
    )
    current = threading.local()  # the mapping that this thread polls for
    windows = BatchingWindows()
    upstream_mappings = lambda_svc._iter_all_esms
    upstream_poll = lambda_svc._poll_dynamodb_streams
    upstream_filter = lambda_svc._apply_filter_criteria
    upstream_execute = lambda_svc._execute_function
    upstream_since = dynamodb.stream_records_since

    def poll() -> Any:
        current.polling = True
        try:
            return upstream_poll()
        finally:
            current.polling = False

    def since(table: str, position: int, limit: int, **owner: Any) -> Any:
        if not getattr(current, "polling", False):
            return upstream_since(table, position, limit, **owner)
        records = upstream_since(table, position, limit * READ_AHEAD_BATCHES, **owner)
        passing = upstream_filter(records, current.mapping) if records else []
        return records if windows.closed(current.mapping, position, passing) else []

    def mappings() -> Any:
        for account, region, mapping in upstream_mappings():
            current.mapping = mapping
            yield account, region, mapping

    def execute(func: dict[str, Any], event: Any, *args: Any, **kwargs: Any) -> Any:
        records = event.get("Records") if isinstance(event, dict) else None
        polled = getattr(current, "polling", False)
        if not polled or not records or records[0].get("eventSource") != "aws:dynamodb":
            return upstream_execute(func, event, *args, **kwargs)
        if StreamDelivery(upstream_execute, func, current.mapping).deliver_all(records):
            return {"body": None, "log": ""}
        failure = {"errorType": "BatchFailed", "errorMessage": ""}
        return {"error": True, "body": failure, "log": ""}

    lambda_svc._poll_dynamodb_streams = poll
    lambda_svc._iter_all_esms = mappings
    lambda_svc._execute_function = execute
    dynamodb.stream_records_since = since


STREAM_CORRECTIONS = (forget_positions_on_restart, honour_failures)
