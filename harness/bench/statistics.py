"""The cost of reading and counting the bilan, at a thousand to a million simulated reports.

Method of reading: the counters of three months are simulated from the same spread of days,
categories and times at each size, and put into moto's table as the consumer stores them. The real
code folds settled counters, and then reads them on the last day of the window. Read units are
computed from the bytes that each `Query` and `GetItem` returns: one for each 4 KB, half of that for
an eventually consistent read. The public query is the cost of `GET /v1/statistics` once its months
are published; the first reader of a month pays for its counters.

Method of counting: the real code makes the additions of one second at a thousand reports,
twenty-two to a transaction. The figure is the writes of the busiest partition, in write units of
transactions (two for each KB of the item).
"""

from __future__ import annotations

import math
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from unittest import mock

import boto3
from moto import mock_aws

from casework.aws.services import clients
from casework.aws.table import keys
from casework.aws.table.statistics_counters import (
    COUNTERS_SETTLED_TIME,
    StatisticsCounters,
    counter_kind,
)
from casework.aws.table.wire import to_wire_item
from casework.case.value_objects import Priority
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import PublishedTable, load_statistics_law
from casework.statistics.case_statistics import DELAY_MEASURES
from casework.statistics.counts import Counts
from casework.statistics.histogram import HISTOGRAM_CLASSES, class_from_seconds
from casework.statistics.publication import totals_and_parts
from harness.bench.deployment import ACCOUNT
from harness.bench.sizes import read_units, size_of
from harness.bench.targets import Figure
from tests.tables import create_table

STATISTICS_BENCH_TABLE: Final = "bilan"
CASE_COUNTS: Final = (1_000, 10_000, 100_000, 1_000_000)
MEASURED_MONTHS: Final = ("2024-06", "2024-07", "2024-08")
FIRST_MEASURED_DAY: Final = date(2024, 6, 1)
MEASURED_DAYS: Final = 92
DIVISIONS: Final = load_statistics_law(JURISDICTIONS_FOLDER / "ma").table.places
MEASURED_GROUPS: Final = ("fraud", "sextortion", "insult_defamation", "other")
DRAWN: Final = 2_000
"""The most settled reports that are drawn; above that each stands for several. A sheet has one
size, so their number does not change the cost of reading. Reports of the last days are drawn one by
one, and their counters spread over all shards."""
TODAY: Final = (FIRST_MEASURED_DAY + timedelta(days=MEASURED_DAYS - 1)).isoformat()
SETTLED_ON: Final = (
    FIRST_MEASURED_DAY + timedelta(days=MEASURED_DAYS - 1) - COUNTERS_SETTLED_TIME
).isoformat()
MAX_RECORDING_DAYS: Final = 10
"""Days from a report to its last record, except for very few."""
A_SECOND: Final = 1_000
TOGETHER: Final = 22
"""Reports per transaction."""


def figures() -> Iterator[Figure]:
    """The figures of this file."""
    law = load_statistics_law(JURISDICTIONS_FOLDER / "ma")
    spent: dict[str, list[float]] = {"": [], "staff_": []}
    for size in CASE_COUNTS:
        with _table():
            counters = StatisticsCounters(STATISTICS_BENCH_TABLE)
            _put(_simulated(size))
            for month in MEASURED_MONTHS:
                counters.fold(month, TODAY)
            publish = partial(_read_published, counters, law.table)
            publish()  # the first reader publishes
            spent[""].append(_units(publish))
            spent["staff_"].append(
                _units(
                    partial(counters.figures_known_on, FIRST_MEASURED_DAY.isoformat(), TODAY, TODAY)
                )
            )
    for reader, units in spent.items():
        for size, each in zip(CASE_COUNTS, units, strict=True):
            yield Figure(f"statistics_{reader}read_units_1e{round(math.log10(size))}", each)
        yield Figure(
            f"statistics_{reader}read_slope",
            _slope([math.log10(size) for size in CASE_COUNTS], units),
        )
    yield Figure("statistics_write_units_hottest", _hottest())


@contextmanager
def _table() -> Iterator[None]:
    with mock.patch.dict(os.environ, ACCOUNT), mock_aws():
        clients.reset_clients()
        create_table(STATISTICS_BENCH_TABLE)
        yield
    clients.reset_clients()


def _read_published(counters: StatisticsCounters, table: PublishedTable) -> None:
    for month in MEASURED_MONTHS:
        counters.get_published_month(month, "2026-01-01", table)
    counters.get_corrections("2026-01-01")


CounterItems = dict[tuple[str, str, str, int], Counter[str]]
"""Counter items by day of the facts, day recorded, kind and shard."""


def _simulated(size: int) -> CounterItems:
    chance = random.Random(size)  # noqa: S311 - a simulation
    items: CounterItems = defaultdict(Counter)
    for number in range(size):
        day = chance.randrange(MEASURED_DAYS)
        settled = day < MEASURED_DAYS - COUNTERS_SETTLED_TIME.days - MAX_RECORDING_DAYS
        if settled and number >= DRAWN:
            continue
        for cell, often in _report(chance, day).items():
            fact, recorded, figure = cell
            if recorded <= TODAY:
                weight = max(1, size // DRAWN) if settled else 1
                kind, name = counter_kind(figure)
                shard = chance.randrange(keys.COUNTER_SHARDS) if recorded > SETTLED_ON else 0
                items[fact, recorded, kind, shard][name] += often * weight
    return items


def _report(chance: random.Random, number: int) -> Counts:
    """The counts of a report and, one time in ten, of its case."""
    day = FIRST_MEASURED_DAY + timedelta(days=number)
    counts = Counts(
        (day.isoformat(), day.isoformat(), figure)
        for figure in (
            "report",
            f"group:{chance.choices(MEASURED_GROUPS, (60, 20, 10, 10))[0]}",
            f"disclosure:{chance.choice(('identified', 'confidential', 'anonymous'))}",
            f"origin:{chance.choices(('home', 'europe', 'asia'), (92, 6, 2))[0]}",
            f"division:{chance.choice(DIVISIONS)}",
        )
    )
    if chance.random() < 0.1:
        seconds = 0.0
        counts[day.isoformat(), day.isoformat(), "case"] += 1
        for measure in DELAY_MEASURES:
            seconds += chance.lognormvariate(10, 1.5)
            recorded = (day + timedelta(seconds=seconds + chance.randrange(86400))).isoformat()
            figure = f"time:{measure}:{chance.choice(list(Priority))}:{class_from_seconds(seconds)}"
            counts[day.isoformat(), recorded, figure] += 1
    return counts


def _put(items: CounterItems) -> None:
    client: Any = boto3.client("dynamodb", region_name="eu-west-3")
    puts = [
        {"PutRequest": {"Item": to_wire_item({**keys.counter_key(*place), **counted})}}
        for place, counted in items.items()
    ]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={STATISTICS_BENCH_TABLE: puts[start : start + 25]})


def _units(read: Callable[[], Any]) -> float:
    """Read units of the reads meanwhile, from the bytes of the answers."""
    spent: list[float] = []
    strongly: list[bool] = []
    events = clients.aws_client("dynamodb").meta.events

    def asked(params: dict[str, Any], **_: Any) -> None:
        strongly.append(bool(params.get("ConsistentRead")))

    def answered(parsed: dict[str, Any], **_: Any) -> None:
        found = parsed.get("Items") or ([parsed["Item"]] if "Item" in parsed else [])
        spent.append(read_units(found, strongly=strongly[-1]))

    hooks = [
        (f"{when}.dynamodb.{operation}", hook)
        for operation in ("GetItem", "Query")
        for when, hook in (("provide-client-params", asked), ("after-call", answered))
    ]
    for event, hook in hooks:
        events.register(event, hook)
    read()
    for event, hook in hooks:
        events.unregister(event, hook)
    return sum(spent)


def _hottest() -> float:
    """Write units a second of the counters' busiest partition, at a thousand reports a second."""
    chance = random.Random(A_SECOND)  # noqa: S311 - a simulation
    counters = StatisticsCounters(STATISTICS_BENCH_TABLE, random.Random(1))  # noqa: S311 - a simulation
    full = {
        key[2:3]: size_of(to_wire_item({**keys.counter_key(*key), **counted}))
        for key, counted in _full_items().items()
    }
    written: Counter[str] = Counter()
    for _ in range(0, A_SECOND, TOGETHER):
        moved = Counts()
        for _ in range(TOGETHER):
            moved.update(_report(chance, MEASURED_DAYS - 1))
        for write in counters.additions(moved, TODAY):
            key = write["Update"]["Key"]
            kind = keys.counter_item_key.of_sort(key[keys.SORT_KEY]["S"])[2]
            written[key[keys.PARTITION_KEY]["S"]] += 2 * math.ceil(full[(kind,)] / 1024)
    return max(written.values())


def _full_items() -> CounterItems:
    """Counter items in which every class of times has been met."""
    items: CounterItems = defaultdict(Counter)
    law = load_statistics_law(JURISDICTIONS_FOLDER / "ma").table
    day = TODAY
    for figure in (part for _, parts in totals_and_parts(law) for part in parts):
        items[day, day, counter_kind(figure)[0], 0][counter_kind(figure)[1]] = 10**6
    for measure in DELAY_MEASURES:
        for priority in Priority:
            for number in range(HISTOGRAM_CLASSES):
                kind, name = counter_kind(f"time:{measure}:{priority}:{number}")
                items[day, day, kind, 0][name] = 10**4
    return items


def _slope(across: list[float], up: list[float]) -> float:
    """Least-squares slope of log read units over log reports."""
    logs = [math.log10(value) for value in up]
    middle, centre = sum(across) / len(across), sum(logs) / len(logs)
    above = sum((x - middle) * (y - centre) for x, y in zip(across, logs, strict=True))
    return above / sum((x - middle) ** 2 for x in across)
