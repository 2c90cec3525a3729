"""Whom the notes of a case may name, what of them a person saw, and which cases they watch."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Request, Response
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import mention_table
from casework.case.case import Case
from casework.decisions.colleagues import MAX_WATCHED, reads_notes
from casework.decisions.permissions import StaffCall, responsible_unit
from casework.decisions.staff import Role, StaffMember
from casework.errors import CaseNotFound, TooMany
from casework.views.thread import ThreadMarks
from functions.desk import deployment
from functions.desk.queries.people import iter_staff
from functions.desk.queries.threads import reader_marks
from functions.desk.shared.access import load_visible_case, require_caller
from functions.desk.shared.routing import READ_REFUSALS, UNMARKED, desk_route, list_route

MAX_ENTRY_NUMBER: Final = 999_999


class NoteReader(BaseModel, title="NoteReader"):
    """A colleague who reads the notes of a case, and whom one may name."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    subject: str
    name: str
    role: Role
    unit: str | None = None


class NoteReaders(BaseModel, title="NoteReaders"):
    """Those of a case: first the people of its unit, then supervisors and analysts, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    people: tuple[NoteReader, ...]


class OwnMarks(BaseModel, title="OwnMarks"):
    """The body of `PUT /v1/desk/cases/{id}/thread`: what the caller keeps about the case."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    seen: Annotated[int, Field(ge=1, le=MAX_ENTRY_NUMBER)] | None = None
    """`last_entry` of the case as it was displayed: everything up to it counts as seen."""
    watching: bool | None = None
    """Whether the caller watches the case; left out, that stays as it is."""


@list_route(
    "read_note_readers",
    "cases/{id}/colleagues",
    summary="Whom a note on a case may name",
    answer=NoteReaders,
    lines=UNMARKED,
    refusals=(*READ_REFUSALS, CaseNotFound),
)
def read_note_readers(request: Request) -> Response:
    """The people who read the notes of the case now, without the caller."""
    member = require_caller(request, StaffCall.NOTES)
    case = load_visible_case(member, StaffCall.NOTES, case_id_from_path(request))
    found = [
        each
        for each in iter_staff(deployment.desk_case_table(), member.realm)
        if each.subject != member.subject and reads_notes(each, case)
    ]
    found.sort(key=lambda each: _place(each, case))
    people = tuple(
        NoteReader(subject=each.subject, name=each.name, role=each.role, unit=each.unit)
        for each in found
    )
    return Response(200, NoteReaders(people=people))


def _place(person: StaffMember, case: Case) -> tuple[bool, bool, str, str]:
    of_unit = person.role is Role.OFFICER and person.unit == responsible_unit(case)
    return not of_unit, person.role is not Role.SUPERVISOR, person.name, person.subject


@desk_route(
    "keep_own_marks",
    "PUT",
    "cases/{id}/thread",
    summary="Say that the notes of a case were displayed, or watch it",
    body=OwnMarks,
    answers={200: ThreadMarks},
    refusals=(*READ_REFUSALS, CaseNotFound, TooMany),
)
def keep_own_marks(request: Request) -> Response:
    """What names the caller in the notes up to the entry `seen` is unread no more, and a case that
    the caller watches has no news up to it. With `watching`, the case stands among those that the
    caller watches, or no longer. These are marks of the person alone: no history tells of them, and
    what arrives writes nothing for those who watch. A person watches at most fifty cases.
    """
    member = require_caller(request, StaffCall.WATCH)
    asked = request.parse_body(OwnMarks)
    case = load_visible_case(member, StaffCall.WATCH, case_id_from_path(request))
    table, by = deployment.desk_case_table(), member.subject
    marks = reader_marks(table, member, case)
    watching = marks.watching if asked.watching is None else asked.watching
    shown = min(asked.seen or 0, case.events)
    if watching and not marks.watching:
        if len(mention_table.list_watched(table.name, by, MAX_WATCHED)) >= MAX_WATCHED:
            raise TooMany(f"A person watches at most {MAX_WATCHED} cases.")
        mention_table.put_watch(table.name, by, case.id, case.events)
    elif marks.watching and not watching:
        mention_table.delete_watch(table.name, by, case.id)
    elif marks.watching and shown:
        mention_table.advance_watch(table.name, by, case.id, shown)
    seen = [each for each in marks.unread if each <= shown]
    mention_table.mark_read(
        table.name, by, [mention_table.note_name(case.id, each) for each in seen]
    )
    left = tuple(each for each in marks.unread if each > shown)
    return Response(200, ThreadMarks(watching=watching, unread=left))
