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

from casework.pack.entries import PackEntry, PackError, read_pack_entries
from casework.pack.jurisdiction import Jurisdiction

FILE: Final = "phones.json"
UNITS_FILE_KEY: Final = "units"
CONTROL_ROOMS_FILE_KEY: Final = "control_rooms"
OFFICES_FILE_KEY: Final = "offices"


class PackPhone(PackEntry):
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
class PackPhones:
    """The numbers of a pack."""

    units: Mapping[str, PackPhone]
    control_rooms: Mapping[str, PackPhone]
    """By the code of a territory; by the id of the pack for a room that takes all calls."""
    offices: Mapping[str, PackPhone]
    """Of the prosecutor on call, by `office/court`, or by the office for all its courts."""


@dataclass(frozen=True)
class RequiredPhone:
    """A number that somebody needs."""

    entry: str
    """The list and the entry of `phones.json` that it is written into."""
    phone: PackPhone | None
    """None where nobody entered it."""


@lru_cache
def load_phones(folder: Path) -> PackPhones:
    """The numbers of a pack; raises `PackError`."""
    phones, found = _read(folder)
    if found:
        raise PackError(found)
    return phones


def _read(folder: Path) -> tuple[PackPhones, list[str]]:
    if not (folder / FILE).is_file():
        return PackPhones({}, {}, {}), []
    units, in_units = read_pack_entries(folder, FILE, UNITS_FILE_KEY, PackPhone)
    rooms, in_rooms = read_pack_entries(folder, FILE, CONTROL_ROOMS_FILE_KEY, PackPhone)
    offices, in_offices = read_pack_entries(folder, FILE, OFFICES_FILE_KEY, PackPhone)
    return PackPhones(units, rooms, offices), [*in_units, *in_rooms, *in_offices]


def unit_phone(pack: Jurisdiction, unit: str) -> RequiredPhone:
    """The number of whoever answers in a unit at any hour."""
    return RequiredPhone(f"{UNITS_FILE_KEY}: {unit}", load_phones(pack.folder).units.get(unit))


def control_room_phone(pack: Jurisdiction, place: str | None) -> RequiredPhone:
    """The number of the control room that sends a patrol to a place: the nearest one above it."""
    rooms = load_phones(pack.folder).control_rooms
    upward = [each.code for each in pack.upward(place)] if place else []
    for code in (*upward, pack.id):
        if code in rooms:
            return RequiredPhone(f"{CONTROL_ROOMS_FILE_KEY}: {code}", rooms[code])
    return RequiredPhone(f"{CONTROL_ROOMS_FILE_KEY}: {upward[-1] if upward else pack.id}", None)


def office_phone(pack: Jurisdiction, office: str, court: str) -> RequiredPhone:
    """The number of the prosecutor on call of an office at one of its courts."""
    offices = load_phones(pack.folder).offices
    for entry in (f"{office}/{court}", office):
        if entry in offices:
            return RequiredPhone(f"{OFFICES_FILE_KEY}: {entry}", offices[entry])
    return RequiredPhone(f"{OFFICES_FILE_KEY}: {office}/{court}", None)


def list_required_phones(pack: Jurisdiction) -> Iterator[RequiredPhone]:
    """The numbers without which nobody can be called when minutes count: of each unit where
    somebody answers at any hour, of a control room for each part of the country, and of the
    prosecutor on call of each office at each of its courts that may be open."""
    for unit in pack.units.values():
        if unit.duty:
            yield unit_phone(pack, unit.id)
    for place in pack.territories.outermost:
        yield control_room_phone(pack, place.code)
    for office in pack.facts.prosecutors.values():
        for court in pack.courts.values():
            if court.level == office.court_level and court.operational is not False:
                yield office_phone(pack, office.id, court.id)


def findings(folder: Path) -> Iterator[str]:
    """What is wrong in the file: an entry that cannot be read, or one of nothing in the pack."""
    phones, found = _read(folder)
    yield from found
    pack = Jurisdiction(folder)
    try:
        ids_by_file = {
            UNITS_FILE_KEY: set(pack.units),
            CONTROL_ROOMS_FILE_KEY: {pack.id, *pack.territories},
            OFFICES_FILE_KEY: {
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
    for part, ids in ids_by_file.items():
        for entry in getattr(phones, part).keys() - ids:
            yield f"{FILE}: {part}: {entry}: the pack has nothing of this id"
