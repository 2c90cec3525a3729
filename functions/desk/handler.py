"""The calls of staff under /v1/desk: queue, case, review, acknowledgement, duty.

Each call says who it is for, lets `casework.staff.permit` decide, and does one thing.
"""

from __future__ import annotations

import re
from typing import Final

from casework import reference
from casework.aws import secrets
from casework.aws.http import IDEMPOTENCY_KEY, IF_MATCH, Answer, Api, Parameter, Request
from casework.decisions import Acknowledgement, ReviewDecision
from casework.desk import CaseView, Decided, DutyDesk, QueuePage
from casework.errors import (
    BodyTooLarge,
    Busy,
    CaseChanged,
    CaseNotFound,
    Finding,
    IllegalMove,
    KeyMissing,
    NotAllowed,
    NotJson,
    NotSignedIn,
    NotThroughTheEdge,
    NotValid,
    PreconditionMissing,
    UnsupportedEncoding,
)
from casework.staff import Call, StaffMember, permit
from functions.desk import cursors, deployment, lists
from functions.desk.access import signed_in
from functions.desk.deciding import decide

LIMIT = Parameter(
    "limit",
    "query",
    f"How many entries at most; {lists.USUAL} if left out.",
    {"type": "integer", "minimum": 1, "maximum": lists.MOST},
)
CURSOR = Parameter(
    "cursor",
    "query",
    "`cursor` of the page before, from the same list.",
    {"type": "string", "minLength": 1, "maxLength": cursors.LONGEST},
)

READING: Final = (NotSignedIn, NotAllowed, NotThroughTheEdge, Busy)
DECIDING: Final = (
    *READING,
    CaseNotFound,
    CaseChanged,
    IllegalMove,
    PreconditionMissing,
    KeyMissing,
    NotJson,
    BodyTooLarge,
    UnsupportedEncoding,
    NotValid,
)


def guard(request: Request) -> None:
    """Refuse what did not come through the public edge."""
    secrets.refuse_past_the_edge(
        deployment.settings().origin_secret, request.headers.get(secrets.ORIGIN_HEADER)
    )


api = Api(guard=guard)


@api.operation(
    "GET",
    "/v1/desk/queue",
    summary="Work waiting for me",
    tag="desk",
    answers={200: QueuePage},
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
    security="staff",
)
def read_queue(request: Request) -> Answer:
    """Cases waiting for the caller, most urgent first, then the oldest.

    Analysts see what waits for review; supervisors what units contest, and after that the
    review; officers what is referred to their unit and not yet acknowledged.
    """
    member = caller(request, Call.QUEUE)
    return Answer(
        200,
        lists.queue_page(
            deployment.table(),
            member,
            deployment.now(),
            limit_of(request),
            request.query.get("cursor"),
        ),
    )


@api.operation(
    "GET",
    "/v1/desk/cases/{id}",
    summary="A case",
    tag="desk",
    answers={200: CaseView},
    refusals=(*READING, CaseNotFound, NotValid),
    parameters=(CURSOR,),
    security="staff",
)
def read_case(request: Request) -> Answer:
    """The case with its assessment, competence and history, and its reports page by page.

    `may` names what the caller can do next; a decision sends the ETag back in If-Match.
    """
    member = caller(request, Call.CASE)
    table = deployment.table()
    case = table.case(case_id_of(request))
    permit(member, Call.CASE, case)
    reports, cursor = lists.reports_page(table, case, request.query.get("cursor"))
    history = list(table.events(case.id))
    view = CaseView.whole(
        member,
        case,
        deployment.now(),
        events=history[: case.events],  # not what was decided since the case was read
        reports=reports,
        cursor=cursor,
    )
    return Answer(200, view, {"ETag": case.etag})


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/review",
    summary="Decide at review",
    tag="desk",
    body=ReviewDecision,
    answers={200: Decided, 202: Decided},
    refusals=DECIDING,
    parameters=(IF_MATCH, IDEMPOTENCY_KEY),
    security="staff",
)
def review_case(request: Request) -> Answer:
    """Confirm a case, corrected where needed, or reject it with a reason.

    200 when the workflow was told, 202 when it follows later; the decision stands either way.
    The same request again is answered with the same content.
    """
    member = caller(request, Call.REVIEW)
    return decide(request, case_id_of(request), member, request.read(ReviewDecision).root)


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/acknowledgement",
    summary="Take or decline a referral",
    tag="desk",
    body=Acknowledgement,
    answers={200: Decided, 202: Decided},
    refusals=DECIDING,
    parameters=(IF_MATCH, IDEMPOTENCY_KEY),
    security="staff",
)
def acknowledge_case(request: Request) -> Answer:
    """Take the case for the unit, or decline it naming why and which unit is competent.

    200 when the workflow was told, 202 when it follows later; the decision stands either way.
    The same request again is answered with the same content.
    """
    member = caller(request, Call.ACKNOWLEDGEMENT)
    return decide(request, case_id_of(request), member, request.read(Acknowledgement).root)


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


def caller(request: Request, call: Call) -> StaffMember:
    """Who calls, and that their role includes the call."""
    member = signed_in(request, deployment.table(), deployment.settings().client_id)
    permit(member, call)
    return member


def case_id_of(request: Request) -> str:
    """The case in the address; what cannot be a case is not found."""
    try:
        return reference.parse_case_id(request.path_params["id"])
    except reference.NotAReference:
        raise CaseNotFound("There is no such case.") from None


def limit_of(request: Request) -> int:
    """The length of page asked for."""
    text = request.query.get("limit", str(lists.USUAL))
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= lists.MOST:
        return int(text)
    raise NotValid(
        "Some parameters cannot be accepted.",
        findings=[Finding("#/limit", "limit.range", f"Ask for 1 to {lists.MOST} entries.")],
    )


handle = api.handle
