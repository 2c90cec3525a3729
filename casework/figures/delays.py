"""How long people waited, in four steps that everybody knows: an hour, a day, a week, longer.

The steps are counted from the fine classes of `casework.figures.histogram`, so a time that lies
within 2 % of a limit may be told on its other side. Each step adds up all priorities.

**What is told.** The median and the time of nine in ten are told, too, so the order of the steps is
known, and withholding a small step with the next smallest would not hide it: of 0, 1 and 5, only 1
and 5 add up to six reports of which most waited longest. Of the steps of one measure in one month
all are told, or, where one of them is from 1 to 4, none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from casework.figures.counted import MEASURES
from casework.figures.histogram import seconds_of

TIME: Final = "time:"
FEWEST: Final = 5
"""Smallest number above nothing that is published."""
STEPS: Final[Mapping[str, float]] = {
    "hour": 3_600,
    "day": 86_400,
    "week": 7 * 86_400,
    "longer": math.inf,
}
"""Each step with the longest time in it, in seconds."""


def step_figure(measure: str, step: str) -> str:
    """The figure of one step of a measure."""
    return f"delay:{measure}:{step}"


def steps_of(measure: str) -> tuple[str, ...]:
    """The figures of all steps of a measure."""
    return tuple(step_figure(measure, step) for step in STEPS)


def delays(figures: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Measure → how many are in each of its steps, from the figures of the fine classes."""
    found = {measure: dict.fromkeys(steps_of(measure), 0) for measure in MEASURES}
    for figure, often in figures.items():
        if figure.startswith(TIME):
            _, measure, _, number = figure.split(":")
            seconds = seconds_of(int(number))
            step = next(name for name, longest in STEPS.items() if seconds <= longest)
            found[measure][step_figure(measure, step)] += often
    return found


def told(steps: Mapping[str, int]) -> Mapping[str, int | None]:
    """What is published of the steps of one measure in one month."""
    small = any(0 < number < FEWEST for number in steps.values())
    return hidden(steps) if small else steps


def hidden(steps: Mapping[str, int]) -> dict[str, int | None]:
    """The steps of a month of which none is told."""
    return dict.fromkeys(steps)
