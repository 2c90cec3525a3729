"""The calls of the duty desk and of supervisors: what is urgent, who has how much, the way back."""

from __future__ import annotations

from casework.aws.http import Answer, Request
from casework.desk import Decided, DutyDesk, Workload
from casework.errors import NotValid
from casework.instruction import Reassign, Retry
from casework.staff import Call
from functions.desk import deployment, lists
from functions.desk.access import caller, case_id_of
from functions.desk.calls import CURSOR, DECIDING, LIMIT, ON_A_VERSION, READING, api, limit_of
from functions.desk.deciding import decide


@api.operation(
    "GET",
    "/v1/desk/duty",
    summary="The duty desk",
    tag="desk",
    answers={200: DutyDesk},
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
    security="staff",
)
def read_duty(request: Request) -> Answer:
    """What is imminent, overdue, undelivered or stuck now.

    A list longer than `limit` goes on at its entry in `cursors`; a call with a cursor answers
    that list alone.
    """
    caller(request, Call.DUTY)
    return Answer(
        200,
        lists.duty_desk(
            deployment.table(),
            deployment.now(),
            limit_of(request),
            request.query.get("cursor"),
        ),
    )


@api.operation(
    "POST",
    "/v1/desk/duty/{id}/retry",
    summary="Let a stuck case try again",
    tag="desk",
    body=Retry,
    answers={200: Decided, 202: Decided},
    refusals=DECIDING,
    parameters=ON_A_VERSION,
    security="staff",
)
def retry_case(request: Request) -> Answer:
    """The case gets a new run of its workflow, which enters behind everything that was decided."""
    member = caller(request, Call.RETRY)
    return decide(request, case_id_of(request), member, Call.RETRY, request.read(Retry))


@api.operation(
    "POST",
    "/v1/desk/duty/{id}/reassign",
    summary="Give a case to another unit",
    tag="desk",
    body=Reassign,
    answers={200: Decided, 202: Decided},
    refusals=DECIDING,
    parameters=ON_A_VERSION,
    security="staff",
)
def reassign_case(request: Request) -> Answer:
    """A supervisor gives a referred case to another unit, which is told and acknowledges anew."""
    member = caller(request, Call.REASSIGN)
    return decide(request, case_id_of(request), member, Call.REASSIGN, request.read(Reassign))


@api.operation(
    "GET",
    "/v1/desk/workload",
    summary="Who has how much to do",
    tag="desk",
    answers={200: Workload},
    refusals=READING,
    security="staff",
)
def read_workload(request: Request) -> Answer:
    """Cases waiting at the review, with supervisors and with each unit; what each unit holds."""
    caller(request, Call.WORKLOAD)
    return Answer(200, lists.workload(deployment.table(), deployment.pack()))
