"""What a person decided lately, for the person and for auditors."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.aws.table import staff_activity_table
from casework.case.lifecycle import Move, Status
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.errors import NotValid, Refusal
from functions.desk import deployment
from functions.desk.shared.access import colleague_from_path, require_caller
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

STAFF_DECISION_CURSOR_PATTERN: Final = re.compile(r"[0-9TZ:.-]{24}#C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]")


class DecidedCase(BaseModel):
    """A decision of a person."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    case: str
    """Id of the case."""
    decision: Move
    number: str | None = None
    """Of the case, as people say it; left out with the fields below where the case is no longer
    among those of the reader."""
    category: str | None = None
    status: Status | None = None
    """As it stands now."""


class DecisionPage(BaseModel):
    """Some of the decisions of a person, the latest first."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    decisions: tuple[DecidedCase, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


@list_route(
    "read_my_decisions",
    "me/decisions",
    summary="What I decided lately",
    answer=DecisionPage,
    lines=lambda page: len(page.decisions),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_my_decisions(request: Request) -> Response:
    """The caller's decisions of the last 30 days, with the cases as they stand now. The histories
    of the cases are the proof of what was decided; this is a memory."""
    member = require_caller(request, StaffCall.ME)
    return _decisions(request, member, member.subject, StaffCall.CASE)


@list_route(
    "read_decisions",
    "staff/{subject}/decisions",
    summary="What a person decided lately, for auditors",
    answer=DecisionPage,
    lines=lambda page: len(page.decisions),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_decisions(request: Request) -> Response:
    """The decisions of a member of the staff within 30 days."""
    member = require_caller(request, StaffCall.HISTORY)
    return _decisions(request, member, colleague_from_path(request, member), StaffCall.HISTORY)


def _decisions(request: Request, member: StaffMember, subject: str, call: StaffCall) -> Response:
    name, after = f"decisions {subject}", None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (name,), STAFF_DECISION_CURSOR_PATTERN)
    table, at = deployment.desk_case_table(), deployment.now()
    lines, further = staff_activity_table.list_decisions(
        table.name, subject, at, parse_limit(request), after
    )
    cases = {case.id: case for case in table.get_cases([line.what for line in lines])}
    decisions = []
    for line in lines:
        case = cases.get(line.what)
        try:
            require_permission(member, call, case, deployment.competent_offices_for_case)
        except Refusal:
            case = None
        decisions.append(
            DecidedCase(
                at=line.at,
                case=line.what,
                decision=Move(line.said["move"]),
                number=(case.number or None) if case else None,
                category=case.category if case else None,
                status=case.status if case else None,
            )
        )
    going_on = cursors.encode_cursor(name, further) if further is not None else None
    return Response(200, DecisionPage(decisions=tuple(decisions), cursor=going_on))
