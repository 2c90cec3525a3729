"""The outcomes of suspects: one table, which a case and the published figures both follow.

A suspect is a number within a case, never a name. Each event of a suspect is an entry of the case
with its day, and is never changed. A later entry corrects an error and names it (`corrects`). A
correction can be corrected in the same way, and then the first entry is valid again. The valid
entries, in the order of their days, give the state of a suspect, so a late entry takes the place of
its day.

Each suspect is in exactly one state, so that identified = presented + wanted + arrested + still
sought always holds. A suspect recorded in error is in none of them, and the number is not used
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from casework.case.history import valid_entries
from casework.case.lifecycle import Move, moves_where
from casework.case.rule_types import EntrySubject
from casework.errors import IllegalMove


class SuspectStanding(StrEnum):
    """How a suspect stands."""

    SOUGHT = "sought"
    """Identified, and neither found nor the object of a wanted notice."""
    WANTED = "wanted"
    """A national wanted notice is in force."""
    ARRESTED = "arrested"
    """Found, and not presented yet."""
    PRESENTED = "presented"
    """Brought before the prosecutor."""
    WITHDRAWN = "withdrawn"
    """Recorded in error, and counted nowhere."""


class SuspectHappening(StrEnum):
    """An event of a suspect."""

    IDENTIFIED = "identified"
    WANTED = "wanted"
    """A wanted notice is issued."""
    LAPSED = "lapsed"
    """The wanted notice ran out by law."""
    CANCELLED = "cancelled"
    """The wanted notice was withdrawn."""
    ARRESTED = "arrested"
    PRESENTED = "presented"


SUSPECT_TRANSITIONS: Final[Mapping[SuspectStanding, Mapping[SuspectHappening, SuspectStanding]]] = {
    SuspectStanding.WITHDRAWN: {SuspectHappening.IDENTIFIED: SuspectStanding.SOUGHT},
    SuspectStanding.SOUGHT: {
        SuspectHappening.WANTED: SuspectStanding.WANTED,
        SuspectHappening.ARRESTED: SuspectStanding.ARRESTED,
        SuspectHappening.PRESENTED: SuspectStanding.PRESENTED,
    },
    SuspectStanding.WANTED: {
        SuspectHappening.LAPSED: SuspectStanding.SOUGHT,
        SuspectHappening.CANCELLED: SuspectStanding.SOUGHT,
        SuspectHappening.ARRESTED: SuspectStanding.ARRESTED,
        SuspectHappening.PRESENTED: SuspectStanding.PRESENTED,
    },
    SuspectStanding.ARRESTED: {SuspectHappening.PRESENTED: SuspectStanding.PRESENTED},
    SuspectStanding.PRESENTED: {},
}
"""The table: the state of a suspect after an event. Without a valid entry a suspect is withdrawn:
this row is only for a suspect who is recorded for the first time."""

STANDING_AFTER_HAPPENING: Final = {
    happening: standing
    for row in SUSPECT_TRANSITIONS.values()
    for happening, standing in row.items()
}
"""The state of a suspect after the last event: the row of the published table."""

SUSPECT_MOVES: Final = moves_where(lambda law: law.about is EntrySubject.SUSPECT)
"""Moves that tell of suspects."""


class SuspectEntry(NamedTuple):
    """An entry of the history about one suspect. Entries sort in their order."""

    on: str
    """The day it happened."""
    number: int
    """Of the entry in the history of the case."""
    happening: SuspectHappening


class SuspectEventData(Protocol):
    """An entry of a history, as it is kept or as it is counted."""

    @property
    def number(self) -> int:
        """Within the case."""

    @property
    def move(self) -> str:
        """Its move."""

    @property
    def data(self) -> Mapping[str, Any]:
        """Its data."""


def entry_from_event(event: SuspectEventData) -> SuspectEntry:
    """The first entry of a suspect, from its `suspect` event."""
    return SuspectEntry(
        str(event.data["on"]), event.number, SuspectHappening(str(event.data["happening"]))
    )


def valid_entries_by_suspect(events: Iterable[SuspectEventData]) -> dict[int, list[SuspectEntry]]:
    """The valid entries of each suspect of one case, by number, in the order of the days.

    A suspect recorded in error has none.
    """
    told = [event for event in events if event.move in SUSPECT_MOVES and "suspect" in event.data]
    valid = valid_entries(told)
    found: dict[int, list[SuspectEntry]] = {}
    for event in told:
        number = event.data["suspect"]
        if isinstance(number, int):
            ledger = found.setdefault(number, [])
            if event.move == Move.SUSPECT.value and event.number in valid:
                ledger.append(entry_from_event(event))
    return {number: sorted(ledger) for number, ledger in found.items()}


def resulting_standing(ledger: Sequence[SuspectEntry]) -> SuspectStanding:
    """The state of a suspect after their valid entries.

    Raises IllegalMove, naming the entry that is impossible at its place.
    """
    standing = SuspectStanding.WITHDRAWN
    for on, number, happening in ledger:
        if happening not in SUSPECT_TRANSITIONS[standing]:
            before = "not identified" if standing is SuspectStanding.WITHDRAWN else standing.value
            raise IllegalMove(
                f"Entry {number} of the history ({happening} on {on}) is of no suspect who is "
                f"{before} then. Record first what came before, correct that entry, or give the "
                "day that is right."
            )
        standing = SUSPECT_TRANSITIONS[standing][happening]
    return standing


def standings_by_suspect(events: Iterable[SuspectEventData]) -> dict[int, SuspectStanding]:
    """How each suspect of one case stands, by number, from the case's history."""
    return {
        number: resulting_standing(ledger)
        for number, ledger in valid_entries_by_suspect(events).items()
    }
