"""What waits now: the duty desk for those who watch it, and the pulse for each person."""

from __future__ import annotations

from casework.aws.http.http import CURSOR, Answer, Request
from casework.case.parts import Duty
from casework.decisions.permissions import MAY, Call, Reach
from casework.errors import NotValid
from casework.views.desk import DutyDesk, Pulse
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import LIMIT, NO_MARK, READING, limit_of, listing
from functions.desk.shown import glances, lists, samples


@listing(
    "read_duty",
    "duty",
    summary="The duty desk",
    answer=DutyDesk,
    lines=lambda page: sum(len(getattr(page, kind.value)) for kind in Duty),
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_duty(request: Request) -> Answer:
    """Cases that are imminent, overdue, undelivered, stuck or unreadable now, and those past their
    retention time: most urgent first, then the oldest. Of dangers, stated ones come first, then
    announced ones, then doubts; of each, those that nobody took care of, the newest first. A danger
    says what its report says, in its first words: reading them counts as reading the case.

    A list longer than `limit`, or than 50, continues at its entry in `cursors`; a call with a
    cursor answers with that list alone. `glances` says how many new reports no person has looked
    at, and how many of them too long. `to_call` says whom to call about a case when minutes count.
    """
    member = caller(request, Call.DUTY)
    table, at, cursor = deployment.table(), deployment.now(), request.query.get("cursor")
    pack = deployment.pack()
    zone, limit = deployment.zone(), limit_of(request)
    page = lists.duty_desk(table, pack, member, at, zone, limit, cursor)
    if cursor is not None:
        return Answer(200, page)
    waiting = glances.in_numbers(table, member, pack, at)
    return Answer(200, page.model_copy(update={"glances": waiting}))


@listing("read_pulse", "pulse", summary="What waits now", answer=Pulse, lines=NO_MARK)
def read_pulse(request: Request) -> Answer:
    """How much waits in the own queues and, for those who watch it, on the duty desk; and the
    first cases in which danger is imminent. Small enough to ask every few seconds.
    """
    member = caller(request, Call.QUEUE)
    table, may = deployment.table(), MAY[member.role]
    found = lists.pulse(table, member, watches=may[Call.DUTY] is not Reach.NONE)
    if may[Call.GLANCE] is Reach.NONE:
        return Answer(200, found)
    waiting = glances.in_numbers(table, member, deployment.pack(), deployment.now())
    again = None if may[Call.SAMPLE] is Reach.NONE else samples.how_many(table, member)
    return Answer(200, found.model_copy(update={"glances": waiting, "samples": again}))
