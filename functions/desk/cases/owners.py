"""Which officer of a unit works on a case."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.http import Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.table import desk_keys, items
from casework.case.case import Case
from casework.case.change import Change
from casework.case.parts import Owner
from casework.decisions.permissions import Call, owner_of, permit
from casework.decisions.staff import Role, StaffMember
from casework.errors import (
    CaseNotFound,
    Finding,
    IllegalMove,
    NotValid,
)
from casework.moves.assigning import assigned
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import NO_MARK, READING, listing, route
from functions.desk.shown import whole

AT_ONCE: Final = 99


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


@listing(
    "read_colleagues",
    "colleagues",
    summary="The officers of my unit",
    answer=Colleagues,
    lines=NO_MARK,
)
def read_colleagues(request: Request) -> Answer:
    """The officers of the caller's unit, the caller among them: to whom a case can be given."""
    member = caller(request, Call.OWNER)
    table, found, after = deployment.table(), list[StaffMember](), None
    while True:
        people, after = table.everybody(AT_ONCE, after, member.realm)
        everybody = [StaffMember.of(subject, item) for subject, item in people.items()]
        found += [each for each in everybody if _is_colleague(each, member)]
        if after is None:
            break
    found.sort(key=lambda each: (each.name, each.subject))
    people_of = tuple(Colleague(subject=each.subject, name=each.name) for each in found)
    return Answer(200, Colleagues(people=people_of))


@route(
    "give_case",
    "PUT",
    "cases/{id}/owner",
    summary="Give a case to an officer of my unit",
    body=Ownership,
    answers={200: CaseState},
    refusals=(*READING, CaseNotFound, IllegalMove),
)
def give_case(request: Request) -> Answer:
    """Say which officer of the unit works on the case, or that nobody does. It restricts nobody and
    is no new version of the case: the ETag stays. A case that another unit gets has no owner there.
    """
    member = caller(request, Call.OWNER)
    asked, at = request.read(Ownership), deployment.now()
    owner = _owner(member, asked.to) if asked.to is not None else None

    def give(case: Case) -> Change | None:
        permit(member, Call.OWNER, case)
        return None if owner_of(case) == asked.to else assigned(case, at, member.subject, owner)

    case, _ = deployment.table().update(case_id_of(request), give)
    state = whole.case_state(deployment.table(), deployment.pack(), member, case, at)
    return Answer(200, state, {"ETag": case.etag})


def _owner(member: StaffMember, subject: str) -> Owner:
    """An officer of the member's unit as the owner of a case; raises NotValid for another one."""
    kept = items.get(deployment.table().name, desk_keys.staff_key(subject))
    if (
        member.unit is None
        or kept is None
        or not _is_colleague(StaffMember.of(subject, kept), member)
    ):
        finding = Finding("#/to", "to.unknown", "Your unit has no such officer.")
        raise NotValid("Some fields cannot be accepted.", findings=[finding])
    return Owner(unit=member.unit, subject=subject)


def _is_colleague(other: StaffMember, member: StaffMember) -> bool:
    return (other.role, other.active, other.unit, other.realm) == (
        Role.OFFICER,
        True,
        member.unit,
        member.realm,
    )
