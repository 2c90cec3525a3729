"""`make recount`: compare the bilan's counters with the table, and repair differences.

    python -m tools.recount [--table NAME] [--pack ma] [--only-compare]

Without `--table` it recounts the local system. It settles every report in a case and every case
again (`casework.aws.table.statistics_table`), which also counts missing ones, such as those in the
dead letters. Then it compares the counters with the sum of all marks and corrects a counter that
differs. The finding is stored as an event under `RECOUNTS`. It exits with 1 when a difference was
not repaired.

Counters move while people work, so a difference is checked a second time before its repair.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from casework.aws.services.clients import aws_client
from casework.aws.table import keys
from casework.aws.table.statistics_counters import counts_from_item
from casework.aws.table.statistics_lines import line_from_item
from casework.aws.table.statistics_table import STATISTICS_BATCH_SIZE, StatisticsTable
from casework.aws.table.wire import to_wire_item, values_from_wire_item
from casework.case.times import format_timestamp
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.counts import Counts, subtract_counts
from local.errors import UserError

MAX_NAMED: Final = 20


def recount(table: StatisticsTable, at: datetime, *, repair: bool) -> dict[str, Any]:
    """Compare and repair; returns the event with the findings."""
    before, today = _read(table.name), table.law.local_day(at)
    if repair:
        names = sorted(before.reports | before.cases)
        for start in range(0, len(names), STATISTICS_BATCH_SIZE):
            some = set(names[start : start + STATISTICS_BATCH_SIZE])
            table.settle(before.reports & some, before.cases & some, today)
        for case_id in sorted(before.cases):
            table.update_report_marks(case_id, today)
    after = _read(table.name) if repair else before
    drift = subtract_counts(after.marks, after.counters)
    if drift:  # a change may have been counted while the table was read
        again = _read(table.name)
        drift = Counts(
            {
                cell: often
                for cell, often in subtract_counts(again.marks, again.counters).items()
                if drift[cell] == often
            }
        )
    if drift and repair:
        table.counters.correct(drift, today)
    event = {
        "uncounted": len(after.mark_names - before.mark_names),
        "drifted": len(drift),
        "repaired": repair,
        "cells": [[*cell, often] for cell, often in sorted(drift.items())[:MAX_NAMED]],
    }
    if repair:
        table.counters.keep_folded({day[:7] for day, _, _ in after.marks}, today)
        item = {**keys.recount_key(format_timestamp(at)), "event": json.dumps(event)}
        aws_client("dynamodb").put_item(TableName=table.name, Item=to_wire_item(item))
    return event


class TableReading:
    """The findings of one reading of the whole table."""

    def __init__(self) -> None:
        self.reports: set[str] = set()
        self.cases: set[str] = set()
        self.mark_names: set[str] = set()
        self.marks = Counts()
        self.counters = Counts()


def _read(name: str) -> TableReading:
    pages = (
        aws_client("dynamodb").get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    )
    return seen_in(values_from_wire_item(item) for page in pages for item in page["Items"])


def seen_in(items: Iterable[Mapping[str, Any]]) -> TableReading:
    """The counts by all items of a table, and their sources."""
    seen = TableReading()
    for item in items:
        partition, sort = str(item[keys.PARTITION_KEY]), str(item[keys.SORT_KEY])
        if partition.startswith(keys.report_key.partition_begins) and sort == keys.REPORT_SORT:
            if "case_id" in item:
                seen.reports.add(keys.reference_from_partition(partition))
        elif sort == keys.CASE_SORT:
            seen.cases.add(keys.case_id_from_partition(partition))
        elif partition.startswith(keys.report_count_key.partition_begins):
            line = line_from_item(item)
            seen.mark_names |= {sort} if line.report else set()
            seen.mark_names |= {partition} if line.case else set()
            seen.marks.update(line.counts)
        elif partition.startswith(keys.counter_item_key.partition_begins):
            seen.counters.update(counts_from_item(item))
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the counters with the table.")
    parser.add_argument("--table", help="of a deployment, with the credentials of your shell")
    parser.add_argument("--pack", default="ma")
    parser.add_argument("--only-compare", action="store_true", help="repair nothing")
    asked = parser.parse_args()
    try:
        name = asked.table or _here()
    except UserError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    table = StatisticsTable(name, load_statistics_law(open_pack(asked.pack).folder))
    event = recount(table, datetime.now(UTC), repair=not asked.only_compare)
    print(json.dumps(event, indent=1))
    return 1 if event["drifted"] and not event["repaired"] else 0


def _here() -> str:
    """The table of the local system; its clients are directed to it."""
    from local.places import state_folder
    from local.system import find_running_system

    system = find_running_system(state_folder())
    os.environ |= {
        "AWS_ENDPOINT_URL": system.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return str(system.outputs["CaseTable"])


if __name__ == "__main__":
    sys.exit(main())
