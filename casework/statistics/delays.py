"""How long people waited, in four steps that everybody knows: an hour, a day, a week, longer.

The steps are counted from the fine classes of `casework.statistics.histogram`, so a time that lies
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

from casework.statistics.case_statistics import DELAY_MEASURES
from casework.statistics.histogram import seconds_from_class

DELAY_COUNTER_PREFIX: Final = "time:"
MIN_PUBLISHED: Final = 5
"""Smallest number above nothing that is published."""
DELAY_STEPS_SECONDS: Final[Mapping[str, float]] = {
    "hour": 3_600,
    "day": 86_400,
    "week": 7 * 86_400,
    "longer": math.inf,
}
"""Each step with the longest time in it, in seconds."""


def step_figure(measure: str, step: str) -> str:
    """The figure of one step of a measure."""
    return f"delay:{measure}:{step}"


def step_figures(measure: str) -> tuple[str, ...]:
    """The figures of all steps of a measure."""
    return tuple(step_figure(measure, step) for step in DELAY_STEPS_SECONDS)


def count_delays(figures: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Measure → how many are in each of its steps, from the figures of the fine classes."""
    found = {measure: dict.fromkeys(step_figures(measure), 0) for measure in DELAY_MEASURES}
    for figure, often in figures.items():
        if figure.startswith(DELAY_COUNTER_PREFIX):
            _, measure, _, number = figure.split(":")
            seconds = seconds_from_class(int(number))
            step = next(name for name, longest in DELAY_STEPS_SECONDS.items() if seconds <= longest)
            found[measure][step_figure(measure, step)] += often
    return found


def suppress_small_steps(steps: Mapping[str, int]) -> Mapping[str, int | None]:
    """What is published of the steps of one measure in one month."""
    small = any(0 < number < MIN_PUBLISHED for number in steps.values())
    return suppress_all_steps(steps) if small else steps


def suppress_all_steps(steps: Mapping[str, int]) -> dict[str, int | None]:
    """The steps of a month of which none is told."""
    return dict.fromkeys(steps)
