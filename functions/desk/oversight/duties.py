"""What waits now: the duty desk for those who watch it, and the pulse for each person."""

from __future__ import annotations

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.case.value_objects import Duty
from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach, StaffCall
from casework.errors import NotValid
from casework.views.duty_desk_view import DutyDesk, Pulse
from functions.desk import deployment
from functions.desk.queries import glances, lists, samples
from functions.desk.shared.access import require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.routing import (
    LIMIT_PARAMETER,
    READ_REFUSALS,
    UNMARKED,
    list_route,
    parse_limit,
)


@list_route(
    "read_duty",
    "duty",
    summary="The duty desk",
    answer=DutyDesk,
    lines=lambda page: sum(len(getattr(page, kind.value)) for kind in Duty),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_duty(request: Request) -> Response:
    """Cases that are imminent, overdue, undelivered, stuck or unreadable now, and those past their
    retention time: most urgent first, then the oldest. Of dangers, stated ones come first, then
    announced ones, then doubts; of each, those that nobody took care of, the newest first. A danger
    says what its report says, in its first words: reading them counts as reading the case.

    A list longer than `limit`, or than 36, continues at its entry in `cursors`; a call with a
    cursor answers with that list alone. `glances` says how many new reports no person has looked
    at, and how many of them too long. `to_call` says whom to call about a case when minutes count.
    """
    member = require_caller(request, StaffCall.DUTY)
    lines, cursor = open_case_lines(member), request.query.get("cursor")
    page = lists.duty_desk(lines, parse_limit(request), cursor)
    if cursor is None:
        waiting = glances.count_glances(lines.table, member, lines.pack, lines.now)
        page = page.model_copy(update={"glances": waiting})
    return CaseListResponse(200, page, lines=lines)


@list_route("read_pulse", "pulse", summary="What waits now", answer=Pulse, lines=UNMARKED)
def read_pulse(request: Request) -> Response:
    """How much waits in the own queues and, for those who watch it, on the duty desk; and the
    first cases in which danger is imminent. Small enough to ask every few seconds.
    """
    member = require_caller(request, StaffCall.QUEUE)
    table, may = deployment.desk_case_table(), PERMISSIONS_BY_ROLE[member.role]
    found = lists.build_pulse(
        table,
        member,
        watches=may[StaffCall.DUTY] is not PermissionReach.NONE,
        reads_notes=may[StaffCall.NOTES] is not PermissionReach.NONE,
    )
    if may[StaffCall.GLANCE] is PermissionReach.NONE:
        return Response(200, found)
    waiting = glances.count_glances(table, member, deployment.desk_jurisdiction(), deployment.now())
    again = (
        None
        if may[StaffCall.SAMPLE] is PermissionReach.NONE
        else samples.count_samples(table, member)
    )
    return Response(200, found.model_copy(update={"glances": waiting, "samples": again}))
