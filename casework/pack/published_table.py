"""The rows of the published table, and the rule that gives a report its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from casework.pack.entries import (
    Category,
    Names,
    PackEntry,
    PackFacts,
    Territory,
    read_pack_entries,
    read_pack_entry,
    read_territories,
)

FILE = "statistics.json"

UNCLASSIFIED_GROUP: Final = "unclassified"
"""Group of a report without a category that is not reviewed yet."""
SET_ASIDE_GROUP: Final = "set_aside"
"""Group of a report whose case was rejected at review."""
HOME_REGION: Final = "home"
UNPLACED_DIVISION: Final = "unplaced"
"""Division of a report from home without a place of the list."""
ELSEWHERE_REGION: Final = "elsewhere"
"""Region of a country that the pack's table lacks."""


class StatisticsGroup(PackEntry):
    """A row of the published table."""

    id: str
    part: Literal["technology", "apart"]
    names: Names


class StatisticsFlag(PackEntry):
    """A fact that a reviewer may confirm beside a category of the group."""

    id: str
    group: str
    names: Names


class Region(PackEntry):
    """Countries that are counted together."""

    id: str
    names: Names
    countries: frozenset[str]


class Census(PackEntry):
    """Where the numbers of inhabitants in `territories.json` are written."""

    source: str
    day: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    """The day on which people were counted."""
    confirmed: bool
    """Whether the numbers were compared with what the source tells; others are not used."""


class Licence(PackEntry):
    """The terms under which the figures may be used."""

    id: str
    """As SPDX names it."""
    address: Annotated[str, StringConstraints(pattern=r"^https://")]


@dataclass(frozen=True)
class Division:
    """One of the largest territories of the country."""

    id: str
    names: Names
    inhabitants: int | None = None


class PublishedTable(PackEntry):
    """`statistics.json` of the pack (may be absent): the rows of its published table."""

    note: str = ""
    since: Annotated[str, StringConstraints(pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])$")] | None = None
    """The first month of the service, as in `2024-06`: the first one offered to readers."""
    groups: tuple[StatisticsGroup, ...] = ()
    flags: tuple[StatisticsFlag, ...] = ()
    regions: tuple[Region, ...] = ()
    agreement: bool = False
    """Whether the public reads, too, how often two people decided alike."""
    prosecution: bool = False
    """Whether the public reads, too, how often units informed the prosecutor in time, and how often
    the office answered in time."""
    census: Census | None = None
    licence: Licence | None = None
    divisions: tuple[Division, ...] = ()
    """From `territories.json`, not from this file."""

    @property
    def inhabitants(self) -> Census | None:
        """The census, if somebody confirmed it: a rate from wrong numbers would be a wrong
        figure."""
        return self.census if self.census is not None and self.census.confirmed else None

    def count_inhabitants(self, division: str) -> int | None:
        """How many people live there, by a confirmed census."""
        found = (each.inhabitants for each in self.divisions if each.id == division)
        return next(found, None) if self.inhabitants else None

    @property
    def group_ids(self) -> tuple[str, ...]:
        """Every possible group of a report."""
        return (*(group.id for group in self.groups), UNCLASSIFIED_GROUP, SET_ASIDE_GROUP)

    @property
    def technology(self) -> tuple[str, ...]:
        """The groups that make up technology crimes."""
        return tuple(group.id for group in self.groups if group.part == "technology")

    @property
    def origins(self) -> tuple[str, ...]:
        """Every possible origin of a report."""
        return (HOME_REGION, *self.abroad)

    @property
    def abroad(self) -> tuple[str, ...]:
        """The regions, and the one for all other countries."""
        return (*(region.id for region in self.regions), ELSEWHERE_REGION)

    @property
    def places(self) -> tuple[str, ...]:
        """Every possible division of a report from home."""
        return (*(division.id for division in self.divisions), UNPLACED_DIVISION)

    def find_region(self, country: str | None) -> str:
        """The origin of a report, by the country that it names (None: at home)."""
        if country is None:
            return HOME_REGION
        return next(
            (each.id for each in self.regions if country in each.countries), ELSEWHERE_REGION
        )

    def row_names(self, table: str, row: str) -> Mapping[str, str]:
        """The names, by language, of a row that the pack names; otherwise none."""
        rows: Mapping[str, tuple[StatisticsGroup | StatisticsFlag | Region | Division, ...]] = {
            "groups": self.groups,
            "flags": self.flags,
            "origin": self.regions,
            "regions": self.divisions,
        }
        return next((each.names for each in rows.get(table, ()) if each.id == row), {})


@dataclass(frozen=True)
class StatisticsLaw:
    """The part of a pack that decides where a report counts."""

    table: PublishedTable
    groups: Mapping[str, str]
    """Category → group."""
    territories: Mapping[str, Territory]
    zone: tzinfo
    """The clocks of the country: figures are of its days."""

    def local_day(self, at: datetime) -> str:
        """The day of a time in the country, as in `2024-06-01`."""
        return at.astimezone(self.zone).date().isoformat()

    def find_group(self, category: str | None) -> str:
        """The group of a category; a category that the pack no longer has is unclassified."""
        return self.groups.get(category or "", UNCLASSIFIED_GROUP)

    def find_division(self, territory: str | None) -> str:
        """The largest territory around this one; without a known one, the report is unplaced."""
        division, at = UNPLACED_DIVISION, territory
        while at is not None and at in self.territories:
            division, at = at, self.territories[at].parent
        return division


@cache
def load_statistics_law(folder: Path) -> StatisticsLaw:
    """The law of the pack in a folder; raises PackError for unreadable files.

    A pack without the file has the groups that its categories name, all in one part.
    """
    categories, _ = read_pack_entries(folder, "categories.json", "categories", Category)
    groups = {category.id: category.group for category in categories.values()}
    if (folder / FILE).is_file():
        table = read_pack_entry(folder, FILE, PublishedTable)
    else:
        rows = (
            StatisticsGroup(id=group, part="technology", names={})
            for group in dict.fromkeys(groups.values())
        )
        table = PublishedTable(groups=tuple(rows))
    territories = read_territories(folder)
    divisions = tuple(
        Division(each.code, each.names, each.population) for each in territories.outermost
    )
    zone = read_pack_entry(folder, "pack.json", PackFacts).zone
    return StatisticsLaw(
        table.model_copy(update={"divisions": divisions}), groups, territories, zone
    )
