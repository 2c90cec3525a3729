"""Stations in a row, which share resources: what waits, what is served, and how full each gets.

Time goes in steps of a second. A station serves what waits there, oldest first, as far as its
resources of that second go; earlier stations take first. What it serves arrives at the next ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

MINUTE: Final = 60


@dataclass
class Resource:
    """What stations use, refilled each second."""

    name: str
    a_second: float
    burst: float = 0
    wanted: float = 0
    """By what came to the stations since the minute began."""
    peak: float = 0
    """The most that was wanted in a second, of the busiest minute."""
    full: float = field(init=False)
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.full = max(self.burst, self.a_second)
        self.level = self.full

    def end_minute(self, seconds: int) -> None:
        """Begin the next minute; the one that ends had so many seconds."""
        self.peak = max(self.peak, self.wanted / seconds)
        self.wanted = 0

    def share(self) -> float:
        """What was wanted in a second of the busiest minute, of what a second gives."""
        return self.peak / self.a_second if self.a_second else inf


@dataclass
class Station:
    """A step that every item takes, and what one item uses of each resource."""

    name: str
    uses: Mapping[str, float]
    next: Mapping[str, float] = field(default_factory=dict)
    """The stations behind it, with the share of items that go there."""
    tries: float = inf
    """Of what is refused, so much asks a second all the same; the rest knows that it would be."""
    leaves_to: str = ""
    """The station of what is not served at once; otherwise it waits here."""
    waiting: float = 0
    came: list[float] = field(default_factory=list)
    went: list[float] = field(default_factory=list)
    """Sums of the items that came and went, by second."""
    most: float = 0
    """The most that ever waited."""
    left: float = 0
    """What was passed on elsewhere, without being served."""

    def serve(self, coming: float, uses: Sequence[tuple[Resource, float]]) -> float:
        """A second: what comes waits behind what is there; returns what was served. `uses` are the
        resources themselves."""
        served = self.waiting + coming
        if served:  # of most seconds of two days, no station but one has anything to do
            self.waiting = served
            for resource, units in uses:
                served = min(served, max(resource.level, 0) / units)
            asked = min(coming, served + self.tries)
            for resource, units in uses:
                resource.wanted += asked * units
                resource.level -= served * units
            self.waiting -= served
            self.most = max(self.most, self.waiting)
        self.came.append((self.came[-1] if self.came else 0) + coming)
        self.went.append((self.went[-1] if self.went else 0) + served)
        return served

    def pass_on(self) -> float:
        """What was not served, which waits elsewhere from now on."""
        left, self.waiting = self.waiting, 0
        self.went[-1] += left
        self.left += left
        return left

    @property
    def longest(self) -> int:
        """Seconds that the item waited which waited longest; those left wait to the end."""
        return max(
            (
                bisect_left(self.went, sum_ - 1e-6, lo=second) - second
                for second, sum_ in enumerate(self.came)
                if second == 0 or sum_ > self.came[second - 1]
            ),
            default=0,
        )

    @property
    def drained(self) -> int | None:
        """The second from which on nothing waited; None where something still waits."""
        if self.waiting > 1e-6:
            return None
        return bisect_left(self.went, self.came[-1] - 1e-6)


@dataclass
class Line:
    """The stations in their order, and their resources."""

    stations: Sequence[Station]
    resources: Mapping[str, Resource]

    def station(self, name: str) -> Station:
        """The station of a name."""
        (found,) = (each for each in self.stations if each.name == name)
        return found

    def play(self, arrivals: Sequence[float], at_most: int) -> None:
        """Let items arrive at the first station, second by second, until nothing waits."""
        resources = [*self.resources.values()]
        uses = {
            station.name: [(self.resources[name], units) for name, units in station.uses.items()]
            for station in self.stations
        }
        second = 0
        while second < len(arrivals) or (second < at_most and self._waits()):
            coming = dict.fromkeys(uses, 0.0)
            coming[self.stations[0].name] = arrivals[second] if second < len(arrivals) else 0
            for station in self.stations:
                served = station.serve(coming[station.name], uses[station.name])
                if served:
                    for name, share in station.next.items():
                        coming[name] += served * share
                if station.leaves_to and station.waiting:
                    coming[station.leaves_to] += station.pass_on()
            for resource in resources:
                if resource.level < resource.full:
                    resource.level = min(resource.level + resource.a_second, resource.full)
            second += 1
            if second % MINUTE == 0:
                self._end_minute(MINUTE)
        if second % MINUTE:
            self._end_minute(second % MINUTE)

    def _end_minute(self, seconds: int) -> None:
        for resource in self.resources.values():
            resource.end_minute(seconds)

    def _waits(self) -> bool:
        return any(each.waiting > 1e-6 for each in self.stations)
