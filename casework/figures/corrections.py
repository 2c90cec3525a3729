"""What is told of corrections that came after a month was published.

The month itself never changes. With each later month a note is published once: for each month
before it,
how many facts have been recorded or corrected since. A note names no figure. Its number is rounded
down
to a multiple of `FEWEST`, and one below `FEWEST` is left out: two notes that differ then tell of no
single person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.figures.counted import Counts
from casework.figures.delays import FEWEST
from casework.figures.publication import months

NOTED: Final = 12
"""Months before a publication of which its note tells."""
TOLD: Final = ("group:", "suspect:", "outcome:")
"""One fact moves one figure of one of these kinds up, whatever else it moves."""


def months_before(month: str) -> list[str]:
    """The months of which the note of a month tells."""
    year = int(month[:4]) - 1
    return months(f"{year:04d}-{month[5:]}", month)[:-1][-NOTED:]


def noted(later: Mapping[str, Counts]) -> dict[str, int]:
    """The note, from the counts recorded after the publication of each month."""
    found = {month: _facts(counts) // FEWEST * FEWEST for month, counts in later.items()}
    return {month: number for month, number in found.items() if number}


def _facts(counts: Counts) -> int:
    return sum(
        often for (_, _, figure), often in counts.items() if often > 0 and figure.startswith(TOLD)
    )
