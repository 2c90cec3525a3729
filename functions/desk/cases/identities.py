"""Requests for sealed identities: a unit asks, and another person decides. No box is opened
here."""

from __future__ import annotations

from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OF_REQUEST,
    Answer,
    Request,
)
from casework.aws.http.target import case_id_of, if_match, number_of
from casework.aws.services import observe
from casework.aws.table import custody_table, items, log
from casework.aws.table.case_table import Deed
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.identity import (
    CustodyDecision,
    IdentityRequest,
    IdentityRequestView,
    IdentityWish,
    RequestStanding,
    asked,
    decided,
    decides,
    release_of,
    waiting,
)
from casework.decisions.permissions import Call, permit
from casework.decisions.staff import StaffMember
from casework.errors import (
    CaseChanged,
    CaseNotFound,
    KeyConflict,
    NoIdentity,
    RequestNotFound,
)
from casework.pack.procedure import procedure
from casework.text import reference
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import NO_MARK, READING, WRITING, listing, route
from functions.desk.entry.deciding import changed, event_of, keep_in_mind
from functions.desk.shown.lists import report_of

MOST_SHOWN: Final = 100


class IdentityRequests(BaseModel):
    """Requests for identities, oldest first; refused ones stay."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    requests: tuple[IdentityRequestView, ...]


@route(
    "ask_for_identity",
    "POST",
    "cases/{id}/identity-requests",
    summary="Ask for a reporter's identity",
    body=IdentityWish,
    answers={201: IdentityRequestView},
    refusals=(*WRITING, NoIdentity),
    parameters=(IF_MATCH, IDEMPOTENCY_KEY),
)
def ask_for_identity(request: Request) -> Answer:
    """Ask, with a motive, for the identity in a report of a case the unit has acknowledged.

    By the rule of the jurisdiction the motive is enough, or a second person decides: another
    officer of the unit or a supervisor, or a custodian alone. A released identity is opened at
    `…/opening`, for a quarter of an hour unless the pack says otherwise: `until`. Every step is in
    the case's history.
    """
    member = caller(request, Call.IDENTITY_REQUESTS)
    key = key_of(request)
    seen, case_id, wish = if_match(request), case_id_of(request), request.read(IdentityWish)
    table, at = deployment.table(), deployment.now()
    permit(member, Call.IDENTITY_REQUESTS, table.case(case_id))

    def change(case: Case) -> Deed[IdentityRequest]:
        permit(member, Call.IDENTITY_REQUESTS, case)
        before = custody_table.requests_of(table.name, case.id)
        for each in before:
            if each.key == key:
                return Deed(None, each)
        report = report_of(table, case.id, wish.report)
        if case.etag != seen:
            raise changed(case, member, at)
        move, new = asked(
            case,
            at,
            member,
            wish.model_copy(update={"report": report.reference}),
            number=len(before) + 1,
            disclosure=report.disclosure,
            rules=release_of(deployment.pack().folder),
            key=key,
            seconds=_seconds(case),
        )
        written = [custody_table.request_item(new)]
        if new.standing is RequestStanding.ASKED:
            written.append(custody_table.waiting_key(new))
        puts = [items.putting(table.name, item) for item in written]
        return Deed(move, new, [*puts, table.reports.there(new.report)])

    new = table.carry_out(case_id, change).decided.result
    by_them = (new.motive, new.by) == (wish.motive, member.subject)
    if not by_them or not reference.same(new.report, wish.report):
        raise KeyConflict
    observe.fact("identity asked for", case_id=case_id, outcome=new.standing, unit=new.unit)
    return Answer(201, IdentityRequestView.of(new), {"ETag": new.etag})


@listing(
    "read_identity_requests",
    "cases/{id}/identity-requests",
    summary="Identity requests of a case",
    answer=IdentityRequests,
    lines=NO_MARK,
    refusals=(*READING, CaseNotFound),
)
def read_identity_requests(request: Request) -> Answer:
    """The requests of a case, with their outcomes; refused ones stay visible."""
    member = caller(request, Call.IDENTITY_REQUESTS)
    case = deployment.table().case(case_id_of(request))
    permit(member, Call.IDENTITY_REQUESTS, case)
    return _read(custody_table.requests_of(deployment.table().name, case.id), member)


@route(
    "decide_identity_request",
    "POST",
    "cases/{id}/identity-requests/{number}/decision",
    summary="Release or refuse an identity",
    body=CustodyDecision,
    answers={200: IdentityRequestView},
    refusals=(*WRITING, RequestNotFound),
    parameters=(IF_MATCH_OF_REQUEST, IDEMPOTENCY_KEY),
)
def decide_identity_request(request: Request) -> Answer:
    """Release an identity to the person who asked, or refuse it; with a reason, once.

    The request's `rule` says which people decide: `colleague` is another officer of the unit, a
    supervisor or a custodian; `custodian` is a custodian. No person decides on their own request.
    `If-Match` is the request's own ETag: `"1"` until it is decided.
    """
    member = caller(request, Call.IDENTITY_DECISION)
    receipt.read_key(request.headers.get("idempotency-key"))
    seen, case_id, number = if_match(request), case_id_of(request), number_of(request)
    decision = request.read(CustodyDecision)
    table, at = deployment.table(), deployment.now()

    def change(case: Case) -> Deed[IdentityRequest]:
        permit(member, Call.IDENTITY_DECISION, case)
        before = custody_table.standing_request(table, case.id, number)
        if _is(before, decision, member.subject):
            return Deed(None, before)
        if before.etag != seen:
            raise CaseChanged(
                "The request is not the one you saw.",
                current=IdentityRequestView.of(before).model_dump(mode="json", exclude_none=True),
                etag=before.etag,
            )
        requests = custody_table.requests_of(table.name, case.id)
        move, after = decided(
            case,
            at,
            member,
            before,
            decision,
            release_of(deployment.pack().folder),
            identity=waiting(case, requests, number, _seconds(case)),
        )
        writes = [
            items.putting(table.name, custody_table.request_item(after)),
            items.deleting(table.name, custody_table.waiting_key(after)),
            table.reports.there(after.report),
        ]
        return Deed(move, after, writes)

    deed = table.carry_out(case_id, change).decided
    after = deed.result
    if deed.change is not None:
        keep_in_mind(event_of(deed.change), case_id)
    observe.fact("identity decided", case_id=case_id, outcome=after.standing)
    return Answer(200, IdentityRequestView.of(after), {"ETag": after.etag})


@listing(
    "read_waiting_identity_requests",
    "identity-requests",
    summary="Identity requests that wait for my decision",
    answer=IdentityRequests,
    lines=NO_MARK,
)
def read_waiting_identity_requests(request: Request) -> Answer:
    """The requests on which the caller may decide, with their motives, oldest first."""
    member = caller(request, Call.IDENTITY_DECISION)
    every = custody_table.waiting_requests(deployment.table().name)
    theirs = (each for each in every if decides(member, each))
    return _read(list(islice(theirs, MOST_SHOWN)), member)


def _seconds(case: Case) -> tuple[int, ...]:
    """The times for the decision on a request of the case."""
    return procedure(deployment.pack().folder).identity.of(case.priority)


def _is(request: IdentityRequest, decision: CustodyDecision, by: str) -> bool:
    """Whether the request was decided in just this way by this person."""
    outcome = {RequestStanding.RELEASED: "release", RequestStanding.REFUSED: "refuse"}.get(
        request.standing
    )
    return (outcome, request.reason, request.decided_by) == (
        decision.outcome,
        decision.reason,
        by,
    )


def _read(found: list[IdentityRequest], member: StaffMember) -> Answer:
    """The requests, after it is recorded of each that the member read another person's motive."""
    table, at = deployment.table().name, deployment.now()
    for each in found:
        if each.motive and each.by != member.subject:
            about = f"identity#{each.number}"
            log.mark_person(table, each.case, at, log.MOTIVE_READ, member.subject, about=about)
    return Answer(
        200, IdentityRequests(requests=tuple(IdentityRequestView.of(each) for each in found))
    )
