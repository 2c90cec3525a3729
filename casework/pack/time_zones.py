"""What the clocks of a country show: time zones by their names in the IANA database.

The database is the pinned package, and never the machine's own copy: countries change their clocks
on short notice (Morocco for each Ramadan, and for good in September 2026), and the day of an act
must not depend on the machine that works it out. Nothing is read before somebody asks for a zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import tzdata

ZONEINFO_FOLDER: Final = Path(tzdata.__file__).with_name("zoneinfo")
ZONE_NAMES_FILE: Final = Path(tzdata.__file__).with_name("zones")
ZONE_CHANGES_BEGIN: Final = datetime(2020, 1, 1, tzinfo=UTC)
ZONE_CHANGES_END: Final = datetime(2041, 1, 1, tzinfo=UTC)
"""Pages know the clocks of the years between; each release carries them again."""
ZONE_SEARCH_STEP: Final = timedelta(hours=6)
"""Shorter than any two changes of a clock are apart."""


@cache
def zone_names() -> frozenset[str]:
    """The names of all zones."""
    return frozenset(ZONE_NAMES_FILE.read_text(encoding="utf-8").split())


@cache
def zone_from_name(name: str) -> tzinfo:
    """A zone by its name, as in `Africa/Casablanca`; raises ValueError for an unknown one."""
    if name not in zone_names():
        raise ValueError(f"{name} is no zone of the IANA time zone database")
    with (ZONEINFO_FOLDER / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def same_local_hour(at: datetime, day: date, zone: tzinfo) -> datetime:
    """The moment of another day at which the clocks show what they show at `at`."""
    return datetime.combine(day, at.astimezone(zone).time(), zone).astimezone(UTC)


def day_start(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def zone_changes(zone: tzinfo) -> list[tuple[int, int]]:
    """Since when (seconds since 1970) the clocks are how many minutes ahead of UTC, from
    `ZONE_CHANGES_BEGIN` to `ZONE_CHANGES_END`; the first row is what they were at its beginning."""
    found = [(int(ZONE_CHANGES_BEGIN.timestamp()), _ahead(ZONE_CHANGES_BEGIN, zone))]
    at = ZONE_CHANGES_BEGIN
    while (later := at + ZONE_SEARCH_STEP) <= ZONE_CHANGES_END:
        if _ahead(later, zone) != found[-1][1]:
            since = _change_between(at, later, zone)
            found.append((int(since.timestamp()), _ahead(since, zone)))
        at = later
    return found


def _change_between(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The first second of the new offset, found by halves."""
    was = _ahead(before, zone)
    while (left := (after - before) // timedelta(seconds=1)) > 1:
        middle = before + timedelta(seconds=left // 2)
        before, after = (middle, after) if _ahead(middle, zone) == was else (before, middle)
    return after


def _ahead(at: datetime, zone: tzinfo) -> int:
    return int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds()) // 60
