"""GET /v1/desk/board: what waits, what is late, and who has how much, for supervisors."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from casework.aws.http.http import Answer, Request
from casework.aws.table import decided_table
from casework.case.case import Case
from casework.case.parts import Duty, Standing
from casework.decisions.permissions import Call
from casework.views import board
from casework.views.board import Board, WaitingView
from casework.views.desk import CaseLine, still_due
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import listing
from functions.desk.shown import holds, samples
from functions.desk.shown.people import names_of, subjects_in

DESKS: Final = ("review", "supervision")
COUNTED: Final = 2_000
"""Cases of a queue whose keys are read: of more, the most urgent."""
LOOKED_AT: Final = 100
"""Cases of the review that are read: the most urgent. Few wait behind them. Of those without the
prosecutor's authorisation, the ones that rest longest."""
LATE: Final = 50
OF_EACH: Final = 25
HELD: Final = 50
"""Holds that are shown and counted, the oldest first; few people work at a time."""
DAYS: Final = 7


@listing(
    "read_board",
    "board",
    summary="What waits, what is late, and who has how much",
    answer=Board,
    lines=lambda board: sum(
        map(
            len,
            (
                *(board.late, board.contested, board.second_looks, board.held),
                *(board.unauthorised, board.units, board.load),
            ),
        )
    ),
)
def read_board(request: Request) -> Answer:
    """Waiting cases by age and priority; late, contested and unauthorised ones; second looks; who
    works on what alone; what stands with each unit and how fast it answers; what each person has
    now and decided today; what first reviews did to proposals; and closed reviews on which a second
    person, who read them again, differs.

    Lists show the most urgent: `queue`, `duty` and `holds` have all.
    """
    member = caller(request, Call.BOARD)
    table, at, zone = deployment.table(), deployment.now(), deployment.zone()
    queues = {name: table.places(member.reads(name), COUNTED) for name in DESKS}
    late = table.duty(Duty.OVERDUE, LATE, realm=member.realm)
    standing = table.standing(member.realm)
    resting = sorted(
        (line for line in standing if line.standing is Standing.UNAUTHORISED),
        key=lambda line: line.since,
    )
    today = at.astimezone(zone).date()
    days = [
        list(decided_table.of_day(table.name, member.realm, (today - timedelta(each)).isoformat()))
        for each in range(DAYS)
    ]
    week = [line for day in days for line in day]
    review = table.cases([place.case_id for place in queues["review"][:LOOKED_AT]])
    contested = table.cases([place.case_id for place in queues["supervision"][:OF_EACH]])
    overdue = table.cases(late.ids)
    since = {line.case_id: line.since for line in resting[:LOOKED_AT]}
    unauthorised = sorted(
        table.cases(list(since)), key=lambda case: (case.priority.rank, since[case.id])
    )[:OF_EACH]
    held = holds.page(table, member, at, zone, HELD, None)
    load = board.load_of([line.hold.by for line in held.cases if line.hold], days[0])
    named = subjects_in([*review, *contested, *overdue, *unauthorised])
    waiting = [
        WaitingView.model_validate({"desk": desk, "priority": priority, "ages": ages})
        for desk, places in queues.items()
        for priority, ages in board.ages(
            ((place.rank, place.opened_at) for place in places), at
        ).items()
    ]

    def lines(cases: list[Case]) -> tuple[CaseLine, ...]:
        return tuple(CaseLine.of(case, at, zone) for case in cases)

    return Answer(
        200,
        Board(
            days=DAYS,
            edges=board.EDGES,
            waiting=tuple(waiting),
            waiting_goes_on=any(len(places) == COUNTED for places in queues.values()),
            late=still_due(Duty.OVERDUE, overdue, at, zone),
            late_goes_on=late.after is not None,
            contested=lines(contested),
            second_looks=lines([case for case in review if case.proposal is not None]),
            held=held.cases,
            held_cursor=held.cursor,
            unauthorised=lines(unauthorised),
            units=board.of_units(
                ((line.unit, line.standing, line.since) for line in standing), week
            ),
            load=load,
            corrections=board.corrections_in(week),
            samples=samples.on_board(table, member.realm, at),
            people={**names_of(table, named | {each.by for each in load}, at), **held.people},
        ),
    )
