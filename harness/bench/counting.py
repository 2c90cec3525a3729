"""Write units of counting a case that is opened, and a report that joins one.

Method: simulated cases of five days and four priorities are put into moto's table as the system
stores them. Their stream records go through the real counting function in the order in which they
come: reports and openings as they happen, then the reviews and referrals, and then the
acknowledgements of all cases. Batches hold 1, 100 or 1,000 records. The meter counts every write of
lines and counters (`harness.bench.cost_meter`).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from unittest import mock

import boto3
from moto import mock_aws

from casework.aws.table import keys
from casework.aws.table.wire import to_wire_item
from casework.case.times import format_timestamp
from casework.case.value_objects import Priority
from casework.report.report import Facts, ReporterRole
from casework.report.stored_facts import compress_facts
from casework.text.reference import REFERENCE_BYTES, case_id_from_reference, encode_reference
from functions.statistics import counting
from harness.bench.cost_meter import CostMeter, Write
from harness.bench.deployment import ACCOUNT
from harness.bench.targets import Figure
from tests.tables import create_table

COUNTING_TABLE: Final = "counted"
CASES_BY_BATCH_SIZE: Final = {1: 10, 100: 100, 1000: 500}
"""Cases that are simulated, by the records of a batch."""
FIRST_COUNTED_TIME: Final = datetime(2024, 6, 3, 8, tzinfo=UTC)
COUNTED_DAYS: Final = 5
CATEGORIES: Final = ("fraud", "sextortion", "insult_defamation")


@dataclass(frozen=True)
class CountedRecord:
    """A stream record, and when it came."""

    at: datetime
    item: dict[str, Any]

    def record(self, number: int) -> dict[str, Any]:
        """The record as the counting function gets it."""
        image = to_wire_item(self.item)
        change = {"Keys": {name: image[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}}
        return {"dynamodb": {**change, "NewImage": image, "SequenceNumber": str(number)}}


def figures() -> Iterator[Figure]:
    """The figures of this file."""
    widest = 0
    for size, many in CASES_BY_BATCH_SIZE.items():
        with _table() as meter:
            cases = [_a_case(number, many) for number in range(many)]
            written = [
                write
                for wave in (slice(2), slice(2, 4), slice(4, 5))
                for write in _counted(meter, [told for case in cases for told in case[wave]], size)
            ]
            joins = [_joining(many + number, case[0]) for number, case in enumerate(cases)]
            joined = _counted(meter, joins, size)
        yield Figure(f"counting_units_per_case_{size}", _units(written) / many)
        yield Figure(f"counting_units_per_join_{size}", _units(joined) / many)
        lines = [
            each
            for each in written
            if each.key[0].startswith(keys.report_count_key.partition_begins)
        ]
        widest = max(widest, *(each.bytes_after for each in lines))
    yield Figure("counting_line_bytes", widest)


def _counted(meter: CostMeter, told: list[CountedRecord], size: int) -> list[Write]:
    """Put what is told of into the table, and count it in batches; the writes of counting."""
    told = sorted(told, key=lambda each: each.at)
    _put(each.item for each in told)
    meter.emptied()
    records = [each.record(number) for number, each in enumerate(told)]
    for start in range(0, len(told), size):
        batch = slice(start, start + size)
        with mock.patch.object(counting, "now", lambda at=told[batch][-1].at: at):
            counting._table.cache_clear()  # a fold is no cost of a case
            answer = counting.handle({"Records": records[batch]}, None)
        if answer["batchItemFailures"]:
            raise RuntimeError("the bench's records were not counted")
    return meter.emptied().writes


def _units(writes: Iterable[Write]) -> int:
    """Write units of lines and counters; sheets are folded once a day, whatever is counted."""
    return sum(
        each.units
        for each in writes
        if not each.key[0].startswith(keys.day_sheet_key.partition_begins)
    )


@contextmanager
def _table() -> Iterator[CostMeter]:
    settings = {**ACCOUNT, "STAGE": "bench", "CASE_TABLE": COUNTING_TABLE, "PACK": "ma"}
    with mock.patch.dict(os.environ, settings), mock_aws():
        create_table(COUNTING_TABLE)
        with CostMeter().on_this_process() as meter:
            yield meter
    counting._table.cache_clear()


def _a_case(number: int, of: int) -> list[CountedRecord]:
    """What is told of a case that a unit holds in the end, in order; its entry comes with it."""
    chance = random.Random(number)  # noqa: S311 - a simulation
    report = _report(number, FIRST_COUNTED_TIME + timedelta(days=number * COUNTED_DAYS // of))
    reference, case_id = (
        keys.reference_from_partition(report.item[keys.PARTITION_KEY]),
        report.item["case_id"],
    )
    case = {
        **keys.case_key(case_id),
        "opened_by": reference,
        "opened_at": format_timestamp(report.at),
    }
    proposed: dict[str, Any] = {
        "category": chance.choice(CATEGORIES),
        "priority": str(chance.choice(list(Priority))),
        "territory": "MA-06",
        "unit": "brigade",
    }
    held = FIRST_COUNTED_TIME + timedelta(days=COUNTED_DAYS, minutes=number)
    happened = [
        ("open", report.at, {}),
        ("assess", report.at, proposed),
        ("confirm", held, {**proposed, "flags": []}),
        ("refer", held + timedelta(seconds=2), {}),
        ("acknowledge", held + timedelta(hours=3), {}),
    ]
    events = [
        CountedRecord(
            at,
            {
                **keys.event_key(case_id, place),
                "move": str(move),
                "at": format_timestamp(at),
                "data": data,
            },
        )
        for place, (move, at, data) in enumerate(happened, start=1)
    ]
    opened, assessed, *later = events
    _put([case, assessed.item])
    return [report, opened, *later]


def _joining(number: int, opener: CountedRecord) -> CountedRecord:
    """A report that joins the case of another, some days later."""
    report = _report(number, opener.at + timedelta(days=COUNTED_DAYS))
    return CountedRecord(report.at, {**report.item, "case_id": opener.item["case_id"], "number": 2})


def _report(number: int, at: datetime) -> CountedRecord:
    """A report that opens a case at a time."""
    reference = encode_reference(number.to_bytes(REFERENCE_BYTES, "big"))
    facts = Facts(role=ReporterRole.WITNESS, language="fr", category=CATEGORIES[number % 3])
    return CountedRecord(
        at,
        {
            **keys.report_key(reference),
            "accepted_at": format_timestamp(at),
            "facts": compress_facts(facts),
            "disclosure": "anonymous",
            "case_id": case_id_from_reference(reference),
            "linked_at": format_timestamp(at),
            "number": 1,
        },
    )


def _put(items: Iterable[dict[str, Any]]) -> None:
    client: Any = boto3.client("dynamodb")
    puts = [{"PutRequest": {"Item": to_wire_item(each)}} for each in items]
    for start in range(0, len(puts), 25):
        client.batch_write_item(RequestItems={COUNTING_TABLE: puts[start : start + 25]})
