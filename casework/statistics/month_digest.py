"""The entry of a published month in the log of days: the digest of what the public reads.

A holder of a copy of the log can compare a month with its entry at any time: a figure that was
changed after its publication has another digest (`tools/verify_log.py`).
"""

from __future__ import annotations

import hashlib
from typing import Any

from casework.statistics.publication import Bilan
from casework.text import strict_json


def month_document(month: Bilan) -> dict[str, Any]:
    """Counts and times of one month, without names and shares, which follow from them."""
    return {
        "month": month.first,
        "figures": sorted(
            [each.table, each.row, "" if each.count is None else each.count]
            for each in month.figures
        ),
        "times": sorted(
            [
                each.measure,
                each.priority,
                "" if each.median_seconds is None else each.median_seconds,
                "" if each.p90_seconds is None else each.p90_seconds,
            ]
            for each in month.times
        ),
    }


def month_digest(month: Bilan) -> bytes:
    """SHA-256 of the canonical JSON (RFC 8785); a withheld number is an empty text."""
    return hashlib.sha256(strict_json.canonical_json(month_document(month))).digest()
