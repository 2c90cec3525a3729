"""Outcomes counted in suspects: one table, and the published figures counted from the ledger.

A suspect is a number within a case, never a name. What happens to one is an event of the case and
is never changed; a mistake is corrected by the next event. Each suspect is in exactly one state,
so that identified = presented + wanted + arrested + still sought always holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.errors import IllegalMove
from casework.history import Event
from casework.lifecycle import Move


class Standing(StrEnum):
    """How a suspect stands."""

    SOUGHT = "sought"
    """Identified, and neither found nor the object of a wanted notice."""
    WANTED = "wanted"
    """A national wanted notice is in force."""
    ARRESTED = "arrested"
    """Found, and not presented yet."""
    PRESENTED = "presented"
    """Brought before the prosecutor."""


class Happening(StrEnum):
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


LEGAL: Final[Mapping[Standing | None, Mapping[Happening, Standing]]] = {
    None: {Happening.IDENTIFIED: Standing.SOUGHT},
    Standing.SOUGHT: {
        Happening.WANTED: Standing.WANTED,
        Happening.ARRESTED: Standing.ARRESTED,
        Happening.PRESENTED: Standing.PRESENTED,
    },
    Standing.WANTED: {
        Happening.LAPSED: Standing.SOUGHT,
        Happening.CANCELLED: Standing.SOUGHT,
        Happening.ARRESTED: Standing.ARRESTED,
        Happening.PRESENTED: Standing.PRESENTED,
    },
    Standing.ARRESTED: {Happening.PRESENTED: Standing.PRESENTED},
    Standing.PRESENTED: {},
}
"""The table: how a suspect stands after what happened."""


class Figures(BaseModel):
    """The published figures of suspects."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    identified: int = 0
    presented: int = 0
    wanted: int = 0
    arrested: int = 0
    still_sought: int = 0


def after(standing: Standing | None, happening: Happening) -> Standing:
    """How a suspect stands after it; raises IllegalMove when that cannot happen to them."""
    try:
        return LEGAL[standing][happening]
    except KeyError:
        raise IllegalMove(
            f"A suspect who is {standing or 'unknown'} cannot become {happening}."
        ) from None


def standings(events: Iterable[Event]) -> dict[int, Standing]:
    """How each suspect of one case stands, by number, from the case's history."""
    found: dict[int, Standing] = {}
    for event in events:
        if event.move != Move.SUSPECT.value:
            continue
        number, happening = event.data["suspect"], Happening(str(event.data["happening"]))
        if isinstance(number, int):
            found[number] = after(found.get(number), happening)
    return found


def figures(ledgers: Iterable[Iterable[Event]]) -> Figures:
    """The published table, recomputed from the histories of cases."""
    counted = dict.fromkeys(Standing, 0)
    for events in ledgers:
        for standing in standings(events).values():
            counted[standing] += 1
    return Figures(
        identified=sum(counted.values()),
        presented=counted[Standing.PRESENTED],
        wanted=counted[Standing.WANTED],
        arrested=counted[Standing.ARRESTED],
        still_sought=counted[Standing.SOUGHT],
    )
