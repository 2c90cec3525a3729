"""A unit says which of its officers works on a case."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import JsonValue

from casework.case.alike import BATCH_FIELD
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move
from casework.case.value_objects import CaseOwner

OWNER_FIELD: Final = "to"
"""In the data of the entry: the subject of the officer who works on the case; None for nobody."""


def assign_owner(
    case: Case,
    at: datetime,
    by: str,
    owner: CaseOwner | None,
    words: Particulars | None = None,
    *,
    batch: str | None = None,
) -> Change:
    """The case gets an owner in its unit, another one, or none; `words` are to the owner, and
    `batch` is the id of the cases that were given together. Every officer of the unit may do with
    the case what they could before."""
    to = owner.subject if owner else None
    data: dict[str, JsonValue] = {OWNER_FIELD: to, **({BATCH_FIELD: batch} if batch else {})}
    return Change.from_move(case, Move.ASSIGN, at, by, data, particulars=words, owner=owner)
