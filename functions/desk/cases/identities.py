"""Requests for sealed identities: a unit asks, and another person decides. No box is opened
here."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import (
    IDEMPOTENCY_KEY_PARAMETER,
    IF_MATCH_PARAMETER,
    IF_MATCH_REQUEST_PARAMETER,
)
from casework.aws.http.path_params import (
    case_id_from_path,
    identity_request_number_from_path,
    read_if_match,
)
from casework.aws.services import telemetry
from casework.aws.table import audit_log, identity_request_table, items
from casework.aws.table.case_table import CaseTransaction
from casework.aws.table.identity_request_table import READ_BATCH_SIZE
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.identity_requests import (
    CustodyDecision,
    IdentityRequest,
    IdentityRequestFields,
    IdentityRequestView,
    IdentityWish,
    RequestStanding,
    WaitingIdentityRequest,
    decide_request,
    may_decide,
    read_release_rules,
    request_deadline,
    request_identity,
    sort_waiting_requests,
)
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.errors import (
    CaseChanged,
    CaseNotFound,
    KeyConflict,
    NoIdentity,
    RequestNotFound,
)
from casework.pack.procedure import read_procedure
from casework.text import reference
from functions.desk import deployment
from functions.desk.queries.lists import get_report_of_case
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.decision_handler import (
    conflict_error,
    record_decision_of_author,
    require_event,
)
from functions.desk.shared.routing import (
    READ_REFUSALS,
    UNMARKED,
    WRITE_REFUSALS,
    desk_route,
    list_route,
)

MAX_SHOWN: Final = 100
MAX_SORTED: Final = 1_000
"""Requests that wait, of which the most pressing are shown."""


class IdentityRequests(BaseModel):
    """Requests for identities, oldest first; refused ones stay."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    requests: tuple[IdentityRequestView, ...]


class WaitingIdentityRequests(BaseModel, title="WaitingIdentityRequests"):
    """Requests for identities that wait, the most pressing first, at most 100."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    requests: tuple[WaitingIdentityRequest, ...]


@desk_route(
    "ask_for_identity",
    "POST",
    "cases/{id}/identity-requests",
    summary="Ask for a reporter's identity",
    body=IdentityWish,
    answers={201: IdentityRequestView},
    refusals=(*WRITE_REFUSALS, NoIdentity),
    parameters=(IF_MATCH_PARAMETER, IDEMPOTENCY_KEY_PARAMETER),
)
def ask_for_identity(request: Request) -> Response:
    """Ask, with a motive, for the identity in a report of a case the unit has acknowledged.

    By the rule of the jurisdiction the motive is enough, or a second person decides: another
    officer of the unit or a supervisor, or a custodian alone. A released identity is opened at
    `…/opening`, for a quarter of an hour unless the pack says otherwise: `until`. Every step is in
    the case's history.
    """
    member = require_caller(request, StaffCall.IDENTITY_REQUESTS)
    key = idempotency_digest(request)
    etag, case_id, wish = (
        read_if_match(request),
        case_id_from_path(request),
        request.parse_body(IdentityWish),
    )
    table, at = deployment.desk_case_table(), deployment.now()
    require_permission(member, StaffCall.IDENTITY_REQUESTS, table.get_case(case_id))

    def change(case: Case) -> CaseTransaction[IdentityRequest]:
        require_permission(member, StaffCall.IDENTITY_REQUESTS, case)
        before = identity_request_table.list_identity_requests(table.name, case.id)
        for each in before:
            if each.key == key:
                return CaseTransaction(None, each)
        report = get_report_of_case(table, case.id, wish.report)
        if case.etag != etag:
            raise conflict_error(case, member, at)
        move, new = request_identity(
            case,
            at,
            member,
            wish.model_copy(update={"report": report.reference}),
            number=len(before) + 1,
            disclosure=report.disclosure,
            rules=read_release_rules(deployment.desk_jurisdiction().folder),
            key=key,
            seconds=_seconds(case),
        )
        written = [identity_request_table.identity_request_to_item(new)]
        if new.standing is RequestStanding.ASKED:
            written.append(identity_request_table.undecided_request_key(new))
        puts = [items.put_write(table.name, item) for item in written]
        return CaseTransaction(move, new, [*puts, table.reports.existence_check(new.report)])

    new = table.transact(case_id, change).decided.result
    by_them = (new.motive, new.by) == (wish.motive, member.subject)
    if not by_them or not reference.is_same_reference(new.report, wish.report):
        raise KeyConflict
    telemetry.log_info("identity asked for", case_id=case_id, outcome=new.standing, unit=new.unit)
    return Response(201, IdentityRequestView.from_request(new), {"ETag": new.etag})


@list_route(
    "read_identity_requests",
    "cases/{id}/identity-requests",
    summary="Identity requests of a case",
    answer=IdentityRequests,
    lines=UNMARKED,
    refusals=(*READ_REFUSALS, CaseNotFound),
)
def read_identity_requests(request: Request) -> Response:
    """The requests of a case, with their outcomes; refused ones stay visible."""
    member = require_caller(request, StaffCall.IDENTITY_REQUESTS)
    case = deployment.desk_case_table().get_case(case_id_from_path(request))
    require_permission(member, StaffCall.IDENTITY_REQUESTS, case)
    found = identity_request_table.list_identity_requests(
        deployment.desk_case_table().name, case.id
    )
    _record_motives_read(found, member)
    return Response(
        200,
        IdentityRequests(requests=tuple(IdentityRequestView.from_request(each) for each in found)),
    )


@desk_route(
    "decide_identity_request",
    "POST",
    "cases/{id}/identity-requests/{number}/decision",
    summary="Release or refuse an identity",
    body=CustodyDecision,
    answers={200: IdentityRequestView},
    refusals=(*WRITE_REFUSALS, RequestNotFound),
    parameters=(IF_MATCH_REQUEST_PARAMETER, IDEMPOTENCY_KEY_PARAMETER),
)
def decide_identity_request(request: Request) -> Response:
    """Release an identity to the person who asked, or refuse it; with a reason, once.

    The request's `rule` says which people decide: `colleague` is another officer of the unit, a
    supervisor or a custodian; `custodian` is a custodian. No person decides on their own request.
    `If-Match` is the request's own ETag: `"1"` until it is decided.
    """
    member = require_caller(request, StaffCall.IDENTITY_DECISION)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    etag, case_id, number = (
        read_if_match(request),
        case_id_from_path(request),
        identity_request_number_from_path(request),
    )
    decision = request.parse_body(CustodyDecision)
    table, at = deployment.desk_case_table(), deployment.now()

    def change(case: Case) -> CaseTransaction[IdentityRequest]:
        require_permission(member, StaffCall.IDENTITY_DECISION, case)
        before = identity_request_table.get_actionable_identity_request(table, case.id, number)
        if _is(before, decision, member.subject):
            return CaseTransaction(None, before)
        if before.etag != etag:
            raise CaseChanged(
                "The request is not the one you saw.",
                current=IdentityRequestView.from_request(before).model_dump(
                    mode="json", exclude_none=True
                ),
                etag=before.etag,
            )
        requests = identity_request_table.list_identity_requests(table.name, case.id)
        move, after = decide_request(
            case,
            at,
            member,
            before,
            decision,
            read_release_rules(deployment.desk_jurisdiction().folder),
            identity=request_deadline(case, requests, number, _seconds(case)),
        )
        writes = [
            items.put_write(table.name, identity_request_table.identity_request_to_item(after)),
            items.delete_write(table.name, identity_request_table.undecided_request_key(after)),
            table.reports.existence_check(after.report),
        ]
        return CaseTransaction(move, after, writes)

    deed = table.transact(case_id, change).decided
    after = deed.result
    if deed.change is not None:
        record_decision_of_author(require_event(deed.change), case_id)
    telemetry.log_info("identity decided", case_id=case_id, outcome=after.standing)
    return Response(200, IdentityRequestView.from_request(after), {"ETag": after.etag})


@list_route(
    "read_waiting_identity_requests",
    "identity-requests",
    summary="Identity requests that wait for my decision",
    answer=WaitingIdentityRequests,
    lines=UNMARKED,
)
def read_waiting_identity_requests(request: Request) -> Response:
    """The requests on which the caller may decide, with their motives: those of cases in which
    somebody may be in danger first, then by their deadline."""
    member = require_caller(request, StaffCall.IDENTITY_DECISION)
    table = deployment.desk_case_table()
    every = islice(identity_request_table.list_undecided_requests(table.name), MAX_SORTED)
    theirs = [each for each in every if may_decide(member, each)]
    ids = list(dict.fromkeys(each.case for each in theirs))
    cases = {
        case.id: case
        for start in range(0, len(ids), READ_BATCH_SIZE)
        for case in table.get_cases(ids[start : start + READ_BATCH_SIZE])
    }
    shown = sort_waiting_requests(theirs, cases)[:MAX_SHOWN]
    _record_motives_read(shown, member)
    return Response(200, WaitingIdentityRequests(requests=tuple(shown)))


def _seconds(case: Case) -> tuple[int, ...]:
    """The times for the decision on a request of the case."""
    return read_procedure(deployment.desk_jurisdiction().folder).identity.times_for_priority(
        case.priority
    )


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


def _record_motives_read(found: Iterable[IdentityRequestFields], member: StaffMember) -> None:
    """Record of each request that the member read another person's motive."""
    table, at = deployment.desk_case_table().name, deployment.now()
    for each in found:
        if each.motive and each.by != member.subject:
            about = f"identity#{each.number}"
            audit_log.record_access(
                table, each.case, at, audit_log.MOTIVE_READ_MARK, member.subject, about=about
            )
