"""Staff write to the reporters of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import COMMITMENT_FIELD
from casework.case.lifecycle import Move


def record_message(
    case: Case, at: datetime, by: str, *, reports: Sequence[str], bound: str = ""
) -> Change:
    """A message to the reporters of some reports, or of all that belong to the case.

    The event holds `bound`, the commitment to the message, and no text.
    """
    data: dict[str, JsonValue] = {"reports": list(reports), COMMITMENT_FIELD: bound}
    return Change.from_move(case, Move.MESSAGE, at, by, data)
