"""Notes of staff on a case, for the colleagues who read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import mention_table
from casework.aws.table.case_table import CaseTransaction
from casework.case.case import Case
from casework.case.history import IDEMPOTENCY_FIELD, CaseEvent, Particulars
from casework.case.index import NOTE_INDEX_PREFIX, idempotent_entry_name
from casework.case.lifecycle import Move
from casework.decisions.base import reason_particulars
from casework.decisions.colleagues import MAX_NOTE_MENTIONS, reads_notes
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import (
    CaseNotFound,
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotValid,
    TooMany,
)
from casework.moves.notes import MENTIONS_FIELD, SETTLES_FIELD, add_note
from casework.text.allowed_text import require_visible_text
from functions.desk import deployment
from functions.desk.queries.people import staff_by_subject
from functions.desk.shared.access import Subject, idempotency_digest, require_caller
from functions.desk.shared.decision_handler import load_particulars, require_event
from functions.desk.shared.routing import READ_REFUSALS, desk_route

MAX_NOTE_LENGTH: Final = 2_000
MAX_NOTES: Final = 200


def require_different(subjects: tuple[str, ...]) -> tuple[str, ...]:
    """The subjects; raises where one is named twice."""
    if len(set(subjects)) < len(subjects):
        raise PydanticCustomError("mentions.twice", "A colleague is named twice.")
    return subjects


class Note(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/notes`: words to colleagues."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_NOTE_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """Everybody who may read the case reads it, later units too. It is in no dossier, no reporter
    sees it, and it is erased with the case."""
    settles: Annotated[int, Field(ge=1)] | None = None
    """Number of the entry of an earlier note that needs no colleague any more, because of this
    one."""
    mentions: Annotated[
        tuple[Subject, ...], Field(max_length=MAX_NOTE_MENTIONS), AfterValidator(require_different)
    ] = ()
    """Subjects of the colleagues whom it is for, of those that `GET …/colleagues` lists: each finds
    it among the notes that name them, until it was displayed. They do not have to be in the
    text."""


class Noted(BaseModel):
    """A note that colleagues find in the history of the case. Repeating the request writes it
    once."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    number: int
    """Of its entry in the history of the case, which shows its words."""
    at: str


@desk_route(
    "write_note",
    "POST",
    "cases/{id}/notes",
    summary="Write a note for colleagues",
    body=Note,
    answers={201: Noted},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, KeyConflict, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def write_note(request: Request) -> Response:
    """Write a note on the case, also to settle an earlier one, or for colleagues whom it names. It
    decides nothing and is no new version of the case: the ETag stays, and no colleague's decision
    is refused because of it.

    Whoever does not read the notes of the case, or is no colleague, is refused by the place in
    `mentions`: alike, so that nobody learns who has an account.
    """
    member = require_caller(request, StaffCall.NOTES)
    key = idempotency_digest(request)
    case_id, note = case_id_from_path(request), request.parse_body(Note)
    reason = reason_particulars(note.text) or {}
    table, at, by = deployment.desk_case_table(), deployment.now(), member.subject

    def write(case: Case) -> CaseTransaction[CaseEvent]:
        require_permission(member, StaffCall.NOTES, case)
        if (before := table.find_entry(case.id, idempotent_entry_name(by, key))) is not None:
            return CaseTransaction(None, before)
        notes = [number for _, number, _ in table.all_named(case.id, NOTE_INDEX_PREFIX)]
        if note.settles is not None and note.settles not in notes:
            raise NotValid(
                "Some fields cannot be accepted.",
                findings=[Finding("#/settles", "note.unknown", "The case has no such note.")],
            )
        if len(notes) >= MAX_NOTES:
            raise TooMany(f"A case takes at most {MAX_NOTES} notes.")
        refuse_unfit_mentions(case, note.mentions)
        kept = Particulars(reason)
        change = add_note(case, at, by, kept, note.settles, note.mentions)
        change = change.with_data(IDEMPOTENCY_FIELD, key)
        entry = require_event(change)
        listed = mention_table.mention_writes(table.name, case.id, entry, note.mentions)
        return CaseTransaction(change, entry, listed)

    case, deed = table.transact(case_id, write)
    entry = deed.result
    same = (
        entry.move == Move.REMARK
        and entry.data.get(SETTLES_FIELD) == note.settles
        and entry.data.get(MENTIONS_FIELD, []) == list(note.mentions)
    )
    if deed.change is None and not (same and load_particulars(case.id, entry) == reason):
        raise KeyConflict
    noted = Noted(id=case.id, number=entry.number, at=entry.at)
    return Response(201, noted, {"ETag": case.etag})


def refuse_unfit_mentions(case: Case, mentions: Sequence[str]) -> None:
    """Let every colleague whom a note names read the notes of the case; raises NotValid with the
    place of each who does not, or has no account."""
    if not mentions:
        return
    found = staff_by_subject(deployment.desk_case_table(), mentions)
    unfit = [
        Finding(f"#/mentions/{place}", "mention.unknown", "No such colleague reads this case.")
        for place, subject in enumerate(mentions)
        if subject not in found or not reads_notes(found[subject], case)
    ]
    if unfit:
        raise NotValid("Some fields cannot be accepted.", findings=unfit)
