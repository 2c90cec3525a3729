"""An hour of a thousand reports a second, in three shapes, and what waits afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bench.scale import data
from bench.scale.model import Line, Station
from bench.scale.settings import FOR_A_FLOOD, Settings, resources
from casework.aws.table.coming import MOST_TOGETHER

A_SECOND: Final = 1_000
HOUR: Final = 3_600
TWO_DAYS: Final = 48 * HOUR
REPORTS, LINKED, STARTED, LEFT, WAITS = (
    "intake takes the report",
    "link brings it into a case",
    "Step Functions starts the case",
    "the start is left to the reconciler",
    "Triage waits for people",
)


@dataclass(frozen=True)
class Shape:
    """What the reports of the hour are about."""

    name: str
    scams: int
    """Cases that they are about; each report is one of its own where there are as many."""
    danger: float
    """The share of reports that tell of immediate danger."""

    @property
    def opens(self) -> float:
        """The share of reports that open a case."""
        return min(1, self.scams / (A_SECOND * HOUR))


def shapes(costs: data.Costs) -> list[Shape]:
    """One viral scam, a thousand scams, and an attack with junk."""
    return [
        Shape("viral", 1, costs.guess("danger")),
        Shape("thousand", 1_000, costs.guess("danger")),
        Shape("attack", A_SECOND * HOUR, 0.1),
    ]


def line_of(
    shape: Shape, costs: data.Costs, limits: dict[str, data.Limit], settings: Settings
) -> Line:
    """The way of a report through the system, for a shape of the hour."""
    join, opened = costs.moves["join"], costs.moves["open"]
    of_one_case = 1 / shape.scams
    batch = min(MOST_TOGETHER, max(1, A_SECOND * of_one_case))
    share = shape.opens
    counted = costs.counting["counting"] * share + costs.counting["join"] * (1 - share)

    def mean(of_open: float, of_join: float) -> float:
        return share * of_open + (1 - share) * of_join

    link = {
        "link processes": mean(costs.guess("open seconds"), costs.guess("join seconds")),
        "table writes": mean(opened["table writes"], join["table writes"]) + counted,
        "index by_flow": mean(opened["index by_flow"], join["index by_flow"]),
        "DUE": mean(opened["DUE"], join["DUE"]),
        "ARRIVED": (join["ARRIVED"] + costs.moves["number"]["ARRIVED"] / batch) * of_one_case,
        "numbers of one case": costs.guess("number seconds") / batch * of_one_case,
        "DUTY": 2 * shape.danger,
        "index by_queue": mean(opened["index by_queue"], join["index by_queue"]),
        "GLANCE": mean(opened["GLANCE"], join["GLANCE"]),
        "REVIEW": share * opened["REVIEW"],
    }
    return Line(
        [
            Station(
                REPORTS,
                {
                    "gateway requests": 1,
                    "intake processes": costs.guess("intake seconds"),
                    **costs.moves["accept"],
                },
                {LINKED: 1},
            ),
            Station(
                LINKED, {name: units for name, units in link.items() if units}, {STARTED: share}
            ),
            Station(STARTED, {"StartExecution": 1}, {WAITS: 1}, leaves_to=LEFT),
            Station(LEFT, {"looks of the reconciler": 1}, {WAITS: 1}),
            Station(WAITS, {"StateTransition": 1, **costs.moves["wait"]}),
        ],
        resources(limits, costs, settings),
    )


def played(shape: Shape, settings: Settings = FOR_A_FLOOD, seconds: int = HOUR) -> Line:
    """The hour, and what follows until nothing waits, two days at most."""
    line = line_of(shape, data.costs(), data.limits(), settings)
    line.play([A_SECOND] * seconds, TWO_DAYS)
    return line
