"""The call that opens a group of reports alike: each of its cases in a line."""

from __future__ import annotations

import re
from typing import Final

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.aws.table.group_table import GroupTable
from casework.decisions.permissions import StaffCall
from casework.errors import Finding, NotValid
from casework.text import reference
from casework.text.realm import realm_from_name
from casework.views.lists import QueuePage
from functions.desk.queries.people import named_subjects, names_by_subject
from functions.desk.shared.access import require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

GROUP_CURSOR_PATTERN: Final = re.compile(r"[0-9A-Za-z_=-]{1,40}#[0-9]{4}#[0-9A-Z-]{1,40}")


@list_route(
    "read_group",
    "groups/{group}",
    summary="The cases of a group of reports alike",
    answer=QueuePage,
    lines=lambda page: len(page.cases),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_group(request: Request) -> Response:
    """Every case whose line a group stands for, in lists: copies of one text together, in the order
    in which they came. A group that is not known, or is older than thirty days, has none.
    """
    member = require_caller(request, StaffCall.GLANCE)
    lines, cursor = open_case_lines(member), request.query.get("cursor")
    group, limit = _group_of(request), parse_limit(request)
    after = (
        cursors.decode_cursor(cursor, [group], GROUP_CURSOR_PATTERN)[1]
        if cursor is not None
        else None
    )
    if realm_from_name(group) is not member.realm:
        return Response(200, QueuePage(cases=()))
    table = lines.table
    found = GroupTable(table.name).members(group, limit + 1, after)
    reports = table.reports.get_reports([each.reference for each in found[:limit]])
    ids = dict.fromkeys(each.case_id or each.own_case_id for each in reports)
    cases = table.get_cases(list(ids))
    more = cursors.encode_cursor(group, found[limit - 1].place) if len(found) > limit else None
    page = QueuePage(
        cases=lines.lines(cases),
        people=names_by_subject(table, named_subjects(cases), lines.now),
        cursor=more,
    )
    return CaseListResponse(200, page, lines=lines)


def _group_of(request: Request) -> str:
    """The group in the address; raises NotValid."""
    try:
        return reference.parse_case_id(request.path_params["group"])
    except reference.NotAReference:
        wrong = Finding("#/group", "group.form", "A group is named by the id of a case.")
        raise NotValid("Some parameters cannot be accepted.", findings=[wrong]) from None
