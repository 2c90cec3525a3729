"""The board of supervisors: what waits, what is late, and who has how much.

Lists on which people act are read from queues. Counts of a week are for sharing out the work: none
of them is a ranking of people, and no order here is by how much somebody did.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Final, Literal

from casework.case.value_objects import Priority, UnitState
from casework.statistics.case_statistics import PROPOSAL_KINDS
from casework.statistics.decision_lines import DecidedLine
from casework.views.desk_view import DeskView
from casework.views.lists import CaseLine
from casework.views.sample import SamplesOnBoard

BOARD_HOUR_SECONDS: Final = 3_600
AGE_LIMITS_SECONDS: Final = (
    BOARD_HOUR_SECONDS,
    4 * BOARD_HOUR_SECONDS,
    24 * BOARD_HOUR_SECONDS,
    72 * BOARD_HOUR_SECONDS,
)
"""Seconds at which one class of ages ends and the next begins."""


class WaitingView(DeskView):
    """Cases of one priority that wait at one desk."""

    desk: Literal["review", "supervision"]
    priority: Priority
    ages: tuple[int, ...]
    """How many there are in each class of ages, the youngest first: one class more than `edges`."""


class UnitBoard(DeskView):
    """What stands with one unit, and how fast it answers."""

    unit: str
    waiting: int
    """Referrals it has not answered."""
    waiting_since: str | None = None
    """Of the oldest of them."""
    held: int
    """Cases it holds, those without the prosecutor's authorisation included."""
    unauthorised: int
    unauthorised_since: str | None = None
    """Of the one that has rested longest without the authorisation."""
    answered: int
    """Referrals it answered in these days."""
    median_seconds: int | None = None
    """From the time it was told to its answer; left out where it answered none."""


class PersonLoad(DeskView):
    """What one person has now, and has decided today."""

    by: str
    held: int
    decided: int


class ProposalsKept(DeskView):
    """What the first reviews of these days did to one kind of proposal."""

    what: Literal["category", "priority", "territory", "unit"]
    kept: int
    corrected: int


class Board(DeskView):
    """What waits, what is late, and who has how much."""

    days: int
    """The days of answers and corrections, today included."""
    edges: tuple[int, ...]
    """Seconds since a case was opened, at which one class of ages ends and the next begins."""
    waiting: tuple[WaitingView, ...]
    """Those without a case are left out."""
    waiting_goes_on: bool
    """Whether more wait than were counted."""
    late: tuple[CaseLine, ...]
    """Most urgent first."""
    late_goes_on: bool
    contested: tuple[CaseLine, ...]
    """Units dispute whose case it is: a supervisor decides."""
    second_looks: tuple[CaseLine, ...]
    """A person proposed a decision; another one must decide the same."""
    held: tuple[CaseLine, ...]
    """Cases that a person works on alone now, at review and at units, the oldest hold first."""
    held_cursor: str | None = None
    """Of the next page of `holds`; left out where all are here."""
    unauthorised: tuple[CaseLine, ...]
    """The most urgent of those that have rested longest without the prosecutor's authorisation, and
    of one priority those that rest longest."""
    units: tuple[UnitBoard, ...]
    """By id; those with nothing are left out."""
    load: tuple[PersonLoad, ...]
    """In no order of merit."""
    corrections: tuple[ProposalsKept, ...]
    samples: SamplesOnBoard
    """Closed reviews that a second person reads again."""
    people: Mapping[str, str] = {}
    """The names of all who are named by subject."""


def count_by_age(
    places: Iterable[tuple[int, str]], now: datetime
) -> dict[Priority, tuple[int, ...]]:
    """How many cases of each priority are in each class of ages, from the rank of each and the time
    at which it was opened."""
    found: dict[Priority, list[int]] = defaultdict(lambda: [0] * (len(AGE_LIMITS_SECONDS) + 1))
    for rank, opened_at in places:
        age = (now - datetime.fromisoformat(opened_at)).total_seconds()
        found[list(Priority)[rank]][sum(age >= edge for edge in AGE_LIMITS_SECONDS)] += 1
    return {each: tuple(found[each]) for each in Priority if each in found}


def unit_boards(
    standing: Iterable[tuple[str, UnitState, str]], decided: Iterable[DecidedLine]
) -> tuple[UnitBoard, ...]:
    """The lines of the units: from what stands with each, how and since when, and from answers."""
    since: dict[str, dict[UnitState, list[str]]] = defaultdict(lambda: defaultdict(list))
    for unit, stands, begun in standing:
        since[unit][stands].append(begun)
    times: dict[str, list[int]] = defaultdict(list)
    for line in decided:
        if line.unit is not None and line.seconds is not None:
            times[line.unit].append(line.seconds)
    return tuple(
        UnitBoard(
            unit=unit,
            waiting=len(since[unit][UnitState.WAITING]),
            waiting_since=min(since[unit][UnitState.WAITING], default=None),
            held=len(since[unit][UnitState.HELD]) + len(since[unit][UnitState.UNAUTHORISED]),
            unauthorised=len(since[unit][UnitState.UNAUTHORISED]),
            unauthorised_since=min(since[unit][UnitState.UNAUTHORISED], default=None),
            answered=len(times[unit]),
            median_seconds=math.floor(median(times[unit])) if times[unit] else None,
        )
        for unit in sorted({*since, *times})
    )


def person_loads(held: Iterable[str], decided: Iterable[DecidedLine]) -> tuple[PersonLoad, ...]:
    """What each person has now and decided today, by subject; `held` has who holds each case."""
    holds = Counter(held)
    decisions = Counter(line.by for line in decided)
    return tuple(
        PersonLoad(by=by, held=holds[by], decided=decisions[by])
        for by in sorted({*holds, *decisions})
    )


def proposal_corrections(decided: Sequence[DecidedLine]) -> tuple[ProposalsKept, ...]:
    """What first reviews did to the proposals of the machine."""
    kept = Counter(name for line in decided for name in line.kept)
    corrected = Counter(name for line in decided for name in line.corrected)
    return tuple(
        ProposalsKept.model_validate(
            {"what": name, "kept": kept[name], "corrected": corrected[name]}
        )
        for name in PROPOSAL_KINDS
        if kept[name] or corrected[name]
    )
