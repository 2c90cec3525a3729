"""Who has a case in which danger may be imminent."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.case.case import Case
from casework.case.change import Change
from casework.decisions.permissions import Call, permit
from casework.errors import CaseNotFound, IllegalMove, KeyMissing, TakenByAnother
from casework.moves.attending import taken
from casework.views.case_page import CaseState
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, route
from functions.desk.shown import whole

SUBJECT: Final = r"^[0-9A-Za-z-]+$"


class Take(BaseModel):
    """That the caller has the case from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    instead_of: Annotated[str, StringConstraints(max_length=128, pattern=SUBJECT)] | None = None
    """Whom the caller saw to have it: `taken.by` of the case. Left out where nobody had it."""


@route(
    "POST",
    "cases/{id}/take",
    summary="Have a case in which danger may be imminent",
    body=Take,
    answers={200: CaseState},
    refusals=(*READING, CaseNotFound, IllegalMove, TakenByAnother, KeyMissing),
    parameters=(IDEMPOTENCY_KEY,),
)
def take_case(request: Request) -> Answer:
    """Say that you have the case: you call whoever must be called. All who watch the duty desk see
    your name, and their pages sound no more for it until something happens there.

    Of two people who take it at once one has it, and the other is told (409). Nobody is kept from
    deciding on the case: that is what a hold is for. It is no new version of the case: the ETag
    stays. Whoever has it already may repeat the call.
    """
    member = caller(request, Call.TAKE)
    key_of(request)
    said, table, at = request.read(Take), deployment.table(), deployment.now()

    def take(case: Case) -> Change | None:
        permit(member, Call.TAKE, case)
        try:
            return taken(case, at, member.subject, said.instead_of)
        except TakenByAnother as refusal:
            now = whole.case_state(table, deployment.pack(), member, case, at)
            raise TakenByAnother(
                refusal.detail, current=now.model_dump(mode="json", exclude_none=True)
            ) from None

    case, _ = table.update(case_id_of(request), take)
    state = whole.case_state(table, deployment.pack(), member, case, at)
    return Answer(200, state, {"ETag": case.etag})
