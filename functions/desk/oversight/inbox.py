"""GET /v1/desk/inbox: what colleagues wrote to a person, and what is new in the cases that they
watch."""

from __future__ import annotations

import re
from typing import Final

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.decisions.permissions import StaffCall
from casework.errors import NotValid
from casework.views.thread import Inbox
from functions.desk import deployment
from functions.desk.queries import threads
from functions.desk.shared.access import require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

INBOX_CURSOR_PATTERN: Final = re.compile(r"[0-9TZ:.-]{24}#C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]#[0-9]{6}")
INBOX_LIST: Final = "inbox"


@list_route(
    "read_inbox",
    "inbox",
    summary="What colleagues wrote to me, and what is new where I watch",
    answer=Inbox,
    lines=lambda page: len(page.mentions) + len(page.watched),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_inbox(request: Request) -> Response:
    """The notes of the last 90 days that name the caller, and words with which they got a case, the
    latest first. Whoever may no longer read a case reads no word of its notes here: reading them
    counts as reading the case. `mentions` of the pulse says how many were not displayed.

    On the first page also the cases that the caller watches, those with the most news first: how
    many entries of each came since the last one that was displayed to the caller.
    """
    member = require_caller(request, StaffCall.WATCH)
    after = None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (INBOX_LIST,), INBOX_CURSOR_PATTERN)
    lines, offices = open_case_lines(member), deployment.competent_offices_for_case
    page, further = threads.inbox_page(lines, offices, parse_limit(request), after)
    if further is not None:
        page = page.model_copy(update={"cursor": cursors.encode_cursor(INBOX_LIST, further)})
    return CaseListResponse(200, page, lines=lines)
