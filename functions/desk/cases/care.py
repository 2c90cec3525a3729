"""Care of a case on the duty desk: what somebody did about it, a new try, another unit."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import KEY
from casework.case.index import of_key
from casework.case.parts import Care
from casework.decisions.care import Reassign, Retry
from casework.decisions.decision import Decision
from casework.decisions.permissions import Call, permit
from casework.errors import CaseNotFound, IllegalMove, KeyConflict, KeyMissing
from casework.moves.attending import attended
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, route
from functions.desk.entry.deciding import decision
from functions.desk.shown import whole


class Attention(BaseModel):
    """What a person on the duty desk did about a case."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    did: Care


@route(
    "attend_to_case",
    "POST",
    "duty/{id}/attention",
    summary="Say that somebody took care of a case on the duty desk",
    body=Attention,
    answers={200: CaseState},
    refusals=(*READING, CaseNotFound, IllegalMove, KeyConflict, KeyMissing),
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
        before = table.named(case.id, of_key(member.subject, key))
        if before is not None and before.data.get("did") != did:
            raise KeyConflict
        return None if before else attended(case, at, member.subject, did).saying(KEY, key)

    case, _ = table.update(case_id_of(request), take_care)
    state = whole.case_state(table, deployment.pack(), member, case, at)
    return Answer(200, state, {"ETag": case.etag})


@decision("retry_case", "duty/{id}/retry", Call.RETRY, "Let a stuck case try again", Retry)
def retry_case(request: Request) -> Decision:
    """The case gets a new run of its workflow, which enters behind everything that was decided."""
    return request.read(Retry)


@decision(
    "reassign_case", "duty/{id}/reassign", Call.REASSIGN, "Give a case to another unit", Reassign
)
def reassign_case(request: Request) -> Decision:
    """A supervisor gives a referred case to another unit, which is told and acknowledges anew."""
    return request.read(Reassign)
