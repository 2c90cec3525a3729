"""Attempts of machines to read a report or an addition, stored with it.

A first attempt needs no record, because nearly every one succeeds. Every further attempt is
recorded before it begins, because a killed process reports nothing. It covers reading and no call
of a service, so a service's error is no attempt. After `MOST_ATTEMPTS` failures only people read it
(docs/decisions/0024).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.services import faults, observe
from casework.aws.services.budget import within
from casework.aws.services.clients import client
from casework.aws.table import keys
from casework.aws.table.report_table import ERASED_AT
from casework.aws.table.wire import from_wire, to_wire
from casework.case.times import stamp

MOST_ATTEMPTS: Final = 2
READING_SECONDS: Final = 5.0
"""The time for reading one report or addition. The largest that intake accepts took a second of a
full core, which every reading function has. Its steps are counted and take at most 3.75 seconds
(docs/reading.md). A usual report takes some milliseconds."""
FIRST_TRY: Final = timedelta(seconds=10)
"""An older item was tried before, or waited: its attempt is recorded beforehand."""
LEASE: Final = timedelta(seconds=60)
"""How long an unfinished attempt blocks others: longer than its function may run."""


class NotRead(Exception):
    """Reading failed, or another process is reading: it is tried again later."""

    error_code = "NotRead"


class GivenUp(Exception):
    """Reading failed at every attempt: people read it."""

    error_code = "GivenUp"


@dataclass
class Attempts:
    """The attempts at one item: a report, or an addition."""

    table: str
    key: Mapping[str, str]
    came_at: str
    """When it came, or earlier."""
    made: int = 0
    """Attempts recorded so far."""
    waits_at: Mapping[str, str] = field(default_factory=dict)
    """Its place in `by_flow` after an attempt, where the next attempt finds it."""
    lease: timedelta = LEASE
    """None where one process at a time reads the item."""
    _listed: bool = field(default=False, init=False)
    """Whether it may be at its place in `by_flow`."""

    @contextmanager
    def one(self, at: datetime) -> Iterator[None]:
        """One attempt; the block contains the reading and nothing else.

        Any error of the block becomes NotRead, or GivenUp after the last attempt.
        """
        recorded = self.made > 0 or self.came_at < stamp(at - FIRST_TRY)
        if recorded:
            self._listed = True
            self._begin(at)
        try:
            with within(READING_SECONDS):
                yield
        except Exception as error:
            observe.failure("not read", error, reference=keys.reference_of(self.key["pk"]))
            observe.count("ReadingsFailed")
            self._failed(begun=recorded)
            if self.made >= MOST_ATTEMPTS:
                raise GivenUp from error
            raise NotRead from error
        if recorded:
            self._take_back()

    def done(self) -> None:
        """All work on the item is done: remove it from the waiting list."""
        if self._listed and self.waits_at:
            self._update(f"REMOVE attempts, attempted_at, {', '.join(self.waits_at)}", {})

    def give_up(self) -> None:
        """Record that machines have given up the item, and remove it from the waiting list."""
        waits = ", ".join(self.waits_at)
        self._update(
            "SET unreadable = :yes REMOVE attempts, attempted_at" + (f", {waits}" if waits else ""),
            {":yes": True},
        )

    def _begin(self, at: datetime) -> None:
        """Record an attempt before it is made.

        Raises GivenUp after the last attempt, and NotRead while another process is at it.
        """
        begun = self._update(
            f"SET attempted_at = :at{self._waits} ADD attempts :one",
            {
                ":at": stamp(at),
                ":one": 1,
                ":most": MOST_ATTEMPTS,
                ":over": stamp(at - self.lease),
                **self._place,
            },
            "(attribute_not_exists(attempts) OR attempts < :most)"
            " AND (attribute_not_exists(attempted_at) OR attempted_at <= :over)",
        )
        if begun:
            return
        if self.made >= MOST_ATTEMPTS and self._free(at):
            raise GivenUp
        raise NotRead

    def _free(self, at: datetime) -> bool:
        """Whether no process is at it any more."""
        key = to_wire(self.key)
        item = client("dynamodb").get_item(TableName=self.table, Key=key, ConsistentRead=True)
        since = from_wire(item.get("Item", {})).get("attempted_at")
        return since is None or since <= stamp(at - self.lease)

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
            if not faults.of_a_service(error):
                raise

    @property
    def _waits(self) -> str:
        return "".join(f", {name} = :{name}" for name in self.waits_at)

    @property
    def _place(self) -> dict[str, Any]:
        return {f":{name}": value for name, value in self.waits_at.items()}

    def _update(self, told: str, values: Mapping[str, Any], condition: str = "") -> bool:
        there = f"attribute_exists({keys.PARTITION}) AND attribute_not_exists({ERASED_AT})"
        asked: dict[str, Any] = {
            "TableName": self.table,
            "Key": to_wire(self.key),
            "UpdateExpression": told,
            "ConditionExpression": f"{there} AND {condition}" if condition else there,
            "ReturnValues": "ALL_NEW",
        }
        if values:
            asked["ExpressionAttributeValues"] = to_wire(values)
        try:
            answer = client("dynamodb").update_item(**asked)
        except Exception as error:
            if faults.code_of(error) != "ConditionalCheckFailedException":
                raise
            return False
        self.made = from_wire(answer["Attributes"]).get("attempts", 0)
        return True
