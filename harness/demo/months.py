"""Figures of past months, so that a newcomer sees them filled.

A running system has counted no month yet. The demonstration publishes synthetic ones, by the rule
that publishes real ones, so small numbers are withheld in them, too. No counter is touched: a
recount finds nothing, and months that end later are counted from cases. A month that tells of a
report stays as it is.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Final

from casework.aws.table import keys
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.aws.table.wire import to_wire_item
from casework.case.value_objects import Priority
from casework.pack.published_table import (
    HOME_REGION,
    UNPLACED_DIVISION,
    PublishedTable,
    StatisticsLaw,
)
from casework.statistics.case_statistics import (
    DATED_OUTCOMES,
    DELAY_MEASURES,
    DUE_MEASURES,
    OUTCOME_KINDS,
    OUTCOME_MEASURE,
    PROPOSAL_KINDS,
)
from casework.statistics.corrections import noted_months
from casework.statistics.histogram import class_from_seconds
from casework.statistics.publication import Figures, build_published_month, latest_published
from casework.statistics.report_statistics import DISCLOSURE_KINDS
from local.hold_release import use_aws
from local.system import LocalSystem

MONTHLY_REPORTS_RANGE: Final = (1_900, 2_700)
"""A month has so many, as e-Iblagh's first three had."""
PER_CASE: Final = 24
HOURS: Final = {
    "immediate": (0.1, 0.9), "urgent": (0.5, 6), "standard": (4, 60), "information": (30, 260),
}  # fmt: skip
"""Priority → between which hours a step is taken."""
TO_AN_END: Final = 20
"""How many times as long a case takes to end."""


def publish_demo_months(system: LocalSystem, law: StatisticsLaw) -> list[str]:
    """Publish the year before today where nothing is told yet; returns its months."""
    table, today = law.table, law.local_day(datetime.now(UTC))
    latest = latest_published(today)
    left = []
    with use_aws(system.aws):
        counters = StatisticsCounters(system.outputs["CaseTable"])
        for month in [*noted_months(latest), latest]:
            if table.since is not None and month < table.since:
                continue
            found = counters.get_published_month(month, today, table)
            if found is None or found.cells["report"] != 0:
                continue
            system.aws.dynamodb.delete_item(
                TableName=counters.name, Key=to_wire_item(keys.published_key(month))
            )
            counters.keep_published(build_published_month(month, synthetic(month, table), table))
            left.append(month)
    return left


def synthetic(month: str, table: PublishedTable) -> Figures:
    """The invented figures of a month; the same for each run."""
    draw = random.Random(month)
    reports = draw.randint(*MONTHLY_REPORTS_RANGE)
    cases = reports // PER_CASE
    looked = reports - draw.randint(10, 40)
    found: Figures = Counter(report=reports, looked=looked, case=cases)
    found |= _shared(draw, reports, [f"group:{each}" for each in table.group_ids])
    found |= _shared(draw, reports, [f"disclosure:{each}" for each in DISCLOSURE_KINDS])
    abroad = reports // 12
    found[f"origin:{HOME_REGION}"] = reports - abroad
    # The smallest is no small number, which would withhold how many came from abroad in all.
    found |= _shared(draw, abroad, [f"origin:{each}" for each in table.abroad], tilt=0.8)
    found |= _by_region(draw, reports - abroad, table)
    for flag in table.flags:
        found[f"flag:{flag.id}"] = found[f"group:{flag.group}"] // 3
    suspects = draw.randint(80, 110)
    found["suspect"] = suspects
    found |= _shared(draw, suspects, [f"suspect:{each}" for each in OUTCOME_KINDS])
    found |= {f"outcome:{each}": found[f"suspect:{each}"] for each in DATED_OUTCOMES}
    for name in DUE_MEASURES:
        found |= _shared(draw, cases, [f"{name}:kept", f"{name}:late"], tilt=0.12)
    for name in PROPOSAL_KINDS:
        found |= _shared(draw, cases, [f"proposal:{name}:kept", f"proposal:{name}:corrected"],
                         tilt=0.2)  # fmt: skip
    for measure in DELAY_MEASURES:
        found.update(_times(draw, measure, looked if measure == DELAY_MEASURES[0] else cases))
    return found


def _shared(draw: random.Random, whole: int, figures: list[str], tilt: float = 0.55) -> Figures:
    """A whole in parts, each of them smaller than the one before."""
    weights = [tilt**place * draw.uniform(0.8, 1.2) for place in range(len(figures))]
    parts = [int(whole * weight / sum(weights)) for weight in weights]
    parts[0] += whole - sum(parts)
    return Counter(dict(zip(figures, parts, strict=True)))


def _by_region(draw: random.Random, whole: int, table: PublishedTable) -> Figures:
    weights = {
        each.id: (each.inhabitants or 1_000_000)
        * random.Random(each.id).uniform(0.4, 1.6)  # a region keeps its rate
        * draw.uniform(0.9, 1.1)
        for each in table.divisions
    }
    placed = int(whole * 0.9)
    found = Counter(
        {
            f"division:{at}": int(placed * each / sum(weights.values()))
            for at, each in weights.items()
        }
    )
    found[f"division:{UNPLACED_DIVISION}"] = whole - sum(found.values())
    return found


def _times(draw: random.Random, measure: str, number: int) -> Figures:
    found: Figures = Counter()
    for _ in range(number):
        priority = draw.choices(list(Priority), (2, 5, 10, 3))[0]
        shortest, longest = HOURS[priority]
        if measure == OUTCOME_MEASURE:
            shortest, longest = shortest * TO_AN_END, longest * TO_AN_END
        found[
            f"time:{measure}:{priority}:"
            f"{class_from_seconds(draw.uniform(shortest, longest) * 3_600)}"
        ] += 1
    return found
