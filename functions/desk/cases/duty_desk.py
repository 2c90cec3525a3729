"""Care of a case on the duty desk: what somebody did about it, a new try, another unit."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import IDEMPOTENCY_FIELD
from casework.case.index import idempotent_entry_name
from casework.case.value_objects import Care
from casework.decisions.base import Decision
from casework.decisions.duty_desk import Reassign, Retry
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import CaseNotFound, IllegalMove, KeyConflict, KeyMissing
from casework.moves.duty_attendance import record_attendance
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.queries import case_views
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.decision_handler import decision_route
from functions.desk.shared.routing import READ_REFUSALS, desk_route


class Attention(BaseModel):
    """What a person on the duty desk did about a case."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    did: Care


@desk_route(
    "attend_to_case",
    "POST",
    "duty/{id}/attention",
    summary="Say that somebody took care of a case on the duty desk",
    body=Attention,
    answers={200: CaseState},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def attend_to_case(request: Request) -> Response:
    """Record what was done: its unit was told by telephone, say. All who watch the duty desk see
    the name and the time, and their pages sound no more for this case until something happens
    there.

    It decides nothing and is no new version of the case: the ETag stays.
    """
    member = require_caller(request, StaffCall.ATTENTION)
    key = idempotency_digest(request)
    did, table, at = (
        request.parse_body(Attention).did,
        deployment.desk_case_table(),
        deployment.now(),
    )

    def take_care(case: Case) -> Change | None:
        require_permission(member, StaffCall.ATTENTION, case)
        before = table.find_entry(case.id, idempotent_entry_name(member.subject, key))
        if before is not None and before.data.get("did") != did:
            raise KeyConflict
        return (
            None
            if before
            else record_attendance(case, at, member.subject, did).with_data(IDEMPOTENCY_FIELD, key)
        )

    case, _ = table.update(case_id_from_path(request), take_care)
    state = case_views.case_state(table, deployment.desk_jurisdiction(), member, case, at)
    return Response(200, state, {"ETag": case.etag})


@decision_route(
    "retry_case", "duty/{id}/retry", StaffCall.RETRY, "Let a stuck case try again", Retry
)
def retry_case(request: Request) -> Decision:
    """The case gets a new run of its workflow, which enters behind everything that was decided."""
    return request.parse_body(Retry)


@decision_route(
    "reassign_case",
    "duty/{id}/reassign",
    StaffCall.REASSIGN,
    "Give a case to another unit",
    Reassign,
)
def reassign_case(request: Request) -> Decision:
    """A supervisor gives a referred case to another unit, which is told and acknowledges anew."""
    return request.parse_body(Reassign)
