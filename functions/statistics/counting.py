"""The stream's second consumer: it counts, whatever is told twice, late or out of order.

A record is only a hint that a report or a case may count for something else by now. What it counts
for is read from the table, so a record that is repeated finds nothing to do, and the order of two
records does not matter. The way back from the dead letters is a recount (`make recount`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from casework.aws.services import telemetry
from casework.aws.services.settings import StatisticsCountSettings
from casework.aws.table import keys
from casework.aws.table.statistics_table import StatisticsTable
from casework.case.admission import LAST_SEEN_REPORT_FIELD
from casework.case.first_glance import REPORT_FIELD
from casework.case.lifecycle import Move
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.report_statistics import CLASSIFYING_MOVES


def now() -> datetime:
    """The time at this edge of the system."""
    return datetime.now(UTC)


@cache
def _table() -> StatisticsTable:
    settings = StatisticsCountSettings.from_environment()
    return StatisticsTable(
        settings.case_table, load_statistics_law(open_pack(settings.pack).folder)
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Settle the reports and cases of a batch, and say which records could not be."""
    references: dict[str, list[str]] = {}
    reviewed: set[str] = set()
    for record in event["Records"]:
        change = record["dynamodb"]
        name, entry = change["Keys"][keys.PARTITION_KEY]["S"], change["NewImage"]
        if entry.get("move", {}).get("S") == Move.GLANCE:  # it counts for one report alone
            name = keys.report_key(entry["data"]["M"][REPORT_FIELD]["S"])[keys.PARTITION_KEY]
        references.setdefault(name, []).append(change["SequenceNumber"])
        admits = LAST_SEEN_REPORT_FIELD in entry.get("data", {}).get("M", {})
        if admits or entry.get("move", {}).get("S") in CLASSIFYING_MOVES:
            reviewed.add(name)
    table = _table()
    today = table.law.local_day(now())
    failed = _settle(references, lambda them: table.settle(_reports(them), _cases(them), today))
    # Only now does a case that is reviewed in the same batch find them all counted.
    for name in sorted(reviewed):
        failed |= _settle(
            [name],
            lambda them: table.update_report_marks(keys.case_id_from_partition(*them), today),
        )
    _fold(table, today)
    return {
        "batchItemFailures": [
            {"itemIdentifier": sequence} for name in sorted(failed) for sequence in references[name]
        ]
    }


def _reports(names: Iterable[str]) -> list[str]:
    return [
        keys.reference_from_partition(each)
        for each in names
        if each.startswith(keys.report_key.partition_begins)
    ]


def _cases(names: Iterable[str]) -> list[str]:
    return [
        keys.case_id_from_partition(each)
        for each in names
        if not each.startswith(keys.report_key.partition_begins)
    ]


def _fold(table: StatisticsTable, today: str) -> None:
    """Fold what has settled. Sums are right without it, only dearer to read.

    So a fold that fails makes no record count again: the next batch tries it.
    """
    try:
        table.counters.keep_folded(table.months, today)
    except Exception as error:  # noqa: BLE001 - told in a metric, and tried again by each batch
        telemetry.log_failure("not folded", error)
        telemetry.count_metric("NotFolded")


def _settle(names: Iterable[str], settle: Callable[[list[str]], None]) -> set[str]:
    """Settle all together, or one by one when that fails; the names of those that failed."""
    together = sorted(names)
    if not together:
        return set()
    try:
        settle(together)
    except Exception as error:  # noqa: BLE001 - the mapping retries it, then puts it aside
        if len(together) > 1:
            return {name for each in together for name in _settle([each], settle)}
        telemetry.log_failure("not counted", error)
        telemetry.count_metric("NotCounted")
        return set(together)
    return set()
