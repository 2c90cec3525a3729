"""The calls of the duty desk and of supervisors: urgent cases, retention, retries."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import CURSOR, IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import KEY
from casework.case.parts import Care
from casework.decisions.decision import Decision, under
from casework.decisions.inquiry import Reassign, Retry
from casework.decisions.permissions import MAY, Call, Reach, permit
from casework.decisions.retention import RetentionDecision
from casework.errors import (
    CaseNotFound,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotValid,
    SecondLookOwed,
)
from casework.moves.attending import attended
from casework.views.case_page import CaseState
from casework.views.desk import DutyDesk, Pulse
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import IN_A_BODY, LIMIT, READING, limit_of, listing, route
from functions.desk.entry.deciding import decision
from functions.desk.shown import glances, lists, samples, whole


@listing(
    "duty",
    summary="The duty desk",
    answer=DutyDesk,
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_duty(request: Request) -> Answer:
    """Cases that are imminent, overdue, undelivered, stuck or unreadable now, and those past their
    retention time: most urgent first, then the oldest.

    A list longer than `limit`, or than 50, continues at its entry in `cursors`; a call with a
    cursor answers with that list alone. `glances` says how many new reports no person has looked
    at, and how many of them too long. `phones` has
    the telephones of the units that cases stand with.
    """
    member = caller(request, Call.DUTY)
    table, at, cursor = deployment.table(), deployment.now(), request.query.get("cursor")
    page = lists.duty_desk(table, member, at, limit_of(request), cursor)
    pack = deployment.pack()
    page = page.model_copy(update={"phones": lists.phones_of(pack, page)})
    if cursor is not None:
        return Answer(200, page)
    waiting = glances.in_numbers(table, member, pack, at)
    return Answer(200, page.model_copy(update={"glances": waiting}))


@listing("pulse", summary="What waits now", answer=Pulse)
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


class Attention(BaseModel):
    """What a person on the duty desk did about a case."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    did: Care


@route(
    "POST",
    "duty/{id}/attention",
    summary="Say that somebody took care of a case on the duty desk",
    body=Attention,
    answers={200: CaseState},
    refusals=(
        *(*READING, CaseNotFound, IllegalMove, KeyConflict, KeyMissing),
        *IN_A_BODY,
    ),
    parameters=(IDEMPOTENCY_KEY,),
)
def attend_to_case(request: Request) -> Answer:
    """Record what was done: its unit was told by telephone, say. All who watch the duty desk see
    the name and the time, and their pages sound no more for this case until something happens
    there.

    It decides nothing and is no new version of the case: the ETag stays.
    """
    member = caller(request, Call.ATTENTION)
    key = key_of(request)
    did, table, at = request.read(Attention).did, deployment.table(), deployment.now()

    def take_care(case: Case) -> Change | None:
        permit(member, Call.ATTENTION, case)
        before = under(key, table.events(case.id), member.subject)
        if any(each.data.get("did") != did for each in before):
            raise KeyConflict
        return None if before else attended(case, at, member.subject, did).saying(KEY, key)

    case, _ = table.update(case_id_of(request), take_care)
    state = whole.case_state(table, deployment.pack(), member, case, at)
    return Answer(200, state, {"ETag": case.etag})


@decision("duty/{id}/retry", Call.RETRY, "Let a stuck case try again", Retry)
def retry_case(request: Request) -> Decision:
    """The case gets a new run of its workflow, which enters behind everything that was decided."""
    return request.read(Retry)


@decision("duty/{id}/reassign", Call.REASSIGN, "Give a case to another unit", Reassign)
def reassign_case(request: Request) -> Decision:
    """A supervisor gives a referred case to another unit, which is told and acknowledges anew."""
    return request.read(Reassign)


@decision(
    "cases/{id}/retention",
    Call.RETENTION,
    "Keep a case longer, for itself or for a court, or erase it",
    RetentionDecision,
    refusals=(SecondLookOwed,),
)
def decide_retention(request: Request) -> Decision:
    """Decide on an ended case past its retention time: keep it until a day, on a ground, or erase
    it. One person proposes to erase it; the second, who sends the same, decides.

    A hold by a court is recorded at any time, with the court, the number of its order, and its last
    day. Several may be in force. Until the last of them is over or lifted, nothing of the case is
    erased and no report leaves it. The same order with a later day prolongs its hold; a lifting
    names the hold that it ends.

    Reports and messages to reporters are erased; the history and the count stay.
    """
    return request.read(RetentionDecision).root
