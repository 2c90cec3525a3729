"""What is told of corrections that came after a month was published.

The month itself never changes. With each later month a note is published once: for each month
before it,
how many facts have been recorded or corrected since. A note names no figure. Its number is rounded
down
to a multiple of `MIN_PUBLISHED`, and one below `MIN_PUBLISHED` is left out: two notes that differ
then tell of no single person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.statistics.counts import Counts
from casework.statistics.delays import MIN_PUBLISHED
from casework.statistics.publication import month_range

MAX_NOTED_MONTHS: Final = 12
"""Months before a publication of which its note tells."""
NOTED_PREFIXES: Final = ("group:", "suspect:", "outcome:")
"""One fact moves one figure of one of these kinds up, whatever else it moves."""


def noted_months(month: str) -> list[str]:
    """The months of which the note of a month tells."""
    year = int(month[:4]) - 1
    return month_range(f"{year:04d}-{month[5:]}", month)[:-1][-MAX_NOTED_MONTHS:]


def correction_note(later: Mapping[str, Counts]) -> dict[str, int]:
    """The note, from the counts recorded after the publication of each month."""
    found = {
        month: _facts(counts) // MIN_PUBLISHED * MIN_PUBLISHED for month, counts in later.items()
    }
    return {month: number for month, number in found.items() if number}


def _facts(counts: Counts) -> int:
    return sum(
        often
        for (_, _, figure), often in counts.items()
        if often > 0 and figure.startswith(NOTED_PREFIXES)
    )
