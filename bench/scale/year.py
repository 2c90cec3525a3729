"""A year of ten million reports: what grows, and what each night and each look takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.scale import data
from functions.history.verify_days import HEADS_A_NIGHT
from functions.triage.reconcile import LOOKED_AT
from infra.function import FULL_CORE_MB, MOST_MB

REPORTS: Final = 10_000_000
OPENS: Final = 0.6
"""The share of reports that open a case, as in the estimate of costs."""
DAYS_ACTIVE: Final = 3
"""Assumed: days on which the history of a case grows."""
DAYS_OPEN: Final = 4
"""Assumed: days from a case's opening until its unit holds it, which an execution waits."""
DAYS_WAITING: Final = 2
"""Assumed: days in a queue that people work through."""
BUSIEST: Final = 10
"""Assumed: the busiest second of the year, of the mean."""
HOURS_OF_LOOKS: Final = 4


@dataclass(frozen=True)
class Load:
    """One load of the year, and its limit."""

    what: str
    value: float
    limit: float
    unit: str

    @property
    def beyond(self) -> bool:
        """Whether it is more than the limit."""
        return self.value > self.limit


def loads() -> Iterator[Load]:
    """The loads of the year."""
    costs, limits = data.costs(), data.limits()
    cases_a_day = REPORTS * OPENS / 365
    second = REPORTS / 365 / 86_400 * BUSIEST
    join, opened = costs.moves["join"]["table writes"], costs.moves["open"]["table writes"]
    writes = second * (1 + OPENS * (opened + 12) + (1 - OPENS) * (join + 3))
    yield Load("write units in the busiest second", writes, limits["table writes"].a_second, "")
    leaves = cases_a_day * DAYS_ACTIVE
    for what, calls, most in (
        ("seal of a night", costs.night["leaf calls"], 1 / 2),
        ("verification of a night", costs.night["head calls"], 3 / 4),
    ):
        seconds = leaves * calls * costs.guess("call seconds") / (MOST_MB / FULL_CORE_MB)
        yield Load(what, seconds, most * limits["function seconds"].at_most, "s")
    yield Load("heads of a night, to verify", leaves, HEADS_A_NIGHT, "")
    yield Load("open executions", cases_a_day * DAYS_OPEN, limits["open executions"].at_most, "")
    around = cases_a_day * DAYS_WAITING / LOOKED_AT / 60
    yield Load("a look around all waiting cases", around, HOURS_OF_LOOKS, "h")
    asked = LOOKED_AT / 60
    yield Load(
        "questions of the reconciler", asked, limits["DescribeExecution"].a_second, "a second"
    )
