"""GET /v1/desk/staff: all accounts, for admins who look after them and auditors who check acts.

No account is made or changed here: no function of the stacks may write a staff item. Operators use
`make staff-add`, with their own rights.
"""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.decisions.permissions import StaffCall
from casework.decisions.staff import Role, StaffMember
from casework.errors import NotValid
from functions.desk import deployment
from functions.desk.shared.access import require_caller
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

STAFF_CURSOR_LIST: Final = "staff"
STAFF_CURSOR_PATTERN: Final = re.compile(rf"(?:{'|'.join(Role)})#[0-9A-Za-z-]{{1,128}}")


class StaffPerson(BaseModel):
    """A member of the staff."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    subject: str
    """Names the person in the history of cases."""
    name: str
    role: Role
    unit: str | None = None
    """Id of the unit; left out for people of no unit."""
    office: str | None = None
    """Id of the prosecutor's office; left out for people of no office."""
    court: str | None = None
    """Id of the court that the office sits at."""
    active: bool
    """Whether the account may do anything."""

    @classmethod
    def from_member(cls, member: StaffMember) -> StaffPerson:
        """The public fields of a member."""
        return cls(**member.model_dump(include=set(cls.model_fields)))


class StaffPage(BaseModel):
    """Some of the staff, in the order of their roles."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    people: tuple[StaffPerson, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


@list_route(
    "read_staff",
    "staff",
    summary="The staff",
    answer=StaffPage,
    lines=lambda page: len(page.people),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_staff(request: Request) -> Response:
    """All staff accounts: role, unit, and whether they are active; for admins and auditors.

    Operators make and change accounts outside this API.
    """
    member = require_caller(request, StaffCall.STAFF)
    after = None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (STAFF_CURSOR_LIST,), STAFF_CURSOR_PATTERN)
    items, further = deployment.desk_case_table().list_staff(
        parse_limit(request), after, member.realm
    )
    members = [StaffMember.from_item(subject, item) for subject, item in items.items()]
    return Response(
        200,
        StaffPage(
            people=tuple(map(StaffPerson.from_member, members)),
            cursor=cursors.encode_cursor(STAFF_CURSOR_LIST, further)
            if further is not None
            else None,
        ),
    )
