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

from bench.deployment import ACCOUNT
from bench.sizes import read_units, size_of
from bench.targets import Figure
from casework.aws.services import clients
from casework.aws.table import keys
from casework.aws.table.statistics_counters import SETTLED, Counters, kind_of
from casework.aws.table.wire import to_wire
from casework.case.parts import Priority
from casework.figures.counted import MEASURES, Counts
from casework.figures.histogram import CLASSES, class_of
from casework.figures.publication import wholes
from casework.pack.jurisdiction import PACKS
from casework.pack.published_table import PublishedTable, law_of
from tests.tables import create_table

TABLE: Final = "bilan"
SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
MONTHS: Final = ("2024-06", "2024-07", "2024-08")
FIRST: Final = date(2024, 6, 1)
DAYS: Final = 92
DIVISIONS: Final = law_of(PACKS / "ma").table.places
GROUPS: Final = ("fraud", "sextortion", "insult_defamation", "other")
DRAWN: Final = 2_000
"""The most settled reports that are drawn; above that each stands for several. A sheet has one
size, so their number does not change the cost of reading. Reports of the last days are drawn one by
one, and their counters spread over all shards."""
TODAY: Final = (FIRST + timedelta(days=DAYS - 1)).isoformat()
SETTLED_ON: Final = (FIRST + timedelta(days=DAYS - 1) - SETTLED).isoformat()
LONGEST: Final = 10
"""Days from a report to its last record, except for very few."""
A_SECOND: Final = 1_000
TOGETHER: Final = 22
"""Reports per transaction."""


def figures() -> Iterator[Figure]:
    """The figures of this file."""
    law = law_of(PACKS / "ma")
    spent: dict[str, list[float]] = {"": [], "staff_": []}
    for size in SIZES:
        with _table():
            counters = Counters(TABLE)
            _put(_simulated(size))
            for month in MONTHS:
                counters.fold(month, TODAY)
            publish = partial(_read_published, counters, law.table)
            publish()  # the first reader publishes
            spent[""].append(_units(publish))
            spent["staff_"].append(_units(partial(counters.known, FIRST.isoformat(), TODAY, TODAY)))
    for reader, units in spent.items():
        for size, each in zip(SIZES, units, strict=True):
            yield Figure(f"statistics_{reader}read_units_1e{round(math.log10(size))}", each)
        yield Figure(
            f"statistics_{reader}read_slope", _slope([math.log10(size) for size in SIZES], units)
        )
    yield Figure("statistics_write_units_hottest", _hottest())


@contextmanager
def _table() -> Iterator[None]:
    with mock.patch.dict(os.environ, ACCOUNT), mock_aws():
        clients.forget()
        create_table(TABLE)
        yield
    clients.forget()


def _read_published(counters: Counters, table: PublishedTable) -> None:
    for month in MONTHS:
        counters.published(month, "2026-01-01", table)
    counters.corrected("2026-01-01")


Items = dict[tuple[str, str, str, int], Counter[str]]
"""Counter items by day of the facts, day recorded, kind and shard."""


def _simulated(size: int) -> Items:
    chance = random.Random(size)  # noqa: S311 - a simulation
    items: Items = defaultdict(Counter)
    for number in range(size):
        day = chance.randrange(DAYS)
        settled = day < DAYS - SETTLED.days - LONGEST
        if settled and number >= DRAWN:
            continue
        for cell, often in _report(chance, day).items():
            fact, recorded, figure = cell
            if recorded <= TODAY:
                weight = max(1, size // DRAWN) if settled else 1
                kind, name = kind_of(figure)
                shard = chance.randrange(keys.COUNTER_SHARDS) if recorded > SETTLED_ON else 0
                items[fact, recorded, kind, shard][name] += often * weight
    return items


def _report(chance: random.Random, number: int) -> Counts:
    """The counts of a report and, one time in ten, of its case."""
    day = FIRST + timedelta(days=number)
    counts = Counts(
        (day.isoformat(), day.isoformat(), figure)
        for figure in (
            "report",
            f"group:{chance.choices(GROUPS, (60, 20, 10, 10))[0]}",
            f"disclosure:{chance.choice(('identified', 'confidential', 'anonymous'))}",
            f"origin:{chance.choices(('home', 'europe', 'asia'), (92, 6, 2))[0]}",
            f"division:{chance.choice(DIVISIONS)}",
        )
    )
    if chance.random() < 0.1:
        seconds = 0.0
        counts[day.isoformat(), day.isoformat(), "case"] += 1
        for measure in MEASURES:
            seconds += chance.lognormvariate(10, 1.5)
            recorded = (day + timedelta(seconds=seconds + chance.randrange(86400))).isoformat()
            figure = f"time:{measure}:{chance.choice(list(Priority))}:{class_of(seconds)}"
            counts[day.isoformat(), recorded, figure] += 1
    return counts


def _put(items: Items) -> None:
    client: Any = boto3.client("dynamodb", region_name="eu-west-3")
    puts = [
        {"PutRequest": {"Item": to_wire({**keys.counter_key(*place), **counted})}}
        for place, counted in items.items()
    ]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={TABLE: puts[start : start + 25]})


def _units(read: Callable[[], Any]) -> float:
    """Read units of the reads meanwhile, from the bytes of the answers."""
    spent: list[float] = []
    strongly: list[bool] = []
    events = clients.client("dynamodb").meta.events

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
    counters = Counters(TABLE, random.Random(1))  # noqa: S311 - a simulation
    full = {
        key[2:3]: size_of(to_wire({**keys.counter_key(*key), **counted}))
        for key, counted in _full_items().items()
    }
    written: Counter[str] = Counter()
    for _ in range(0, A_SECOND, TOGETHER):
        moved = Counts()
        for _ in range(TOGETHER):
            moved.update(_report(chance, DAYS - 1))
        for write in counters.additions(moved, TODAY):
            key = write["Update"]["Key"]
            kind = keys.counter_item_key.of_sort(key[keys.SORT]["S"])[2]
            written[key[keys.PARTITION]["S"]] += 2 * math.ceil(full[(kind,)] / 1024)
    return max(written.values())


def _full_items() -> Items:
    """Counter items in which every class of times has been met."""
    items: Items = defaultdict(Counter)
    law = law_of(PACKS / "ma").table
    day = TODAY
    for figure in (part for _, parts in wholes(law) for part in parts):
        items[day, day, kind_of(figure)[0], 0][kind_of(figure)[1]] = 10**6
    for measure in MEASURES:
        for priority in Priority:
            for number in range(CLASSES):
                kind, name = kind_of(f"time:{measure}:{priority}:{number}")
                items[day, day, kind, 0][name] = 10**4
    return items


def _slope(across: list[float], up: list[float]) -> float:
    """Least-squares slope of log read units over log reports."""
    logs = [math.log10(value) for value in up]
    middle, centre = sum(across) / len(across), sum(logs) / len(logs)
    above = sum((x - middle) * (y - centre) for x, y in zip(across, logs, strict=True))
    return above / sum((x - middle) ** 2 for x in across)
