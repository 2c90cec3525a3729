"""GET /v1/desk/board: what waits, what is late, and who has how much, for supervisors."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from casework.aws.http.api import Request, Response
from casework.aws.table import decision_log_table
from casework.case.value_objects import Duty, UnitState
from casework.decisions.permissions import StaffCall
from casework.views import board
from casework.views.board import Board, WaitingView
from casework.views.duty_desk_view import sort_still_due
from functions.desk import deployment
from functions.desk.queries import holds, samples
from functions.desk.queries.people import named_subjects, names_by_subject
from functions.desk.shared.access import require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.routing import list_route

BOARD_DESKS: Final = ("review", "supervision")
MAX_QUEUE_KEYS_READ: Final = 2_000
"""Cases of a queue whose keys are read: of more, the most urgent."""
MAX_REVIEW_CASES_READ: Final = 100
"""Cases of the review that are read: the most urgent. Few wait behind them. Of those without the
prosecutor's authorisation, the ones that rest longest."""
MAX_LATE_CASES_SHOWN: Final = 50
MAX_CONTESTED_SHOWN: Final = 25
MAX_BOARD_HOLDS_SHOWN: Final = 50
"""Holds that are shown and counted, the oldest first; few people work at a time."""
MAX_DANGERS_READ: Final = 50
"""Cases of imminent danger that are read, the gravest and newest."""
MAX_WITHOUT_PERSON_SHOWN: Final = 25
MAX_LOAD_CASES_READ: Final = 300
"""Cases with units that are read to tell whose they are and what is due: those that came there
first."""
BOARD_DAYS: Final = 7


@list_route(
    "read_board",
    "board",
    summary="What waits, what is late, and who has how much",
    answer=Board,
    lines=lambda board: sum(
        map(
            len,
            (
                *(board.without_person, board.late, board.contested, board.second_looks),
                *(board.held, board.unauthorised, board.units, board.load, board.corrected),
            ),
        )
    ),
)
def read_board(request: Request) -> Response:
    """What is off first: danger without a person, and what is late. Waiting cases by age and
    priority; late, contested and unauthorised ones; second looks; who
    works on what alone; what stands with each unit and how fast it answers; what each person has
    now and decided today; what first reviews did to proposals; and closed reviews on which a second
    person, who read them again, differs.

    Lists show the most urgent: `queue`, `duty` and `holds` have all.
    """
    member = require_caller(request, StaffCall.BOARD)
    lines, zone = open_case_lines(member), deployment.desk_time_zone()
    table, at = lines.table, lines.now
    queues = {
        name: table.places(member.own_list_name(name), MAX_QUEUE_KEYS_READ) for name in BOARD_DESKS
    }
    late = table.duty(Duty.OVERDUE, MAX_LATE_CASES_SHOWN, realm=member.realm)
    standing = table.caseload(member.realm)
    resting = sorted(
        (line for line in standing if line.standing is UnitState.UNAUTHORISED),
        key=lambda line: line.since,
    )
    today = at.astimezone(zone).date()
    days = [
        list(
            decision_log_table.list_decisions_of_day(
                table.name, member.realm, (today - timedelta(each)).isoformat()
            )
        )
        for each in range(BOARD_DAYS)
    ]
    week = [line for day in days for line in day]
    review = table.get_cases([place.case_id for place in queues["review"][:MAX_REVIEW_CASES_READ]])
    contested = table.get_cases(
        [place.case_id for place in queues["supervision"][:MAX_CONTESTED_SHOWN]]
    )
    overdue = table.get_cases(late.ids)
    since = {line.case_id: line.since for line in resting[:MAX_REVIEW_CASES_READ]}
    unauthorised = sorted(
        table.get_cases(list(since)), key=lambda case: (case.priority.rank, since[case.id])
    )[:MAX_CONTESTED_SHOWN]
    dangers = table.duty(Duty.IMMINENT, MAX_DANGERS_READ, realm=member.realm)
    without_person = [
        case
        for case in sort_still_due(Duty.IMMINENT, table.get_cases(dangers.ids))
        if case.taken is None and case.attended is None
    ][:MAX_WITHOUT_PERSON_SHOWN]
    first = sorted(standing, key=lambda line: line.since)[:MAX_LOAD_CASES_READ]
    with_units = table.get_cases([line.case_id for line in first])
    hold_page = holds.hold_page(lines, MAX_BOARD_HOLDS_SHOWN, None)
    read = {case.id: case for case in (*review, *contested, *overdue, *with_units)}.values()
    load = board.person_loads(
        [line.hold.by for line in hold_page.cases if line.hold], days[0], read, at
    )
    subjects = named_subjects([*review, *contested, *overdue, *unauthorised, *without_person])
    waiting = [
        WaitingView.model_validate({"desk": desk, "priority": priority, "ages": ages})
        for desk, places in queues.items()
        for priority, ages in board.count_by_age(
            ((place.rank, place.opened_at) for place in places), at
        ).items()
    ]
    return CaseListResponse(
        200,
        Board(
            days=BOARD_DAYS,
            edges=board.AGE_LIMITS_SECONDS,
            waiting=tuple(waiting),
            waiting_goes_on=any(len(places) == MAX_QUEUE_KEYS_READ for places in queues.values()),
            decided_by_day=tuple(map(len, days)),
            without_person=lines.lines(without_person),
            due_soon=sum(board.due_of(case, at) is board.Due.SOON for case in read),
            load_goes_on=len(standing) > len(first),
            late=lines.lines(sort_still_due(Duty.OVERDUE, overdue)),
            late_goes_on=late.after is not None,
            contested=lines.lines(contested),
            second_looks=lines.lines([case for case in review if case.proposal is not None]),
            held=hold_page.cases,
            held_cursor=hold_page.cursor,
            unauthorised=lines.lines(unauthorised),
            units=board.unit_boards(
                ((line.unit, line.standing, line.since) for line in standing),
                week,
                with_units,
                at,
            ),
            load=load,
            corrections=board.proposal_corrections(week),
            corrected=board.corrected_proposals(week),
            samples=samples.sample_board(table, member.realm, at),
            people={
                **names_by_subject(table, subjects | {each.by for each in load}, at),
                **hold_page.people,
            },
        ),
        lines=lines,
    )
