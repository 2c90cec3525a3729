"""Attempts of machines to read a report or an addition, stored with it.

A first attempt needs no record, because nearly every one succeeds. Every further attempt is
recorded before it begins, because a killed process reports nothing. It covers reading and no call
of a service, so a service's error is no attempt. After `MAX_ANALYSIS_ATTEMPTS` failures only people
read it (docs/decisions/0024).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import service_errors, telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.time_limits import limit_time
from casework.aws.table import keys
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.times import format_timestamp

MAX_ANALYSIS_ATTEMPTS: Final = 2
MAX_ANALYSIS_SECONDS: Final = 5.0
"""The time for reading one report or addition. The largest that intake accepts took a second of a
full core, which every reading function has. Its steps are counted and take at most 3.75 seconds
(docs/reading.md). A usual report takes some milliseconds."""
FIRST_RETRY_TIME: Final = timedelta(seconds=10)
"""An older item was tried before, or waited: its attempt is recorded beforehand."""
ANALYSIS_LEASE_TIME: Final = timedelta(seconds=60)
"""How long an unfinished attempt blocks others: longer than its function may run."""


class ReadDeferred(Exception):
    """Reading failed, or another process is reading: it is tried again later."""

    error_code = "NotRead"


class ReadAbandoned(Exception):
    """Reading failed at every attempt: people read it."""

    error_code = "GivenUp"


@dataclass
class ReadAttempts:
    """The attempts at one item: a report, or an addition."""

    table: str
    key: Mapping[str, str]
    came_at: str
    """When it came, or earlier."""
    made: int = 0
    """Attempts recorded so far."""
    waits_at: Mapping[str, str] = field(default_factory=dict)
    """Its place in `by_flow` after an attempt, where the next attempt finds it."""
    lease: timedelta = ANALYSIS_LEASE_TIME
    """None where one process at a time reads the item."""
    _listed: bool = field(default=False, init=False)
    """Whether it may be at its place in `by_flow`."""

    @contextmanager
    def attempt(self, at: datetime) -> Iterator[None]:
        """One attempt; the block contains the reading and nothing else.

        Any error of the block becomes ReadDeferred, or ReadAbandoned after the last attempt.
        """
        recorded = self.made > 0 or self.came_at < format_timestamp(at - FIRST_RETRY_TIME)
        if recorded:
            self._listed = True
            self._begin(at)
        try:
            with limit_time(MAX_ANALYSIS_SECONDS):
                yield
        except Exception as error:
            telemetry.log_failure(
                "not read", error, reference=keys.reference_from_partition(self.key["pk"])
            )
            telemetry.count_metric("ReadingsFailed")
            self._failed(begun=recorded)
            if self.made >= MAX_ANALYSIS_ATTEMPTS:
                raise ReadAbandoned from error
            raise ReadDeferred from error
        if recorded:
            self._take_back()

    def complete(self) -> None:
        """All work on the item is done: remove it from the waiting list."""
        if self._listed and self.waits_at:
            self._update(f"REMOVE attempts, attempted_at, {', '.join(self.waits_at)}", {})

    def record_abandoned(self) -> None:
        """Record that machines have given up the item, and remove it from the waiting list."""
        waits = ", ".join(self.waits_at)
        self._update(
            "SET unreadable = :yes REMOVE attempts, attempted_at" + (f", {waits}" if waits else ""),
            {":yes": True},
        )

    def _begin(self, at: datetime) -> None:
        """Record an attempt before it is made.

        Raises ReadAbandoned after the last attempt, and ReadDeferred while another process is at
        it.
        """
        begun = self._update(
            f"SET attempted_at = :at{self._waits} ADD attempts :one",
            {
                ":at": format_timestamp(at),
                ":one": 1,
                ":most": MAX_ANALYSIS_ATTEMPTS,
                ":over": format_timestamp(at - self.lease),
                **self._place,
            },
            "(attribute_not_exists(attempts) OR attempts < :most)"
            " AND (attribute_not_exists(attempted_at) OR attempted_at <= :over)",
        )
        if begun:
            return
        if self.made >= MAX_ANALYSIS_ATTEMPTS and self._free(at):
            raise ReadAbandoned
        raise ReadDeferred

    def _free(self, at: datetime) -> bool:
        """Whether no process is at it any more."""
        key = to_wire_item(self.key)
        item = aws_client("dynamodb").get_item(TableName=self.table, Key=key, ConsistentRead=True)
        since = values_from_wire_item(item.get("Item", {})).get("attempted_at")
        return since is None or since <= format_timestamp(at - self.lease)

    def _failed(self, *, begun: bool) -> None:
        if begun:
            self._update("REMOVE attempted_at", {})
        else:
            said = {":one": 1, **self._place}
            told = self._waits.removeprefix(", ")
            self._update(f"{f'SET {told} ' if told else ''}ADD attempts :one", said)

    def _take_back(self) -> None:
        """Reading succeeded; if the service does not take this write, linking repeats it."""
        try:
            self._update("REMOVE attempted_at ADD attempts :less", {":less": -1})
        except Exception as error:
            if not service_errors.is_service_error(error):
                raise

    @property
    def _waits(self) -> str:
        return "".join(f", {name} = :{name}" for name in self.waits_at)

    @property
    def _place(self) -> dict[str, Any]:
        return {f":{name}": value for name, value in self.waits_at.items()}

    def _update(self, update: str, values: Mapping[str, Any], condition: str = "") -> bool:
        condition_there = (
            f"attribute_exists({keys.PARTITION_KEY}) AND attribute_not_exists({ERASED_AT_FIELD})"
        )
        request: dict[str, Any] = {
            "TableName": self.table,
            "Key": to_wire_item(self.key),
            "UpdateExpression": update,
            "ConditionExpression": f"{condition_there} AND {condition}"
            if condition
            else condition_there,
            "ReturnValues": "ALL_NEW",
        }
        if values:
            request["ExpressionAttributeValues"] = to_wire_item(values)
        try:
            answer = aws_client("dynamodb").update_item(**request)
        except Exception as error:
            if service_errors.code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        self.made = values_from_wire_item(answer["Attributes"]).get("attempts", 0)
        return True
