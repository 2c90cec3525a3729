"""Staff write notes on a case for their colleagues."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move

SETTLES_FIELD: Final = "settles"
"""In the data of a note: the number of the entry of an earlier one that is settled by it."""


def add_note(
    case: Case, at: datetime, by: str, note: Particulars, settles: int | None = None
) -> Change:
    """A note on the case, which may settle an earlier one. Its words are kept beside the history
    and are erased with the case; the event holds the commitment to them. It is no news: it delays
    and decides nothing."""
    data: dict[str, JsonValue] = {} if settles is None else {SETTLES_FIELD: settles}
    return Change.from_move(case, Move.REMARK, at, by, data, particulars=note)
