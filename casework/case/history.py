"""The history of a case: events that are never changed, each holding the hash of the one before.

The hash of an event is SHA-256 over its RFC 8785 canonical JSON without the hash itself, so any
reader can recompute the chain from the entries alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Protocol

import rfc8785
from pydantic import BaseModel, ConfigDict, JsonValue

from casework.case.commitment import commit_to_part, new_salt

GENESIS_HASH = ""
"""`previous` of the first event."""


class CaseEvent(BaseModel):
    """One entry of a case: the move, its time and its author."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    number: int
    """Counted from 1 within the case."""
    move: str
    """A value of `casework.case.lifecycle.Move`."""
    at: str
    """When, RFC 3339 in UTC."""
    by: str
    """`system`, or the subject of the staff member."""
    data: dict[str, JsonValue] = {}
    changed: dict[str, JsonValue] = {}
    """The fields of the case that it changed, with their new values: see `casework.case.replay`."""
    previous: str = GENESIS_HASH
    """`hash` of the event before, empty for the first."""
    hash: str = ""


COMMITMENT_FIELD: Final = "bound"
"""In the data of an entry: the commitment to the words of a person or reporter, kept beside it."""

IDEMPOTENCY_FIELD: Final = "key"
"""In the data of an entry: the digest of the Idempotency-Key of its decision."""

CORRECTS_FIELD: Final = "corrects"
"""In the data of an entry: the number of the earlier one that does not hold because of it."""


class NumberedEntry(Protocol):
    """The fields that stored and counted entries share."""

    @property
    def number(self) -> int:
        """Within the case."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the entry."""


def valid_entries(events: Sequence[NumberedEntry]) -> frozenset[int]:
    """The numbers of the valid entries: all except those that a valid entry corrects.

    So correcting a correction restores the entry that it had corrected.
    """
    corrected: set[Any] = set()
    for event in reversed(events):
        if CORRECTS_FIELD in event.data and event.number not in corrected:
            corrected.add(event.data[CORRECTS_FIELD])
    return frozenset(event.number for event in events) - corrected


PARTICULARS_FIELD: Final = "particulars"
"""In the data of an entry: the commitment to its particulars."""

TOLD_IN_FIELD: Final = "told_in"
"""In the data of an entry: reference of the report that its particulars come from, if from one."""


@dataclass(frozen=True)
class Particulars:
    """The particulars of an entry: kept beside the history, and erased with the words of reporters.

    The entry holds only a salted commitment. So the chain stays whole without the particulars, and
    an attacker cannot test guesses of the sum or account.
    """

    said: Mapping[str, Any]
    """JSON values."""
    salt: bytes = field(default_factory=new_salt)
    """32 random bytes, erased together with the words."""
    report: str | None = None
    """Reference of the report it comes from: it is erased with it, and the entry names it."""

    @property
    def content(self) -> bytes:
        """The words, in their canonical form."""
        return rfc8785.dumps(dict(self.said))

    @property
    def commitment(self) -> str:
        """SHA-256, in hex, over the salt and the SHA-256 of the content."""
        return commit_to_part(self.salt, self.content)


@dataclass(frozen=True)
class UnreadableEntry:
    """Stands for an item that is no readable entry."""

    place: str
    """Where it was found: its sort key."""
    hash: ClassVar[str] = ""


def last_move_data(events: Sequence[CaseEvent], move: str) -> dict[str, JsonValue] | None:
    """What the last entry of a move says; None without one."""
    return next((event.data for event in reversed(events) if event.move == move), None)


def chain_event(event: CaseEvent, previous: str) -> CaseEvent:
    """The event with its place in the chain filled in."""
    linked = event.model_copy(update={"previous": previous, "hash": ""})
    return linked.model_copy(update={"hash": event_digest(linked)})


def event_digest(event: CaseEvent) -> str:
    """SHA-256, in hex, of the event's canonical JSON without its hash."""
    entry: dict[str, Any] = event.model_dump(mode="json", exclude={"hash"})
    return hashlib.sha256(rfc8785.dumps(entry)).hexdigest()


def find_chain_fault(event: CaseEvent | UnreadableEntry, number: int, previous: str) -> str | None:
    """The fault of an event at this place of a chain; None if it fits."""
    if isinstance(event, UnreadableEntry):
        return "cannot be read"
    if event.number != number:
        return "is missing or out of order"
    if event.previous != previous:
        return "does not follow the entry before it"
    try:
        return None if event.hash == event_digest(event) else "was edited"
    except rfc8785.CanonicalizationError:  # no entry holds data without a canonical form
        return "was edited"


def find_first_break(events: Iterable[CaseEvent | UnreadableEntry]) -> int | None:
    """The number of the first event that does not fit the chain; None when all fit.

    Constant memory: reads the events once, in order.
    """
    previous = GENESIS_HASH
    for expected, event in enumerate(events, start=1):
        if find_chain_fault(event, expected, previous) is not None:
            return expected
        previous = event.hash
    return None
