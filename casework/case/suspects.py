"""What becomes of suspects: one table, which a case and the published figures both follow.

A suspect is a number within a case, never a name. What happens to one is an entry of the case with
the day it happened, and is never changed. What was recorded in error is corrected by a later entry
that names it (`corrects`); a correction that was itself an error is corrected in the same way, and
what it took away holds again. A suspect stands as the entries that hold lead to, in the order of
their days, so what is recorded late takes the place its day gives it.

Each suspect is in exactly one state, so that identified = presented + wanted + arrested + still
sought always holds. One who was recorded in error is in none of them: the number is not used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from casework.case.columns import About
from casework.case.history import holding
from casework.case.lifecycle import Move, moves_that
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
    """What happens to a suspect."""

    IDENTIFIED = "identified"
    WANTED = "wanted"
    """A wanted notice is issued."""
    LAPSED = "lapsed"
    """The wanted notice ran out by law."""
    CANCELLED = "cancelled"
    """The wanted notice was withdrawn."""
    ARRESTED = "arrested"
    PRESENTED = "presented"


LEGAL: Final[Mapping[SuspectStanding, Mapping[SuspectHappening, SuspectStanding]]] = {
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
"""The table: how a suspect stands after what happened. Where no entry holds they are withdrawn: the
row is of one who is recorded for the first time, and of nobody else."""

LEADS_TO: Final = {
    happening: standing for row in LEGAL.values() for happening, standing in row.items()
}
"""How a suspect stands after what happened last: the row of the published table."""

RECORDED: Final = moves_that(lambda law: law.about is About.SUSPECT)
"""Moves that tell of suspects."""


class SuspectEntry(NamedTuple):
    """What an entry of the history says of one suspect. Entries sort as they follow each other."""

    on: str
    """The day it happened."""
    number: int
    """Of the entry in the history of the case."""
    happening: SuspectHappening


class ToldOfSuspects(Protocol):
    """An entry of a history, as it is kept or as it is counted."""

    @property
    def number(self) -> int:
        """Within the case."""

    @property
    def move(self) -> str:
        """What it does."""

    @property
    def data(self) -> Mapping[str, Any]:
        """What it says."""


def entry_of(event: ToldOfSuspects) -> SuspectEntry:
    """What a `suspect` event says."""
    return SuspectEntry(
        str(event.data["on"]), event.number, SuspectHappening(str(event.data["happening"]))
    )


def entries(events: Iterable[ToldOfSuspects]) -> dict[int, list[SuspectEntry]]:
    """What holds of each suspect of one case, by number, in the order of the days.

    Nothing holds of a suspect who was recorded in error.
    """
    told = [event for event in events if event.move in RECORDED and "suspect" in event.data]
    held = holding(told)
    found: dict[int, list[SuspectEntry]] = {}
    for event in told:
        number = event.data["suspect"]
        if isinstance(number, int):
            ledger = found.setdefault(number, [])
            if event.move == Move.SUSPECT.value and event.number in held:
                ledger.append(entry_of(event))
    return {number: sorted(ledger) for number, ledger in found.items()}


def led_to(ledger: Sequence[SuspectEntry]) -> SuspectStanding:
    """How a suspect stands after what holds of them.

    Raises IllegalMove, naming the entry that cannot stand where it does.
    """
    standing = SuspectStanding.WITHDRAWN
    for on, number, happening in ledger:
        if happening not in LEGAL[standing]:
            before = "not identified" if standing is SuspectStanding.WITHDRAWN else standing.value
            raise IllegalMove(
                f"Entry {number} of the history ({happening} on {on}) is of no suspect who is "
                f"{before} then. Record first what came before, correct that entry, or give the "
                "day that is right."
            )
        standing = LEGAL[standing][happening]
    return standing


def standings(events: Iterable[ToldOfSuspects]) -> dict[int, SuspectStanding]:
    """How each suspect of one case stands, by number, from the case's history."""
    return {number: led_to(ledger) for number, ledger in entries(events).items()}
