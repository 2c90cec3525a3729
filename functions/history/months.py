"""The months of figures that the public can read and that are not in the log of days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from casework.aws.services import log_store
from casework.aws.services.settings import SealDaySettings
from casework.aws.table.statistics_counters import Counters
from casework.figures.logged_month import digest_of
from casework.figures.publication import bilan, latest_published
from casework.pack.jurisdiction import open_pack
from casework.pack.published_table import law_of
from functions.history.log_days import Entry

MOST: Final = 12
"""How many months back a night looks for one that was published since the last night."""


def months_due(settings: SealDaySettings, at: datetime) -> Iterator[Entry]:
    """Published months without an entry, the oldest first.

    A month is published by its first reader and never changes, so it enters the log in the night
    after.
    """
    law = law_of(open_pack(settings.pack).folder)
    counters = Counters(settings.case_table)
    known = log_store.logged(settings.bucket, log_store.MONTH)
    for month in sorted(set(_back_from(latest_published(law.day_of(at)))) - known):
        published = counters.kept(month)
        if published is not None:
            told = bilan(month, month, [published], law.table)
            yield Entry(log_store.MONTH, month, digest_of(told))


def _back_from(month: str) -> Iterator[str]:
    at = date.fromisoformat(f"{month}-01")
    for _ in range(MOST):
        yield at.isoformat()[:7]
        at = (at - timedelta(days=1)).replace(day=1)
