"""A second person read a closed review again, blind, and said what they would have decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import IDEMPOTENCY_FIELD
from casework.case.lifecycle import Move
from casework.case.quality_samples import REVIEW_NUMBER_FIELD


def record_second_reading(
    case: Case, at: datetime, by: str, *, of: int, comparison: Mapping[str, str], key: str
) -> Change:
    """The entry of the second reading of the review that entry `of` closed; raises IllegalMove
    where the case is erased.

    It is no new version of the case: a person who works on it is not disturbed. `key` is
    the digest of the Idempotency-Key.
    """
    return Change.from_move(
        case, Move.SAMPLE, at, by, {REVIEW_NUMBER_FIELD: of, **comparison, IDEMPOTENCY_FIELD: key}
    )
