"""Cases that look alike and are kept apart, as a person compared them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import KEY
from casework.case.journey import CaseId
from casework.decisions.permissions import Call, permit
from casework.errors import (
    CaseNotFound,
    IllegalMove,
    KeyMissing,
    OtherCaseUnfit,
    TooMany,
)
from casework.moves.comparing import kept_apart
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, route


class KeepApart(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/apart`: the case that looks like this one."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    other: CaseId


class KeptApart(BaseModel):
    """Two cases that are kept apart. Repeating the request writes nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    other: str
    """Id of the other one, which says the same of this one."""


@route(
    "POST",
    "cases/{id}/apart",
    summary="Keep two cases apart that look alike",
    body=KeepApart,
    answers={200: KeptApart},
    refusals=(*READING, CaseNotFound, IllegalMove, OtherCaseUnfit, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY,),
)
def keep_apart(request: Request) -> Answer:
    """Record on both cases that a person compared them, and that they are about different facts.

    Each disappears from the suggestions of the other, and later reports do not bring it back. The
    two can still be merged, which ends this. It is no new version of either case: the ETags stay,
    and no colleague's decision is refused because of it.
    """
    member = caller(request, Call.APART)
    key = key_of(request)
    other_id, table, at = request.read(KeepApart).other, deployment.table(), deployment.now()

    def decide(case: Case) -> Change | None:
        permit(member, Call.APART, case)
        other = table.case(other_id)
        permit(member, Call.APART, other)
        change = kept_apart(case, other, at, member.subject)
        return change and change.saying(KEY, key)

    case, _ = table.update(case_id_of(request), decide)
    return Answer(200, KeptApart(id=case.id, other=other_id), {"ETag": case.etag})
