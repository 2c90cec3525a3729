"""`help.json`: who helps somebody besides the police, as data.

Helplines, services that have images taken down, banks. Which of them a reporter is shown depends on
the country they name, on what they report and on their age. A pack may have no such file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from casework.pack.entries import Names, PackEntry, PackError, read_pack_entries
from casework.text.codes import COUNTRY_CODES

FILE: Final = "help.json"
HelpKind = Literal["helpline", "takedown", "bank"]
Ages = Literal["minor", "adult", "any"]


class HelpService(PackEntry):
    """One service, with everything that somebody must know before they turn to it."""

    id: str
    kind: HelpKind
    countries: tuple[str, ...] = ()
    """ISO 3166-1 codes; empty for a service that people of any country can use."""
    categories: tuple[str, ...] = ()
    """The categories it helps with; empty for all."""
    ages: Ages = "any"
    despair: bool = False
    """Whether it helps somebody who thinks of harming themselves."""
    number: str = Field(default="", pattern=r"^(\+?[0-9]{2,15})?$")
    address: str = Field(default="", pattern=r"^(https://[^\s]+)?$")
    names: Names
    help: Names
    """What it does, in one sentence."""
    hours: Names
    languages: tuple[str, ...]
    """BCP 47, as far as the source tells them."""
    quiet: Names
    """How to reach it without being heard or leaving a trace."""
    source: str
    confirmed: bool
    """Whether the service itself says so. Others are shown by a demonstration only."""


@lru_cache
def load_help_services(folder: Path) -> tuple[HelpService, ...]:
    """The services of a pack, in the order to show them; raises `PackError`."""
    if not (folder / FILE).is_file():
        return ()
    entries, found = read_pack_entries(folder, FILE, "services", HelpService)
    if found:
        raise PackError(found)
    return tuple(entries.values())


def public_services(
    services: Sequence[HelpService], *, demonstration: bool
) -> tuple[HelpService, ...]:
    """The services that people may be sent to."""
    return tuple(each for each in services if each.confirmed or demonstration)


def matching_services(
    services: Sequence[HelpService], country: str, category: str | None = None
) -> tuple[HelpService, ...]:
    """The services for somebody in this country, about this category or about anything."""
    return tuple(
        each
        for each in services
        if (not each.countries or country in each.countries)
        and (category is None or not each.categories or category in each.categories)
    )


def findings(folder: Path, languages: Sequence[str], categories: Collection[str]) -> Iterator[str]:
    """What is wrong in the file."""
    try:
        services = load_help_services(folder)
    except PackError as error:
        yield from error.findings
        return
    for each in services:
        for what in ("names", "help", "hours", "quiet"):
            texts = getattr(each, what)
            yield from (
                f"{FILE}: {each.id}: no {what} in {language}"
                for language in languages
                if not texts.get(language)
            )
        yield from (
            f"{FILE}: {each.id}: country {code} is unknown"
            for code in each.countries
            if code not in COUNTRY_CODES
        )
        yield from (
            f"{FILE}: {each.id}: category {name} is unknown"
            for name in each.categories
            if name not in categories
        )
        if not each.number and not each.address and each.kind != "bank":
            yield f"{FILE}: {each.id}: neither a number nor an address"
