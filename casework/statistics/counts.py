"""Counts of figures by day, and events at their statistical times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from casework.pack.published_table import StatisticsLaw

Counts = Counter[tuple[str, str, str]]
"""How often: (day of the fact, day recorded, figure)."""


@dataclass(frozen=True)
class StatisticalEvent:
    """An event of a case, at its statistical time."""

    number: int
    move: str
    at: datetime
    day: str
    """The day it happened and was recorded, in the country."""
    data: Mapping[str, Any]


def shift_to_statistical_times(
    law: StatisticsLaw,
    events: Iterable[tuple[int, str, str, str | None, Mapping[str, Any]]],
    shift: timedelta,
) -> list[StatisticalEvent]:
    """Events at their statistical times: when they happened, or were replayed as happening.

    Each is (number, move, at, replayed at, data). What the system does by itself is not replayed:
    it keeps its distance from the last thing before it that was. `shift` is that of the report that
    opened the case: nothing, outside the stage `local`.
    """
    found = []
    for number, move, said, replayed, data in events:
        at = datetime.fromisoformat(said)
        if replayed is not None:
            shift = datetime.fromisoformat(replayed) - at
        when = at + shift
        told = _as_late(data, law.local_day(at), law.local_day(when)) if shift else data
        found.append(StatisticalEvent(number, move, when, law.local_day(when), told))
    return found


def _as_late(data: Mapping[str, Any], recorded: str, counted: str) -> Mapping[str, Any]:
    """What an entry says, with the day it tells of as many days before it as it was recorded."""
    if "on" not in data:
        return data
    days = date.fromisoformat(counted) - date.fromisoformat(recorded)
    return {**data, "on": (date.fromisoformat(str(data["on"])) + days).isoformat()}


def subtract_counts(after: Counts, before: Counts) -> Counts:
    """What must be added to the counters when one mark takes another's place."""
    moved = Counts(after)
    moved.subtract(before)
    return without_zeros(moved)


def without_zeros(counts: Counts) -> Counts:
    return Counts({cell: often for cell, often in counts.items() if often})
