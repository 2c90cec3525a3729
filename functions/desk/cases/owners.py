"""Which officer of a unit works on a case."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Request, Response
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import desk_keys, items
from casework.case.case import Case
from casework.case.change import Change
from casework.case.value_objects import CaseOwner
from casework.decisions.permissions import StaffCall, case_owner, require_permission
from casework.decisions.staff import Role, StaffMember
from casework.errors import (
    CaseNotFound,
    Finding,
    IllegalMove,
    NotValid,
)
from casework.moves.assignments import assign_owner
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.queries import case_views
from functions.desk.shared.access import require_caller
from functions.desk.shared.routing import READ_REFUSALS, UNMARKED, desk_route, list_route

OWNERS_PER_BATCH: Final = 99


class Ownership(BaseModel):
    """The body of `PUT /v1/desk/cases/{id}/owner`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    to: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """The subject of an officer of the own unit; left out, nobody works on it."""


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
    table, found, after = deployment.desk_case_table(), list[StaffMember](), None
    while True:
        people, after = table.list_staff(OWNERS_PER_BATCH, after, member.realm)
        everybody = [StaffMember.from_item(subject, item) for subject, item in people.items()]
        found += [each for each in everybody if _is_colleague(each, member)]
        if after is None:
            break
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
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove),
)
def give_case(request: Request) -> Response:
    """Say which officer of the unit works on the case, or that nobody does. It restricts nobody and
    is no new version of the case: the ETag stays. A case that another unit gets has no owner there.
    """
    member = require_caller(request, StaffCall.OWNER)
    asked, at = request.parse_body(Ownership), deployment.now()
    owner = _owner(member, asked.to) if asked.to is not None else None

    def give(case: Case) -> Change | None:
        require_permission(member, StaffCall.OWNER, case)
        return (
            None if case_owner(case) == asked.to else assign_owner(case, at, member.subject, owner)
        )

    case, _ = deployment.desk_case_table().update(case_id_from_path(request), give)
    state = case_views.case_state(
        deployment.desk_case_table(), deployment.desk_jurisdiction(), member, case, at
    )
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
