"""A person who opens a reporter's file says why; each opening is an event of the case.

The event names report, file and the commitment to its bytes. The motive stands beside it and is
erased with the report.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.case.case import Case
from casework.case.change import Change
from casework.case.commitment import new_salt
from casework.case.history import Particulars
from casework.case.lifecycle import Move
from casework.decisions.decision import WORDS
from casework.text.writing import says_something

FILE: Final = "file"
"""In the data of an entry about a file: its number in the report."""


class FileOpening(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/files/opening`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    report: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    """Reference of the report that it belongs to."""
    n: Annotated[int, Field(ge=1, le=999)]
    """Its number in the report."""
    motive: Annotated[
        str, StringConstraints(min_length=10, max_length=500), AfterValidator(says_something)
    ]
    """What the work on the case needs the file for. Auditors read it."""


def file_opened(case: Case, at: datetime, by: str, asked: FileOpening, bound: str) -> Change:
    """The event that a person is given the key of a file, whose bytes this commitment binds."""
    return Change.of(
        case,
        Move.FILE_OPENED,
        at,
        by,
        {FILE: asked.n, "bound": bound},
        particulars=Particulars(said={WORDS: asked.motive}, salt=new_salt(), report=asked.report),
    )
