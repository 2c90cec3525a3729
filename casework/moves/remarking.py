"""Staff write notes on a case for their colleagues."""

from __future__ import annotations

from datetime import datetime

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move


def remarked(case: Case, at: datetime, by: str, note: Particulars) -> Change:
    """A note on the case. Its words are kept beside the history and are erased with the case; the
    event holds the commitment to them. It is no news: it delays and decides nothing."""
    return Change.of(case, Move.REMARK, at, by, particulars=note)
