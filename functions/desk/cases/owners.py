"""Which officer of a unit works on a case."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import desk_keys, items, mention_table
from casework.aws.table.case_table import CaseTransaction
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import IDEMPOTENCY_FIELD, Particulars
from casework.case.index import idempotent_entry_name
from casework.case.lifecycle import Move
from casework.case.value_objects import CaseOwner
from casework.decisions.alike import BatchId, refuse_not_alike
from casework.decisions.base import reason_particulars
from casework.decisions.colleagues import HandOverWords
from casework.decisions.permissions import StaffCall, case_owner, require_permission
from casework.decisions.staff import Role, StaffMember
from casework.errors import (
    CaseNotFound,
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotAlike,
    NotValid,
)
from casework.moves.assignments import OWNER_FIELD, assign_owner
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.queries import case_views
from functions.desk.queries.case_lines import read_why_not_alike
from functions.desk.queries.people import iter_staff
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.decision_handler import load_particulars, require_event
from functions.desk.shared.routing import READ_REFUSALS, UNMARKED, desk_route, list_route

KEY_WITH_WORDS_PARAMETER: Final = replace(
    IDEMPOTENCY_KEY_PARAMETER,
    description="A random UUID, made once and repeated with each retry; needed with `words`.",
    required=False,
)


class Ownership(BaseModel):
    """The body of `PUT /v1/desk/cases/{id}/owner`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    to: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """The subject of an officer of the own unit; left out, nobody works on it."""
    words: HandOverWords | None = None
    """To this officer, who finds them among the notes that name them, and first on the page of the
    case. They go with an Idempotency-Key."""
    batch: BatchId | None = None
    """The same random UUID for each of the cases that are given together: each is refused that is
    acted on by itself (409, `not-alike`)."""


class Colleague(BaseModel):
    """An officer of the own unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    subject: str
    name: str


class Colleagues(BaseModel):
    """The officers of a unit, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    people: tuple[Colleague, ...]


@list_route(
    "read_colleagues",
    "colleagues",
    summary="The officers of my unit",
    answer=Colleagues,
    lines=UNMARKED,
)
def read_colleagues(request: Request) -> Response:
    """The officers of the caller's unit, the caller among them: to whom a case can be given."""
    member = require_caller(request, StaffCall.OWNER)
    everybody = iter_staff(deployment.desk_case_table(), member.realm)
    found = [each for each in everybody if _is_colleague(each, member)]
    found.sort(key=lambda each: (each.name, each.subject))
    people_of = tuple(Colleague(subject=each.subject, name=each.name) for each in found)
    return Response(200, Colleagues(people=people_of))


@desk_route(
    "give_case",
    "PUT",
    "cases/{id}/owner",
    summary="Give a case to an officer of my unit",
    body=Ownership,
    answers={200: CaseState},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, KeyConflict, KeyMissing, NotAlike),
    parameters=(KEY_WITH_WORDS_PARAMETER,),
)
def give_case(request: Request) -> Response:
    """Say which officer of the unit works on the case, or that nobody does. It restricts nobody and
    is no new version of the case: the ETag stays. A case that another unit gets has no owner there.

    With words it is given once under its key, also to the officer who has it already.
    """
    member = require_caller(request, StaffCall.OWNER)
    asked, at = request.parse_body(Ownership), deployment.now()
    owner = _owner(member, asked.to) if asked.to is not None else None
    table, said = deployment.desk_case_table(), reason_particulars(asked.words)
    key = idempotency_digest(request) if said is not None else ""
    if said is not None and owner is None:
        finding = Finding("#/words", "words.to-nobody", "Words go to whoever gets the case.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])

    def given(case: Case, words: Particulars | None) -> Change:
        if asked.batch is not None:
            refuse_not_alike(read_why_not_alike(table, deployment.desk_jurisdiction(), case))
        return assign_owner(case, at, member.subject, owner, words, batch=asked.batch)

    def give(case: Case) -> CaseTransaction[None]:
        require_permission(member, StaffCall.OWNER, case)
        if said is None:
            return CaseTransaction(
                None if case_owner(case) == asked.to else given(case, None), None
            )
        before = table.find_entry(case.id, idempotent_entry_name(member.subject, key))
        if before is not None:
            is_same = before.move == Move.ASSIGN and before.data.get(OWNER_FIELD) == asked.to
            if not is_same or load_particulars(case.id, before) != said:
                raise KeyConflict
            return CaseTransaction(None, None)
        change = given(case, Particulars(said)).with_data(IDEMPOTENCY_FIELD, key)
        to = {str(asked.to)} - {member.subject}
        listed = mention_table.mention_writes(table.name, case.id, require_event(change), to)
        return CaseTransaction(change, None, listed)

    case, _ = table.transact(case_id_from_path(request), give)
    state = case_views.case_state(table, deployment.desk_jurisdiction(), member, case, at)
    return Response(200, state, {"ETag": case.etag})


def _owner(member: StaffMember, subject: str) -> CaseOwner:
    """An officer of the member's unit as the owner of a case; raises NotValid for another one."""
    kept = items.get_item(deployment.desk_case_table().name, desk_keys.staff_key(subject))
    if (
        member.unit is None
        or kept is None
        or not _is_colleague(StaffMember.from_item(subject, kept), member)
    ):
        finding = Finding("#/to", "to.unknown", "Your unit has no such officer.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])
    return CaseOwner(unit=member.unit, subject=subject)


def _is_colleague(other: StaffMember, member: StaffMember) -> bool:
    return (other.role, other.active, other.unit, other.realm) == (
        Role.OFFICER,
        True,
        member.unit,
        member.realm,
    )
