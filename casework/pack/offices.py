"""The prosecutor's offices of a pack, each at its court, and the units with cases of theirs."""

from __future__ import annotations

from collections.abc import Iterator

from casework.case.referral import OfficeSeat
from casework.pack.jurisdiction import Jurisdiction, Unit


def list_seats(pack: Jurisdiction) -> frozenset[OfficeSeat]:
    """Every office with each court that it sits at."""
    return frozenset(
        (office.id, court.id)
        for office in pack.facts.prosecutors.values()
        for court in pack.courts.values()
        if court.level == office.court_level
    )


def units_at_office(pack: Jurisdiction, seat: OfficeSeat) -> tuple[str, ...]:
    """The units with which a case of this office may stand, in the order of the pack.

    They are those of the court's district, and the national units that work for every court. A
    unit with other cases, too, is among them: `offices_of` tells of each case whose it is.
    """
    _, court = seat
    return tuple(
        unit.id
        for unit in pack.units.values()
        if unit.court_from_territory or court in set(_courts_of(pack, unit))
    )


def _courts_of(pack: Jurisdiction, unit: Unit) -> Iterator[str]:
    """The courts of a unit's territory or seat, with those above them and their substitutes."""
    places = set(_within(pack, unit.territory)) if unit.territory else set()
    named = {unit.court, *(pack.territories[code].court for code in places)} - {None}
    for first in (pack.courts[str(each)] for each in named):
        for court in (first, pack.courts[first.appeal or first.id]):
            yield court.id
            if court.fallback:
                yield court.fallback
            if court.fallback_hint:
                yield court.fallback_hint.court


def _within(pack: Jurisdiction, code: str) -> Iterator[str]:
    """A territory and all territories in it; none for an unknown code."""
    if code in pack.territories:
        yield code
        for below in pack.below(code):
            yield from _within(pack, below.code)
