"""The results of the model for people: in the terminal, and in docs/scale.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import inf
from pathlib import Path
from typing import Final

from bench.scale import data
from bench.scale.hour import (
    HOUR,
    LEFT,
    LINKED,
    REPORTS,
    STARTED_FIRST,
    TWO_DAYS,
    Shape,
    played,
    shapes,
    until_danger_is_seen,
)
from bench.scale.model import Line
from bench.scale.settings import AS_NEW, FOR_A_FLOOD
from bench.scale.year import loads
from bench.targets import Figure

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
BEGINS, ENDS = "<!-- drawn: scale -->\n", "<!-- end -->"
NAMES: Final = {
    "viral": "one viral scam",
    "thousand": "a thousand scams",
    "attack": "an attack: each report opens a case",
}
WORTH_A_LINE: Final = 0.4
"""The share of its limit from which a resource is shown."""


def minutes_after(line: Line, station: str) -> float | None:
    """Minutes after the hour in which a station was drained; None after two days."""
    drained = line.station(station).drained
    return None if drained is None else max(0, drained + 1 - HOUR) / 60


def latest(line: Line) -> float:
    """Minutes until danger is on the duty desk: for the report that waited longest."""
    return until_danger_is_seen(line) / 60


def beyond(line: Line) -> list[str]:
    """The resources of which more was asked in a second than there is."""
    return [name for name, each in line.resources.items() if each.share() > 1]


@cache
def results() -> str:
    """All results, as tables of Markdown."""
    return "".join(_tables())


def _tables() -> Iterator[str]:
    new = {shape: played(shape, AS_NEW) for shape in shapes(data.costs())}
    flood = {shape: played(shape, FOR_A_FLOOD) for shape in shapes(data.costs())}
    chosen = FOR_A_FLOOD
    yield (
        f"Settings for a flood: `warm_writes = {chosen.warm_writes}`, "
        f"`requests_per_second = {chosen.requests_per_second}`, "
        f"`intake_concurrency = {chosen.intake_concurrency}`.\n"
    )
    yield from _hours("with a new table and the settings of prod", new)
    yield from _hours("with the settings for a flood", flood)
    yield from _peaks(new, flood)
    yield "\n| in a year of 10 million reports | value | limit | |\n|---|---:|---:|---|\n"
    for load in loads():
        state = "**beyond**" if load.beyond else ""
        value = f"{_number(load.value)} {load.unit}".strip()
        yield f"| {load.what} | {value} | {_number(load.limit)} | {state} |\n"
    yield "\n| assumed, not measured | value | |\n|---|---:|---|\n"
    for name, (guess, why) in data.costs().assumed.items():
        yield f"| {name} | {guess:g} | {why} |\n"
    for each in data.limits().values():
        if each.assumed:
            yield f"| {each.name} | {each.a_second:g} | {each.unit}: {each.source} |\n"


def _hours(title: str, lines: dict[Shape, Line]) -> Iterator[str]:
    yield f"\n| an hour of 1,000 reports a second, {title} | wait for intake, most "
    yield "| wait for their case, most | all in their case | danger on the duty desk, latest "
    yield "| starts left | of danger |\n"
    yield "|---|---:|---:|---:|---:|---:|---:|\n"
    for shape, line in lines.items():
        wait, waits = line.station(REPORTS).most, line.station(LINKED).most
        left, danger = line.station(LEFT).came[-1], line.station(STARTED_FIRST).left
        yield (
            f"| {NAMES[shape.name]} | {_number(wait)} | {_number(waits)} | "
            f"{_after(minutes_after(line, LINKED))} | {_number(latest(line))} min | "
            f"{_number(left)} | {_number(danger)} |\n"
        )


def _peaks(new: dict[Shape, Line], flood: dict[Shape, Line]) -> Iterator[str]:
    names = [NAMES[shape.name].partition(":")[0] for shape in flood]
    yield f"\n| busiest minute, of the limit; new → for a flood | {' | '.join(names)} |\n"
    yield f"|---|{'---:|' * len(names)}\n"
    for name in next(iter(flood.values())).resources:
        shown = [
            (before.resources[name].share(), after.resources[name].share())
            for before, after in zip(new.values(), flood.values(), strict=True)
        ]
        if any(max(pair) >= WORTH_A_LINE for pair in shown):
            cells = [f"{_share(before)} → {_share(after)}" for before, after in shown]
            yield f"| {name} | {' | '.join(cells)} |\n"


def _share(value: float) -> str:
    return f"**{value:.0%}**" if value > 1 else f"{value:.0%}"


def _after(minutes: float | None) -> str:
    if minutes is None:
        return f"not in {TWO_DAYS // HOUR} h"
    return f"{_number(minutes)} min after the hour" if minutes else "at once"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def written() -> str:
    """The page with the results of the model as it is now."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
    after = rest.partition(ENDS)[2]
    return f"{before}{BEGINS}{results()}{ENDS}{after}"


def figures() -> Iterator[Figure]:
    """The results that are held to targets, with the settings for a flood."""
    for shape in shapes(data.costs()):
        line = played(shape, FOR_A_FLOOD)
        drained = minutes_after(line, LINKED)
        yield Figure(f"scale_{shape.name}_drained", inf if drained is None else drained)
        yield Figure(f"scale_{shape.name}_alert", latest(line))
        yield Figure(f"scale_{shape.name}_danger_left", line.station(STARTED_FIRST).left)
        yield Figure(f"scale_{shape.name}_beyond", len(beyond(line)))
    yield Figure("scale_year_beyond", sum(load.beyond for load in loads()))
