"""Staff write notes on a case for their colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent, Particulars
from casework.case.lifecycle import Move, moves_where

SETTLES_FIELD: Final = "settles"
"""In the data of a note: the number of the entry of an earlier one that is settled by it."""
MENTIONS_FIELD: Final = "mentions"
"""In the data of a note: the subjects of the colleagues whom it names, who find it in a list."""
COLLEAGUE_MOVES: Final = moves_where(lambda law: law.for_colleagues)
"""Moves whose words are from colleague to colleague."""


def mentioned_subjects(event: CaseEvent) -> frozenset[str]:
    """The subjects of the colleagues whom an entry names; of most entries none."""
    named = event.data.get(MENTIONS_FIELD)
    return frozenset(map(str, named)) if isinstance(named, list) else frozenset()


def add_note(
    case: Case,
    at: datetime,
    by: str,
    note: Particulars,
    settles: int | None = None,
    mentions: Sequence[str] = (),
) -> Change:
    """A note on the case, which may settle an earlier one and name colleagues. Its words are kept
    beside the history and are erased with the case; the event holds the commitment to them. It is
    no news: it delays and decides nothing."""
    data: dict[str, JsonValue] = {} if settles is None else {SETTLES_FIELD: settles}
    if mentions:
        data[MENTIONS_FIELD] = list(mentions)
    return Change.from_move(case, Move.REMARK, at, by, data, particulars=note)
