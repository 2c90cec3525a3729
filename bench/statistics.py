"""What reading the bilan costs, at a thousand to a million simulated reports.

Method: the counters of three months are put into moto's table as the consumer keeps them (one item
for each day of the fact, day recorded, kind and shard), simulated from the same spread of days,
categories and times at each size; then the real code reads them. Read units are computed from the
bytes that each `Query` and `GetItem` returns: half a unit for each 4 KB, eventually consistent. The
public query is what `GET /v1/statistics` costs once its months are published; the first reader of a
month pays what staff pay for the days of that month.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import boto3
from moto import mock_aws

from bench.sizes import size_of
from bench.targets import Figure
from casework.aws import clients, keys
from casework.aws.statistics_table import StatisticsTable
from casework.aws.wire import to_wire
from casework.histogram import class_of
from casework.jurisdiction import PACKS
from casework.statistics import law_of
from tests.tables import create_table

TABLE: Final = "bilan"
SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
MONTHS: Final = ("2024-06", "2024-07", "2024-08")
FIRST: Final = date(2024, 6, 1)
DAYS: Final = 92
BLOCK: Final = 4096
DRAWN: Final = 10_000
"""Reports drawn at most. Above that each stands for several, so that only the counts grow: the
public figures are exact for it, those of staff a lower bound (times fill further classes)."""


def figures() -> Iterator[Figure]:
    """The figures of this file."""
    law = law_of(PACKS / "ma")
    public: list[float] = []
    for size in SIZES:
        with mock_aws():
            clients.client.cache_clear()
            create_table(TABLE)
            _fill(size)
            table = StatisticsTable(TABLE, law)
            _read_published(table)  # the first reader publishes
            public.append(_units(partial(_read_published, table)))
            staff = _units(partial(table.known, "2024-06-01", "2024-08-31"))
        clients.client.cache_clear()
        power = round(math.log10(size))
        yield Figure(f"statistics_read_units_1e{power}", public[-1])
        yield Figure(f"statistics_staff_read_units_1e{power}", staff)
    yield Figure("statistics_read_slope", _slope([math.log10(size) for size in SIZES], public))


def _read_published(table: StatisticsTable) -> None:
    for month in MONTHS:
        table.published(month, "2026-01-01")


def _fill(size: int) -> None:
    chance = random.Random(size)  # noqa: S311 - a simulation
    items: dict[tuple[str, str, str, int], Counter[str]] = {}
    groups = ("fraud",) * 60 + ("sextortion",) * 20 + ("insult_defamation",) * 10 + ("other",) * 10
    for _ in range(min(size, DRAWN)):
        weight = max(1, size // DRAWN)
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        seconds = chance.lognormvariate(10, 1.5)
        later = day + timedelta(seconds=seconds + chance.randrange(86400))
        shard = chance.randrange(keys.COUNTER_SHARDS)
        reports = items.setdefault((day.isoformat(), day.isoformat(), "R", shard), Counter())
        for figure in (
            "report",
            f"group:{chance.choice(groups)}",
            f"disclosure:{chance.choice(('identified', 'confidential', 'anonymous'))}",
            f"origin:{chance.choices(('home', 'europe', 'asia'), (92, 6, 2))[0]}",
        ):
            reports[figure] += weight
        if chance.random() < 0.1:
            cases = items.setdefault((day.isoformat(), later.isoformat(), "C", shard), Counter())
            cases["case"] += weight
            cases[f"time:review:standard:{class_of(seconds)}"] += weight
            cases["review:kept"] += weight
    client: Any = boto3.client("dynamodb", region_name="eu-west-3")
    puts = [
        {"PutRequest": {"Item": to_wire({**keys.counter_key(*place), **counted})}}
        for place, counted in items.items()
    ]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={TABLE: puts[start : start + 25]})


def _units(read: Any) -> float:
    """Read units of what is read meanwhile, from the bytes of the answers."""
    spent: list[float] = []
    client = clients.client("dynamodb")

    def count(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        found = parsed.get("Items") or ([parsed["Item"]] if "Item" in parsed else [])
        size = sum(map(size_of, found))
        spent.append(max(1, math.ceil(size / BLOCK)) / 2)

    for operation in ("GetItem", "Query"):
        client.meta.events.register(f"after-call.dynamodb.{operation}", count)
    read()
    for operation in ("GetItem", "Query"):
        client.meta.events.unregister(f"after-call.dynamodb.{operation}", count)
    return sum(spent)


def _slope(across: list[float], up: list[float]) -> float:
    """Least-squares slope of log read units over log reports."""
    logs = [math.log10(value) for value in up]
    middle, centre = sum(across) / len(across), sum(logs) / len(logs)
    above = sum((x - middle) * (y - centre) for x, y in zip(across, logs, strict=True))
    return above / sum((x - middle) ** 2 for x in across)
