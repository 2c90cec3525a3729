"""An hour of a thousand reports a second, in three shapes, and what waits afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bench.scale import data
from bench.scale.model import Line, Station
from bench.scale.settings import FOR_A_FLOOD, MINUTE, Settings, link_processes, resources
from casework.aws.services.clients import ATTEMPTS
from casework.aws.table.coming import MOST_TOGETHER
from functions.triage.reconcile import BUDGET_SECONDS, GRACE
from functions.triage.starting import RESTS_SECONDS

A_SECOND: Final = 1_000
HOUR: Final = 3_600
TWO_DAYS: Final = 48 * HOUR
REPORTS, OF_DANGER, LINKED, STARTED_FIRST, STARTED, LEFT, WAITS = (
    "intake takes the report",
    "the reconciler brings danger into a case",
    "link brings the report into a case",
    "Step Functions starts a case of danger",
    "Step Functions starts another case",
    "the start is left to the reconciler",
    "Triage waits for people",
)
LANE: Final = GRACE.total_seconds() + 2 * MINUTE + BUDGET_SECONDS
"""The longest until the reconciler is at a report of danger, in seconds: a report says no more than
the minute in which it came, and the next pass begins within a minute."""


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
    shape: Shape,
    costs: data.Costs,
    limits: dict[str, data.Limit],
    settings: Settings,
    *,
    late: bool = False,
) -> Line:
    """The way of a report through the system, for a shape of the hour.

    Where the stream is `late`, the reconciler brings danger. The stream then meets these reports
    too: it writes nothing, and is counted with all of its time.
    """
    join, opened = costs.moves["join"], costs.moves["open"]
    of_one_case = 1 / shape.scams
    batch = min(MOST_TOGETHER, max(1, A_SECOND * of_one_case))
    share, danger = shape.opens, shape.danger
    counted = costs.counting["counting"] * share + costs.counting["join"] * (1 - share)

    def mean(of_open: float, of_join: float) -> float:
        return share * of_open + (1 - share) * of_join

    link = {
        "link processes": mean(costs.guess("open seconds"), costs.guess("join seconds")),
        "table writes": mean(opened["table writes"], join["table writes"]) + counted,
        "index by_flow": mean(opened["index by_flow"], join["index by_flow"]),
        "DUE": mean(opened["DUE"], join["DUE"]),
        "ARRIVED": join["ARRIVED"] * of_one_case,
        "numbers of one case": costs.guess("number seconds") / batch * of_one_case,
        "DUTY": 2 * shape.danger,
        "index by_queue": mean(opened["index by_queue"], join["index by_queue"]),
        "GLANCE": mean(opened["GLANCE"], join["GLANCE"]),
        "REVIEW": share * opened["REVIEW"],
    }
    link = {name: units for name, units in link.items() if units}
    lane = {
        **link,
        "hands of the reconciler": link["link processes"],
        "core of the reconciler": costs.guess("core seconds"),
    }
    del lane["link processes"]
    if late:
        writes = link.keys() - {"link processes"}
        link |= {name: link[name] * (1 - danger) for name in writes}
    tries = ATTEMPTS * link_processes(costs, settings) / RESTS_SECONDS
    return Line(
        [
            Station(
                REPORTS,
                {
                    "gateway requests": 1,
                    "intake processes": costs.guess("intake seconds"),
                    **costs.moves["accept"],
                },
                {OF_DANGER: danger if late else 0, LINKED: 1},
            ),
            Station(OF_DANGER, lane, {STARTED_FIRST: share}),
            Station(
                LINKED,
                link,
                {STARTED_FIRST: 0 if late else share * danger, STARTED: share * (1 - danger)},
            ),
            Station(STARTED_FIRST, {"StartExecution": 1}, {WAITS: 1}, leaves_to=LEFT),
            Station(STARTED, {"StartExecution": 1}, {WAITS: 1}, tries=tries, leaves_to=LEFT),
            Station(LEFT, {"looks of the reconciler": 1}, {WAITS: 1}),
            Station(WAITS, {"StateTransition": 1, **costs.moves["wait"]}),
        ],
        resources(limits, costs, settings),
    )


def played(shape: Shape, settings: Settings = FOR_A_FLOOD, seconds: int = HOUR) -> Line:
    """The hour, and what follows until nothing waits, two days at most."""
    arrivals = [float(A_SECOND)] * seconds
    line = line_of(shape, data.costs(), data.limits(), settings)
    line.play(arrivals, TWO_DAYS)
    if line.station(LINKED).longest > LANE:
        line = line_of(shape, data.costs(), data.limits(), settings, late=True)
        line.play(arrivals, TWO_DAYS)
    return line


def until_danger_is_seen(line: Line) -> float:
    """Seconds until danger is on the duty desk, at most: the stream brings it, or the
    reconciler."""
    stream, lane = (line.station(name).longest for name in (LINKED, OF_DANGER))
    return line.station(REPORTS).longest + min(stream, LANE + lane)
