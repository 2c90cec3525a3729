"""`phones.json`: whom staff telephone when minutes count, as data.

    {"units":         [{"id": "<unit>", "number": "…", "source": "…", "date": "2026-11-30",
                        "confirmed": true}],
     "control_rooms": [{"id": "<territory>", …}],    a room for everywhere has the id of the pack
     "offices":       [{"id": "<office>/<court>", …}]}    `<office>` alone: one for all its courts

A number without an entry is missing, and the desk says so. A pack may have no such file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field

from casework.pack.entries import PackEntry, PackError, read_list
from casework.pack.jurisdiction import Jurisdiction

FILE: Final = "phones.json"
UNITS: Final = "units"
CONTROL_ROOMS: Final = "control_rooms"
OFFICES: Final = "offices"


class Phone(PackEntry):
    """One number, with whoever says that it is right."""

    id: str
    number: str = Field(pattern=r"^\+?[0-9](?:[ ]?[0-9]){1,19}$")
    """As it is dialled."""
    source: str = Field(min_length=1)
    date: date
    """The day on which the source said so, or a person tried the number."""
    confirmed: bool
    """Whether a person of the authority called it and was answered. Pages dial no other number."""


@dataclass(frozen=True)
class Phones:
    """The numbers of a pack."""

    units: Mapping[str, Phone]
    control_rooms: Mapping[str, Phone]
    """By the code of a territory; by the id of the pack for a room that takes all calls."""
    offices: Mapping[str, Phone]
    """Of the prosecutor on call, by `office/court`, or by the office for all its courts."""


@dataclass(frozen=True)
class Wanted:
    """A number that somebody needs."""

    entry: str
    """The list and the entry of `phones.json` that it is written into."""
    phone: Phone | None
    """None where nobody entered it."""


@lru_cache
def phones_of(folder: Path) -> Phones:
    """The numbers of a pack; raises `PackError`."""
    phones, found = _read(folder)
    if found:
        raise PackError(found)
    return phones


def _read(folder: Path) -> tuple[Phones, list[str]]:
    if not (folder / FILE).is_file():
        return Phones({}, {}, {}), []
    units, in_units = read_list(folder, FILE, UNITS, Phone)
    rooms, in_rooms = read_list(folder, FILE, CONTROL_ROOMS, Phone)
    offices, in_offices = read_list(folder, FILE, OFFICES, Phone)
    return Phones(units, rooms, offices), [*in_units, *in_rooms, *in_offices]


def of_unit(pack: Jurisdiction, unit: str) -> Wanted:
    """The number of whoever answers in a unit at any hour."""
    return Wanted(f"{UNITS}: {unit}", phones_of(pack.folder).units.get(unit))


def of_control_room(pack: Jurisdiction, place: str | None) -> Wanted:
    """The number of the control room that sends a patrol to a place: the nearest one above it."""
    rooms = phones_of(pack.folder).control_rooms
    upward = [each.code for each in pack.upward(place)] if place else []
    for code in (*upward, pack.id):
        if code in rooms:
            return Wanted(f"{CONTROL_ROOMS}: {code}", rooms[code])
    return Wanted(f"{CONTROL_ROOMS}: {upward[-1] if upward else pack.id}", None)


def of_office(pack: Jurisdiction, office: str, court: str) -> Wanted:
    """The number of the prosecutor on call of an office at one of its courts."""
    offices = phones_of(pack.folder).offices
    for entry in (f"{office}/{court}", office):
        if entry in offices:
            return Wanted(f"{OFFICES}: {entry}", offices[entry])
    return Wanted(f"{OFFICES}: {office}/{court}", None)


def needed(pack: Jurisdiction) -> Iterator[Wanted]:
    """The numbers without which nobody can be called when minutes count: of each unit where
    somebody answers at any hour, of a control room for each part of the country, and of the
    prosecutor on call of each office at each of its courts that may be open."""
    for unit in pack.units.values():
        if unit.duty:
            yield of_unit(pack, unit.id)
    for place in pack.territories.outermost:
        yield of_control_room(pack, place.code)
    for office in pack.facts.prosecutors.values():
        for court in pack.courts.values():
            if court.level == office.court_level and court.operational is not False:
                yield of_office(pack, office.id, court.id)


def findings(folder: Path) -> Iterator[str]:
    """What is wrong in the file: an entry that cannot be read, or one of nothing in the pack."""
    phones, found = _read(folder)
    yield from found
    pack = Jurisdiction(folder)
    try:
        known = {
            UNITS: set(pack.units),
            CONTROL_ROOMS: {pack.id, *pack.territories},
            OFFICES: {
                entry
                for office in pack.facts.prosecutors.values()
                for entry in (
                    office.id,
                    *(
                        f"{office.id}/{court.id}"
                        for court in pack.courts.values()
                        if court.level == office.court_level
                    ),
                )
            },
        }
    except PackError:
        return  # told of where it is: an entry cannot be compared with what cannot be read
    for part, ids in known.items():
        for entry in getattr(phones, part).keys() - ids:
            yield f"{FILE}: {part}: {entry}: the pack has nothing of this id"
