"""A decision: saved on the version its author saw, then told to the workflow."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from casework import receipt
from casework.aws import observe, workflow
from casework.aws.http import Answer, Request
from casework.case import Case, Change, stamp
from casework.decisions import Decision, decision_on, next_tag
from casework.desk import CaseState, Decided
from casework.errors import (
    CaseChanged,
    CaseNotFound,
    NotAllowed,
    NotValid,
    PreconditionMissing,
)
from casework.history import Event
from casework.staff import CALL_OF, StaffMember, permit
from functions.desk import deployment

_TAG: Final = re.compile(r'"[0-9]+"')


def decide(request: Request, case_id: str, member: StaffMember, decision: Decision) -> Answer:
    """Take a decision once: 200 when the workflow was told, 202 when it follows later.

    At most one decision is taken on each version of a case. So the same person sending the same
    decision on the same version again is a repeat, and is answered with the same content, even
    when the case has left their sight since.
    """
    receipt.read_key(request.headers.get("idempotency-key"))
    seen = tag_of(request)
    if findings := decision.findings(deployment.pack(), member.unit):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    at = deployment.now()

    def change(case: Case) -> Change:
        permit(member, CALL_OF[decision.move], case)
        if case.etag != seen:
            raise changed(case, member, at)
        return decision.change(case, at, member.subject)

    try:
        case = deployment.table().update(case_id, change)
    except (CaseChanged, CaseNotFound, NotAllowed):
        event = decision_on(deployment.table().events(case_id), seen)
        if event is None or not decision.is_in(event, member.subject):
            raise
        return repeated(case_id, event, seen, at)
    observe.fact(
        "decided", case_id=case.id, outcome=decision.move, correlation_id=case.correlation_id
    )
    decided = Decided.on(case.id, decision.move, stamp(at), case.events)
    return Answer(200 if told(case, at) else 202, decided, {"ETag": case.etag})


def repeated(case_id: str, event: Event, seen: str, at: datetime) -> Answer:
    """The answer to a decision that holds already; the workflow is told if it still has to be."""
    case = deployment.table().case(case_id)
    followed = case.etag != next_tag(seen) or case.settled
    return Answer(
        200 if followed or told(case, at) else 202,
        Decided.by(case_id, event),
        {"ETag": next_tag(seen)},
    )


def told(case: Case, at: datetime) -> bool:
    """Whether the workflow knows of the decision; never raises, because the decision stands."""
    try:
        return workflow.tell(deployment.table(), case, at)
    except Exception as error:  # noqa: BLE001 - whatever failed, a saved decision is no failure
        observe.failure("workflow not told", error, case_id=case.id, run=case.run)
        observe.count("DecisionsNotTold")
        return False


def tag_of(request: Request) -> str:
    """The one ETag in If-Match; raises PreconditionMissing. `*` is no case anybody saw."""
    tag = request.headers.get("if-match", "").strip()
    if not _TAG.fullmatch(tag):
        raise PreconditionMissing("If-Match must be the one ETag of the case as you saw it.")
    return tag


def changed(case: Case, member: StaffMember, at: datetime) -> CaseChanged:
    """The refusal of a decision on a version that is past, with the case as it is now."""
    return CaseChanged(
        "The case is not the one you saw.",
        current=CaseState.seen_by(member, case, at).model_dump(mode="json", exclude_none=True),
        etag=case.etag,
    )
