"""CloudWatch's own rule, by which an alarm of a template changes its state.

From the CloudWatch User Guide, "Using Amazon CloudWatch alarms", "Evaluating an alarm" and "How
alarm state is evaluated when data is missing":

- data are put together in periods, by the alarm's statistic;
- the service looks at more of the most recent periods than `EvaluationPeriods`: the *evaluation
  range*. How many more it does not say;
- of the points that exist in that range the most recent `EvaluationPeriods` count. Where there are
  fewer, all of them count, and the rest is filled in as `TreatMissingData` says;
- `ALARM` when at least `DatapointsToAlarm` of these are breaching, else `OK`.

The guide leaves open how far the range goes and where a period begins. So all ways are tried, and
an alarm must be right in each. `missing` and `ignore` are not modelled, because the examples of
the guide for them changed between its editions; no alarm of ours depends on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_BEYOND = 3
"""Additional periods that the evaluation range may have; in the guide's examples two."""

Series = Sequence[tuple[float, float]]
"""(minute, value) of each datum."""


@dataclass(frozen=True)
class Way:
    """One of the ways that the guide leaves open to the service."""

    beyond: int
    phase: float
    """Minutes after a full hour at which periods begin."""


@dataclass(frozen=True)
class Alarm:
    """An alarm of a template, over one series."""

    name: str
    namespace: str
    metric: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    minutes: float
    periods: int
    breaches: int
    threshold: float
    comparison: str
    missing: str

    @classmethod
    def of(cls, properties: Mapping[str, Any], flat: Any) -> Alarm:
        """The alarm of these properties; its metric stands in it, or in `Metrics` alone."""
        watched, statistic, period = _watched(properties)
        return cls(
            name=properties["AlarmName"],
            namespace=watched["Namespace"],
            metric=watched["MetricName"],
            dimensions=frozenset(
                (each["Name"], flat(each["Value"])) for each in watched.get("Dimensions", [])
            ),
            statistic=statistic,
            minutes=period / 60,
            periods=properties["EvaluationPeriods"],
            breaches=properties.get("DatapointsToAlarm", properties["EvaluationPeriods"]),
            threshold=properties["Threshold"],
            comparison=properties["ComparisonOperator"],
            missing=properties["TreatMissingData"],
        )

    def ways(self) -> Iterator[Way]:
        """Every way to go about it: ranges, and beginnings of periods to the minute."""
        for beyond in range(MOST_BEYOND + 1):
            for phase in range(math.ceil(min(self.minutes, 60))):
                yield Way(beyond, phase)

    def rings(self, series: Series, at: float, way: Way) -> bool:
        """Whether it is in `ALARM` at a minute, once the periods before it have ended."""
        last = math.floor((at - way.phase) / self.minutes)
        points = [
            self._point(series, way.phase + (last - back) * self.minutes)
            for back in range(1, self.periods + way.beyond + 1)
        ]
        return self.judges(points)

    def judges(self, points: Sequence[float | None]) -> bool:
        """Whether it is in `ALARM` by these points, the most recent one first; None: missing."""
        real = [self._breaching(each) for each in points if each is not None][: self.periods]
        filled = [self._silence()] * (self.periods - len(real))
        return sum([*real, *filled]) >= self.breaches

    def _silence(self) -> bool:
        if self.missing not in {"breaching", "notBreaching"}:
            raise ValueError(f"{self.name}: what silence means is not said")
        return self.missing == "breaching"

    def _point(self, series: Series, begins: float) -> float | None:
        values = [value for at, value in series if begins <= at < begins + self.minutes]
        if not values:
            return None
        match self.statistic:
            case "Sum":
                return sum(values)
            case "Maximum":
                return max(values)
            case "SampleCount":
                return len(values)
        raise ValueError(f"{self.name}: {self.statistic} is not known here")

    def _breaching(self, point: float) -> bool:
        match self.comparison:
            case "GreaterThanThreshold":
                return point > self.threshold
            case "LessThanThreshold":
                return point < self.threshold
        raise ValueError(f"{self.name}: {self.comparison} is not known here")


def _watched(properties: Mapping[str, Any]) -> tuple[Mapping[str, Any], str, int]:
    if "MetricName" in properties:
        return properties, properties["Statistic"], properties["Period"]
    (only,) = (each["MetricStat"] for each in properties["Metrics"])
    return only["Metric"], only["Stat"], only["Period"]
