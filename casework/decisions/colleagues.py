"""What colleagues tell each other beside a case: whom a note may name, and words with a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from casework.case.case import Case
from casework.case.history import PARTICULARS_FIELD, CaseEvent
from casework.decisions.permissions import (
    StaffCall,
    case_owner,
    is_permitted,
    no_known_offices,
    responsible_unit,
)
from casework.decisions.staff import Role, StaffMember
from casework.moves.assignments import OWNER_FIELD
from casework.moves.notes import COLLEAGUE_MOVES
from casework.moves.referrals import UNIT_FIELD
from casework.text.allowed_text import require_visible_text

MAX_HAND_OVER_LENGTH: Final = 500
MAX_NOTE_MENTIONS: Final = 10
"""Colleagues whom one note names: it is written in their lists, in the transaction of the note."""
MAX_WATCHED: Final = 50
"""Cases that one person watches: their list is read with the cases themselves."""

HandOverWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_HAND_OVER_LENGTH),
    AfterValidator(require_visible_text),
]
"""Words to whoever gets a case. They are kept beside the history and erased with the case."""


def reads_notes(person: StaffMember, case: Case) -> bool:
    """Whether a person reads the notes of a case, so that one may name them."""
    return is_permitted(person, StaffCall.NOTES, case, no_known_offices)


def find_hand_over(case: Case, events: Sequence[CaseEvent], reader: StaffMember) -> int | None:
    """The number of the entry that gave the case to the reader, or to the reader's unit, with
    words; None where somebody gave it on since, or said nothing."""
    given = next((each for each in reversed(events) if _gives_with_words(each)), None)
    if given is None:
        return None
    if OWNER_FIELD in given.data:
        to_reader = case_owner(case) == reader.subject == given.data[OWNER_FIELD]
    else:
        to_reader = reader.role is Role.OFFICER and (
            responsible_unit(case) == reader.unit == given.data.get(UNIT_FIELD)
        )
    return given.number if to_reader else None


def _gives_with_words(event: CaseEvent) -> bool:
    """Whether an entry gives the case to a person or a unit, with words to them."""
    said = event.data
    gives = OWNER_FIELD in said or UNIT_FIELD in said
    return event.move in COLLEAGUE_MOVES and gives and PARTICULARS_FIELD in said
