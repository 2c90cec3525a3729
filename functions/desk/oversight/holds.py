"""GET /v1/desk/holds: who works on what alone, and since when."""

from __future__ import annotations

from typing import Final

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER, Parameter
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import Finding, NotValid
from casework.views.lists import QueuePage
from functions.desk.queries import holds
from functions.desk.shared.access import require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

HOLD_SCOPES: Final = ("me", "all")
HOLD_SCOPE_PARAMETER: Final = Parameter(
    "of",
    "query",
    "`me` for what the caller holds, and if left out; `all` for what anybody does, for those who "
    "watch the duty desk.",
    {"enum": list(HOLD_SCOPES)},
)


@list_route(
    "read_holds",
    "holds",
    summary="Who works on what alone now",
    answer=QueuePage,
    lines=lambda page: len(page.cases),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(HOLD_SCOPE_PARAMETER, LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_holds(request: Request) -> Response:
    """Cases that a person works on alone now, at review and at units, the oldest hold first."""
    member = require_caller(request, StaffCall.HOLD)
    of = request.query.get("of", HOLD_SCOPES[0])
    if of not in HOLD_SCOPES:
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/of", "of.unknown", "Ask for `me` or `all`.")],
        )
    if of == "all":
        require_permission(member, StaffCall.DUTY)
    lines, by = open_case_lines(member), None if of == "all" else member.subject
    page = holds.hold_page(lines, parse_limit(request), request.query.get("cursor"), by=by)
    return CaseListResponse(200, page, lines=lines)
