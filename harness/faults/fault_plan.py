"""Chooses which AWS call of a function fails, and how, from one seed.

Half of the failures come after the service did the work, so the caller knows no more than after a
failure before it.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.client import BaseClient
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from casework.aws.table import keys

SHARE: Final = 0.1
"""The share of AWS calls that fail."""
DEADLY: Final = 0.04
"""The share of failures in which the function dies instead of getting an error."""
INTERLEAVED_CALL_SHARE: Final = 0.03
"""The share of calls before which something else happens, where a run says what."""

FaultCall = Callable[[Any, str, dict[str, Any]], Any]


class ProcessDied(BaseException):
    """The function's process ended here: no handler of ours may catch it."""


@dataclass
class Moves:
    """The faults of each move's writes, and the functions that repaired them."""

    faults: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By move: how often each kind of failure hit its write."""
    repaired: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By move: the functions that made a move whose write had failed before."""
    _owed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def troubled(self, operation: str, arguments: dict[str, Any], how: str) -> None:
        """Record a fault of the write of some moves."""
        for case, move in _moves_in(operation, arguments):
            self.faults[move][how] += 1
            if how.endswith("before"):
                self._owed[case, move] += 1

    def made(self, function: str, operation: str, arguments: dict[str, Any]) -> None:
        """Record the write of some moves."""
        for case, move in _moves_in(operation, arguments):
            if often := self._owed.pop((case, move), 0):
                self.repaired[move][function] += often


def _moves_in(operation: str, arguments: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Case and move of each history entry in a transaction."""
    if operation != "TransactWriteItems":
        return
    for write in arguments["TransactItems"]:
        item = write.get("Put", {}).get("Item", {})
        if "move" in item and keys.event_key.begins in item[keys.SORT_KEY]["S"]:
            yield item[keys.PARTITION_KEY]["S"], item["move"]["S"]


@dataclass
class FaultPlan:
    """The faults in the functions of one run."""

    chance: random.Random
    share: float = SHARE
    service: FaultCall | None = None
    """Answers a call instead of the emulator, where the client is of `replaced`."""
    replaced: frozenset[str] = frozenset()
    function: str = ""
    """The running function; without one, calls are observers' and never fail."""
    calls: int = 0
    in_trouble: int = 0
    """Of these calls, the ones made while services fail."""
    injected: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """By function, operation and kind of fault."""
    moves: Moves = field(default_factory=lambda: Moves())
    beside: Callable[[], None] | None = None
    """What may happen between two calls of the running function, such as the same function on the
    same message."""

    @contextmanager
    def in_the_way(self) -> Iterator[None]:
        """Subject every call of every AWS client of this process to faults."""
        really: FaultCall = BaseClient._make_api_call  # type: ignore[attr-defined]  # where all calls pass

        def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            answering = really
            if self.service and client.meta.service_model.service_name in self.replaced:
                answering = self.service
            if not self.function:
                return answering(client, operation, arguments)
            self._happen_beside()
            self.calls += 1
            self.in_trouble += self.share > 0
            if self.chance.random() >= self.share:
                answer = answering(client, operation, arguments)
                self.moves.made(self.function, operation, arguments)
                return answer
            return self._fail(answering, client, operation, arguments)

        BaseClient._make_api_call = call  # type: ignore[attr-defined]
        try:
            yield
        finally:
            BaseClient._make_api_call = really  # type: ignore[attr-defined]

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Services work for this block."""
        share, self.share = self.share, 0.0
        try:
            yield
        finally:
            self.share = share

    def _happen_beside(self) -> None:
        if self.beside is None or self.chance.random() >= INTERLEAVED_CALL_SHARE:
            return
        beside, function = self.beside, self.function
        self.beside = None  # two at once are enough
        try:
            beside()
        finally:
            self.beside, self.function = beside, function

    def _fail(
        self, answering: FaultCall, client: Any, operation: str, arguments: dict[str, Any]
    ) -> Any:
        after = self.chance.random() < 0.5
        deadly = self.chance.random() < DEADLY
        how = f"{'died' if deadly else 'failed'} {'after' if after else 'before'}"
        self.injected[self.function, operation, how] += 1
        self.moves.troubled(operation, arguments, how)
        if after:
            answering(client, operation, arguments)  # an error of its own comes first
            self.moves.made(self.function, operation, arguments)
        if deadly:
            raise ProcessDied
        raise self._error(client, operation, arguments, after=after)

    def _error(
        self, client: Any, operation: str, arguments: dict[str, Any], *, after: bool
    ) -> Exception:
        address = client.meta.endpoint_url
        if after:
            return self.chance.choice(
                [
                    ReadTimeoutError(endpoint_url=address),
                    ConnectionClosedError(endpoint_url=address),
                    _refusal("InternalServerError", 500, operation),
                ]
            )
        if operation == "TransactWriteItems" and self.chance.random() < 0.5:
            return _conflict(len(arguments["TransactItems"]))
        return self.chance.choice(
            [
                _refusal("ThrottlingException", 400, operation),
                _refusal("InternalServerError", 500, operation),
                _refusal("ServiceUnavailable", 503, operation),
                ConnectTimeoutError(endpoint_url=address),
                EndpointConnectionError(endpoint_url=address),
            ]
        )


def _refusal(code: str, status: int, operation: str) -> ClientError:
    refused: Any = {
        "Error": {"Code": code, "Message": "of the test"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(refused, operation)


def _conflict(writes: int) -> ClientError:
    """Another transaction is in progress on the first item."""
    reasons = [{"Code": "TransactionConflict"}, *({"Code": "None"} for _ in range(writes - 1))]
    refused: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "of the test"},
        "CancellationReasons": reasons,
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return ClientError(refused, "TransactWriteItems")
