"""POST …/identity-requests/{number}/opening: shows a released identity, and nothing else.

This function's role is the only one that may ask KMS to open identity boxes. It first saves the
event, then opens: an opening that nobody can see afterwards does not happen.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from casework.aws.http.authentication import signed_in
from casework.aws.http.http import (
    IDEMPOTENCY_KEY,
    IF_MATCH_OF_REQUEST,
    Answer,
    Api,
    Operation,
    Request,
    through_the_edge,
)
from casework.aws.http.refused_access import keep_refusal
from casework.aws.http.target import case_id_of, if_match, number_of
from casework.aws.services import observe, sealing
from casework.aws.services.settings import CustodySettings
from casework.aws.table import custody_table, items, keys
from casework.aws.table.case_table import CaseTable, Deed
from casework.case.case import Case
from casework.credentials import receipt
from casework.decisions.identity import IdentityRequest, opened
from casework.decisions.permissions import Call, permit
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
    PreconditionMissing,
    Refusal,
    RequestNotFound,
    UnsupportedEncoding,
)


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


def refused(operation: Operation, request: Request, refusal: Refusal) -> None:
    """Keep that somebody was refused access to a case or an identity."""
    keep_refusal(settings().case_table, now(), operation.id, request, refusal)


api = Api(guard=through_the_edge(lambda: settings().origin_secret), refused=refused)


@api.operation(
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
    parameters=(IF_MATCH_OF_REQUEST, IDEMPOTENCY_KEY),
    security="staff",
)
def open_identity(request: Request) -> Answer:
    """Show who sent the report, to the person it was released to, while the release lasts.

    Each answer that shows it is an event of the case of its own, written before the box is opened:
    repeating the request opens once more. `If-Match` is the ETag of the identity request.
    """
    table, at = CaseTable(settings().case_table), now()
    member = signed_in(request, table, settings().clients)
    permit(member, Call.IDENTITY_REQUESTS)
    receipt.read_key(request.headers.get("idempotency-key"))
    seen, case_id, number = if_match(request), case_id_of(request), number_of(request)
    request.read(OpenedIdentity)

    def change(case: Case) -> Deed[IdentityRequest]:
        permit(member, Call.IDENTITY_REQUESTS, case)
        before = custody_table.standing_request(table, case.id, number)
        move, after = opened(case, at, member, before)
        if before.etag != seen:
            raise CaseChanged("The request is not the one you saw.", etag=before.etag)
        kept = items.putting(table.name, custody_table.request_item(after))
        return Deed(move, after, [kept, table.reports.there(after.report)])

    asked = table.carry_out(case_id, change).decided.result
    observe.fact("identity opened", case_id=case_id, unit=asked.unit, count=asked.openings)
    found = _opened(table.name, asked.report)
    return Answer(
        200, IdentifiedPerson(case=case_id, report=asked.report, until=str(asked.until), **found)
    )


def _opened(table: str, reference: str) -> dict[str, Any]:
    """What the identity box of a report holds; an exchanged box raises an alarm and opens not."""
    item = items.get(table, keys.report_key(reference))
    if item is None or "identity_box" not in item:
        raise NoIdentity("The report holds no identity any more.")
    box = item["identity_box"]
    try:
        if sealing.Box.read(box).key_id != settings().identity_key.rpartition("/")[2]:
            raise sealing.BrokenBox("the box was sealed to another key")
        said = json.loads(sealing.unseal(box, reference=reference, field="identity"))
    except Exception as error:
        if not (isinstance(error, ValueError) or sealing.is_exchanged(error)):
            raise
        observe.failure("box not opened", error, reference=reference)
        observe.count("BoxesNotOpened")
        raise BoxNotOpened("The box is not the one of this report.") from None
    return {name: said[name] for name in ("identity", "contact") if name in said}


handle = api.handle
