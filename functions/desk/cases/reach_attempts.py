"""Who has a case in which danger may be imminent, and whom they tried to reach about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import IDEMPOTENCY_FIELD
from casework.case.times import format_timestamp
from casework.case.value_objects import ReachAttempt, Result, Whom
from casework.decisions.base import PackId
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import (
    CaseNotFound,
    Finding,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotValid,
    TakenByAnother,
)
from casework.moves.duty_attendance import attend_case, record_reach_attempt
from casework.pack.jurisdiction import Jurisdiction
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.queries import case_views
from functions.desk.shared.access import Subject, idempotency_digest, require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route


class Take(BaseModel):
    """That the caller has the case from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    instead_of: Subject | None = None
    """Whom the caller saw to have it: `taken.by` of the case. Left out where nobody had it."""


@desk_route(
    "take_case",
    "POST",
    "cases/{id}/take",
    summary="Have a case in which danger may be imminent",
    body=Take,
    answers={200: CaseState},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, TakenByAnother, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def take_case(request: Request) -> Response:
    """Say that you have the case: you call whoever must be called. All who watch the duty desk see
    your name, and their pages sound no more for it until something happens there.

    Of two people who take it at once one has it, and the other is told (409). Nobody is kept from
    deciding on the case: that is what a hold is for. It is no new version of the case: the ETag
    stays. Whoever has it already may repeat the call.
    """
    member = require_caller(request, StaffCall.TAKE)
    idempotency_digest(request)
    body, table, at = request.parse_body(Take), deployment.desk_case_table(), deployment.now()

    def take(case: Case) -> Change | None:
        require_permission(member, StaffCall.TAKE, case)
        try:
            return attend_case(case, at, member.subject, body.instead_of)
        except TakenByAnother as refusal:
            now = case_views.case_state(table, deployment.desk_jurisdiction(), member, case, at)
            raise TakenByAnother(
                refusal.detail, current=now.model_dump(mode="json", exclude_none=True)
            ) from None

    case, _ = table.update(case_id_from_path(request), take)
    state = case_views.case_state(table, deployment.desk_jurisdiction(), member, case, at)
    return Response(200, state, {"ETag": case.etag})


class Tried(BaseModel):
    """A try of the caller to reach somebody about a case."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    whom: Whom
    of: PackId | None = None
    """Id of the unit, code of the place of the control room, id of the emergency service, or id of
    the court of the office, as `to_call` has them. Left out where that is plain, and for others."""
    result: Result
    call_back_minutes: Annotated[int, Field(ge=1, le=1_440)] | None = None
    """In how many minutes whoever has the case tries again; left out where nobody needs to."""

    def to_try(self, at: datetime, by: str, key: str) -> ReachAttempt:
        """The try as the case keeps it."""
        after = self.call_back_minutes
        back = format_timestamp(at + timedelta(minutes=after)) if after else None
        said = self.model_dump(include={"whom", "of", "result"})
        return ReachAttempt(by=by, at=format_timestamp(at), call_back_at=back, key=key, **said)

    def findings(self, pack: Jurisdiction) -> tuple[Finding, ...]:
        """What cannot be accepted: an id that the pack does not have for such a party."""
        known = {
            Whom.UNIT: lambda of: of in pack.units,
            Whom.CONTROL_ROOM: lambda of: (
                of in pack.territories or of in [each.id for each in pack.emergency_numbers]
            ),
            Whom.OFFICE: lambda of: of in pack.courts,
        }
        if self.of is None or (self.whom in known and known[self.whom](self.of)):
            return ()
        return (Finding("#/of", "of.unknown", "The pack has nobody of this id."),)


@desk_route(
    "try_to_reach",
    "POST",
    "cases/{id}/tries",
    summary="Say whom you tried to reach about a case",
    body=Tried,
    answers={200: CaseState},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def try_to_reach(request: Request) -> Response:
    """Record that you tried to reach the unit, a control room, the prosecutor on call or somebody
    else, and what came of it. All who watch the duty desk and all who read the case see it. It
    holds no number and no words.

    Whoever tries while nobody has the case has it from then on. It decides nothing and is no new
    version of the case: the ETag stays.
    """
    member = require_caller(request, StaffCall.TRIES)
    key = idempotency_digest(request)
    attempt, table, at = request.parse_body(Tried), deployment.desk_case_table(), deployment.now()
    if findings := attempt.findings(deployment.desk_jurisdiction()):
        raise NotValid("Some fields cannot be accepted.", findings=findings)

    def record(case: Case) -> Change | None:
        require_permission(member, StaffCall.TRIES, case)
        # The case keeps its latest tries, so that no history, which strangers make long, is read.
        mine = (each for each in case.tries if each.by == member.subject)
        before = next((each for each in mine if each.key == key), None)
        if before is None:
            made = attempt.to_try(at, member.subject, key)
            return record_reach_attempt(case, at, member.subject, made).with_data(
                IDEMPOTENCY_FIELD, key
            )
        if before != attempt.to_try(datetime.fromisoformat(before.at), member.subject, key):
            raise KeyConflict
        return None

    case, _ = table.update(case_id_from_path(request), record)
    state = case_views.case_state(table, deployment.desk_jurisdiction(), member, case, at)
    return Response(200, state, {"ETag": case.etag})
