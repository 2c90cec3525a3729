"""Shows a released identity, or the number of a reporter to call now, or that a contact is named.

This function's role is the only one that may ask KMS to open identity boxes. It first saves the
event, then opens: an opening that nobody can see afterwards does not happen. Comparing contacts
opens nothing: it reads marks of them with the own key, which the desk has not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from pydantic import BaseModel, ConfigDict

from casework.aws.http.access_denials import record_access_denial
from casework.aws.http.api import Api, Operation, Request, Response, require_edge_secret
from casework.aws.http.authentication import authenticate
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER, IF_MATCH_REQUEST_PARAMETER
from casework.aws.http.path_params import (
    case_id_from_path,
    identity_request_number_from_path,
    read_if_match,
)
from casework.aws.services import telemetry
from casework.aws.services.settings import CustodySettings
from casework.aws.table import identity_request_table, items
from casework.aws.table.case_table import CaseTable, CaseTransaction
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.identity_requests import IdentityRequest, record_identity_opening
from casework.decisions.numbers import NumberWish
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import (
    BodyTooLarge,
    BoxNotOpened,
    Busy,
    CaseChanged,
    CaseNotFound,
    IdentityNotReleased,
    IfMatchUnreadable,
    IllegalMove,
    KeyMissing,
    NoIdentity,
    NotAllowed,
    NotJson,
    NotSignedIn,
    NotThroughTheEdge,
    NotValid,
    NumberNotOpened,
    PreconditionMissing,
    Refusal,
    RequestNotFound,
    UnsupportedEncoding,
)
from casework.text.realm import realm_from_name
from functions.custody.boxes import read_box_content
from functions.custody.contacts import ABOVE_PARAMETER, ComparedContacts, compare_next_contacts
from functions.custody.numbers import OpenedNumber, ReporterCaller, show_number


class OpenedIdentity(BaseModel):
    """An empty document: everything that matters is in the address."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class IdentifiedPerson(BaseModel):
    """Who sent the report, as they said themselves. Keep it out of every other system."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case: str
    report: str
    until: str
    """Until when it can be opened again."""
    identity: dict[str, str] | None = None
    """Name and what else was given; left out for a confidential reporter."""
    contact: dict[str, str] | None = None


@cache
def settings() -> CustodySettings:
    """The settings of this function."""
    return CustodySettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def record_custody_refusal(operation: Operation, request: Request, refusal: Refusal) -> None:
    """Keep that somebody was refused access to a case or an identity."""
    record_access_denial(settings().case_table, now(), operation.id, request, refusal)


api = Api(
    guard=require_edge_secret(lambda: settings().origin_secret), refused=record_custody_refusal
)


@api.register_operation(
    "open_identity",
    "POST",
    "/v1/desk/cases/{id}/identity-requests/{number}/opening",
    summary="Open a released identity",
    tag="desk",
    body=OpenedIdentity,
    answers={200: IdentifiedPerson},
    refusals=(
        NotSignedIn,
        NotAllowed,
        NotThroughTheEdge,
        Busy,
        CaseNotFound,
        CaseChanged,
        RequestNotFound,
        IdentityNotReleased,
        NoIdentity,
        BoxNotOpened,
        IllegalMove,
        PreconditionMissing,
        IfMatchUnreadable,
        KeyMissing,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
    ),
    parameters=(IF_MATCH_REQUEST_PARAMETER, IDEMPOTENCY_KEY_PARAMETER),
    security="staff",
)
def open_identity(request: Request) -> Response:
    """Show who sent the report, to the person it was released to, while the release lasts.

    Each answer that shows it is an event of the case of its own, written before the box is opened:
    repeating the request opens once more. `If-Match` is the ETag of the identity request.
    """
    table, at = CaseTable(settings().case_table), now()
    member = authenticate(request, table, settings().clients)
    require_permission(member, StaffCall.IDENTITY_REQUESTS)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    etag, case_id, number = (
        read_if_match(request),
        case_id_from_path(request),
        identity_request_number_from_path(request),
    )
    request.parse_body(OpenedIdentity)

    def change(case: Case) -> CaseTransaction[IdentityRequest]:
        require_permission(member, StaffCall.IDENTITY_REQUESTS, case)
        before = identity_request_table.get_actionable_identity_request(table, case.id, number)
        move, after = record_identity_opening(case, at, member, before)
        if before.etag != etag:
            raise CaseChanged("The request is not the one you saw.", etag=before.etag)
        kept = items.put_write(table.name, identity_request_table.identity_request_to_item(after))
        return CaseTransaction(move, after, [kept, table.reports.existence_check(after.report)])

    identity_request = table.transact(case_id, change).decided.result
    telemetry.log_info(
        "identity opened",
        case_id=case_id,
        unit=identity_request.unit,
        count=identity_request.openings,
    )
    said = read_box_content(
        table.name, identity_request.report, "identity", settings().identity_key
    )
    if said is None:
        raise NoIdentity("The report holds no identity any more.")
    found = {name: said[name] for name in ("identity", "contact") if name in said}
    return Response(
        200,
        IdentifiedPerson(
            case=case_id, report=identity_request.report, until=str(identity_request.until), **found
        ),
    )


@api.register_operation(
    "open_number",
    "POST",
    "/v1/desk/cases/{id}/number",
    summary="Open the number of a reporter to call them now",
    tag="desk",
    body=NumberWish,
    answers={200: OpenedNumber},
    refusals=(
        NotSignedIn,
        NotAllowed,
        NotThroughTheEdge,
        Busy,
        CaseNotFound,
        NumberNotOpened,
        BoxNotOpened,
        IllegalMove,
        KeyMissing,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
    ),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
    security="staff",
)
def open_number(request: Request) -> Response:
    """Show the telephone number of a reporter, and nothing else, to the person who has the case.

    A number that the reporter left to be called now is shown by their consent. That of a contact is
    shown where danger is recorded, for a ground and a sentence, which a custodian judges within a
    day. Each answer with a number is an event of the case of its own, written before the box is
    opened, and the reporter is told of it. Nothing delays it: from the fourth opening that nobody
    has judged, supervisors are alerted. For a name, ask for the identity.
    """
    table, at = CaseTable(settings().case_table), now()
    member = authenticate(request, table, settings().clients)
    require_permission(member, StaffCall.NUMBER)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    by = ReporterCaller(member, at, settings().identity_key)
    shown = show_number(table, by, case_id_from_path(request), request.parse_body(NumberWish))
    return Response(200, shown, {"Cache-Control": "no-store"})


@api.register_operation(
    "compare_contacts",
    "GET",
    "/v1/desk/cases/{id}/contacts",
    summary="See whose own contact the reports of a case name",
    tag="desk",
    answers={200: ComparedContacts},
    refusals=(NotSignedIn, NotAllowed, NotThroughTheEdge, Busy, CaseNotFound, NotValid),
    parameters=(ABOVE_PARAMETER,),
    security="staff",
)
def compare_contacts(request: Request) -> Response:
    """Before you admit reports: which of them left a contact that another report of the case names,
    as a suspect's number or address for instance. For those who may admit reports of the case.

    It shows no contact and decides nothing. A report that names its own contact does not count.
    Whoever is named so may be the suspect, or somebody whom the other report wants to harm.
    """
    case_id, own = case_id_from_path(request), settings().own_secret
    table = CaseTable(settings().case_table, realm=realm_from_name(case_id), own=own)
    member = authenticate(request, table, settings().clients)
    require_permission(member, StaffCall.ADMISSION)
    require_permission(member, StaffCall.ADMISSION, table.get_case(case_id))
    found = compare_next_contacts(table, case_id, request.query)
    return Response(200, found, {"Cache-Control": "no-store"})


handle = api.handle
