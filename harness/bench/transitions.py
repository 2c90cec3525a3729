"""Transitions of Step Functions Standard: per case on the happy path, and per joined report.

Method: the states that the executions of `harness.bench.reference_reports` entered, from their
histories, and one more for the start, as the service counts it. The figure is the largest of all
cases, so cases with an alert are included. A joined report costs what its consumer starts or wakes:
no execution moves by itself then.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.bench.reference_reports import RunResult
from harness.bench.targets import Figure

START = 1
MOVING = ("stepfunctions.StartExecution", "stepfunctions.SendTaskSuccess")


def figures(travelled: RunResult) -> Iterator[Figure]:
    """The figures of this file."""
    yield Figure("transitions_per_case", max(START + len(each.states) for each in travelled.opened))
    yield Figure(
        "transitions_per_join",
        max(sum(each.calls[call] for call in MOVING) for each in travelled.joined),
    )
