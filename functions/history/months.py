"""The months of figures that the public can read and that are not in the log of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from casework.aws.services import transparency_log_store
from casework.aws.services.settings import SealDaySettings
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import load_statistics_law
from casework.statistics.month_digest import month_digest
from casework.statistics.publication import build_statistics, latest_published
from functions.history.log_appender import LogEntry

MAX_MONTHS_BACK: Final = 12
"""How many months back a night looks for one that was published since the last night."""


def months_due(settings: SealDaySettings, at: datetime) -> Iterator[LogEntry]:
    """Published months without an entry, the oldest first.

    A month is published by its first reader and never changes, so it enters the log in the night
    after.
    """
    law = load_statistics_law(open_pack(settings.pack).folder)
    counters = StatisticsCounters(settings.case_table)
    known = transparency_log_store.logged_periods(
        settings.bucket, transparency_log_store.MONTH_INDEX_KIND
    )
    for month in sorted(set(_back_from(latest_published(law.local_day(at)))) - known):
        published = counters.get_stored_month(month)
        if published is not None:
            told = build_statistics(month, month, [published], law.table)
            yield LogEntry(transparency_log_store.MONTH_INDEX_KIND, month, month_digest(told))


def _back_from(month: str) -> Iterator[str]:
    at = date.fromisoformat(f"{month}-01")
    for _ in range(MAX_MONTHS_BACK):
        yield at.isoformat()[:7]
        at = (at - timedelta(days=1)).replace(day=1)
