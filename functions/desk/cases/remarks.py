"""Notes of staff on a case, for the colleagues who read it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.table.case_table import Deed
from casework.case.case import Case
from casework.case.history import KEY, Event, Particulars
from casework.case.index import NOTES, of_key
from casework.case.lifecycle import Move
from casework.decisions.decision import in_words
from casework.decisions.permissions import Call, permit
from casework.errors import (
    CaseNotFound,
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotValid,
    TooMany,
)
from casework.moves.remarking import SETTLES, remarked
from casework.text.writing import says_something
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, route
from functions.desk.entry.deciding import said_in

LONGEST: Final = 2_000
MOST_NOTES: Final = 200


class Note(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/notes`: words to colleagues."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=LONGEST),
        AfterValidator(says_something),
    ]
    """Everybody who may read the case reads it, later units too. It is in no dossier, no reporter
    sees it, and it is erased with the case."""
    settles: Annotated[int, Field(ge=1)] | None = None
    """Number of the entry of an earlier note that needs no colleague any more, because of this
    one."""


class Noted(BaseModel):
    """A note that colleagues find in the history of the case. Repeating the request writes it
    once."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    number: int
    """Of its entry in the history of the case, which shows its words."""
    at: str


@route(
    "write_note",
    "POST",
    "cases/{id}/notes",
    summary="Write a note for colleagues",
    body=Note,
    answers={201: Noted},
    refusals=(*READING, CaseNotFound, IllegalMove, KeyConflict, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY,),
)
def write_note(request: Request) -> Answer:
    """Write a note on the case, also to settle an earlier one. It decides nothing and is no new
    version of the case: the ETag stays, and no colleague's decision is refused because of it.
    """
    member = caller(request, Call.NOTES)
    key = key_of(request)
    case_id, note = case_id_of(request), request.read(Note)
    said = in_words(note.text) or {}
    table, at, by = deployment.table(), deployment.now(), member.subject

    def write(case: Case) -> Deed[Event | None]:
        permit(member, Call.NOTES, case)
        if (before := table.named(case.id, of_key(by, key))) is not None:
            return Deed(None, before)
        notes = [number for _, number, _ in table.all_named(case.id, NOTES)]
        if note.settles is not None and note.settles not in notes:
            raise NotValid(
                "Some fields cannot be accepted.",
                findings=[Finding("#/settles", "note.unknown", "The case has no such note.")],
            )
        if len(notes) >= MOST_NOTES:
            raise TooMany(f"A case takes at most {MOST_NOTES} notes.")
        kept = Particulars(said)
        change = remarked(case, at, by, kept, note.settles).saying(KEY, key)
        return Deed(change, change.event)

    case, deed = table.carry_out(case_id, write)
    written = deed.result
    if written is None:
        raise TypeError("a note without an entry")
    same = written.move == Move.REMARK and written.data.get(SETTLES) == note.settles
    if deed.change is None and not (same and said_in(case.id, written) == said):
        raise KeyConflict
    noted = Noted(id=case.id, number=written.number, at=written.at)
    return Answer(201, noted, {"ETag": case.etag})
