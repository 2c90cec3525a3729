"""The history of a case: events that are never changed, each holding the hash of the one before.

The hash of an event is SHA-256 over its RFC 8785 canonical JSON without the hash itself, so any
reader can recompute the chain from the entries alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

import rfc8785
from pydantic import BaseModel, ConfigDict, JsonValue

from casework.case.commitment import commitment

START = ""
"""`previous` of the first event."""


class Event(BaseModel):
    """One entry: what happened to a case, when, by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
    previous: str = START
    """`hash` of the event before, empty for the first."""
    hash: str = ""


BOUND: Final = "bound"
"""In the data of an entry: the commitment to what a person or a reporter said, kept beside it."""

CORRECTS: Final = "corrects"
"""In the data of an entry: the number of the earlier one that does not hold because of it."""


class Numbered(Protocol):
    """What an entry tells of itself, as it is kept or as it is counted."""

    @property
    def number(self) -> int:
        """Within the case."""

    @property
    def data(self) -> Mapping[str, Any]:
        """What it says."""


def holding(events: Sequence[Numbered]) -> frozenset[int]:
    """The numbers of the entries that hold: all but those that one which holds corrects.

    So correcting a correction restores what it took away.
    """
    corrected: set[Any] = set()
    for event in reversed(events):
        if CORRECTS in event.data and event.number not in corrected:
            corrected.add(event.data[CORRECTS])
    return frozenset(event.number for event in events) - corrected


PARTICULARS: Final = "particulars"
"""In the data of an entry: the commitment to what it is about in full."""

TOLD_IN: Final = "told_in"
"""In the data of an entry: reference of the report that its particulars come from, if from one."""


@dataclass(frozen=True)
class Particulars:
    """What an entry is about in full: kept beside the history, and erased with what reporters said.

    The entry holds a salted commitment alone, so that the chain stays whole without it, and nobody
    can try out which sum or account it was.
    """

    said: Mapping[str, Any]
    """JSON values."""
    salt: bytes
    """32 random bytes, erased together with what was said."""
    report: str | None = None
    """Reference of the report it comes from: it is erased with it, and the entry names it."""

    @property
    def content(self) -> bytes:
        """What was said, in one writing."""
        return rfc8785.dumps(dict(self.said))

    @property
    def commitment(self) -> str:
        """SHA-256, in hex, over the salt and the SHA-256 of the content."""
        return commitment(self.salt, self.content)


@dataclass(frozen=True)
class Unreadable:
    """An entry in whose place stands something that is none."""

    place: str
    """Where it was found: its sort key."""
    hash: ClassVar[str] = ""


def chained(event: Event, previous: str) -> Event:
    """The event with its place in the chain filled in."""
    linked = event.model_copy(update={"previous": previous, "hash": ""})
    return linked.model_copy(update={"hash": digest(linked)})


def digest(event: Event) -> str:
    """SHA-256, in hex, of the event's canonical JSON without its hash."""
    entry: dict[str, Any] = event.model_dump(mode="json", exclude={"hash"})
    return hashlib.sha256(rfc8785.dumps(entry)).hexdigest()


def misfit(event: Event | Unreadable, number: int, previous: str) -> str | None:
    """What is wrong with an event in this place of a chain; None when it fits."""
    if isinstance(event, Unreadable):
        return "cannot be read"
    if event.number != number:
        return "is missing or out of order"
    if event.previous != previous:
        return "does not follow the entry before it"
    try:
        return None if event.hash == digest(event) else "was edited"
    except rfc8785.CanonicalizationError:  # no entry holds what has no canonical writing
        return "was edited"


def first_broken(events: Iterable[Event | Unreadable]) -> int | None:
    """The number of the first event that does not fit the chain; None when all fit.

    Constant memory: reads the events once, in order.
    """
    previous = START
    for expected, event in enumerate(events, start=1):
        if misfit(event, expected, previous) is not None:
            return expected
        previous = event.hash
    return None
