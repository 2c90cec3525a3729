"""What people who work on a case write to its reporters."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from casework import receipt, reference
from casework.aws import items, observe
from casework.aws.access import case_id_of, tag_of
from casework.aws.case_table import Write
from casework.aws.http import IDEMPOTENCY_KEY, IF_MATCH, Answer, Api, Request
from casework.aws.messages import StoredMessage, message_item, messages_of
from casework.case import Case, stamp
from casework.change import Change
from casework.errors import (
    BodyTooLarge,
    Busy,
    CaseChanged,
    CaseNotFound,
    IfMatchUnreadable,
    IllegalMove,
    KeyConflict,
    KeyMissing,
    NotAllowed,
    NotJson,
    NotSignedIn,
    NotThroughTheEdge,
    NotValid,
    PreconditionMissing,
    UnsupportedEncoding,
)
from casework.followup import Message, mark_of_key, messaged
from casework.staff import Call, permit
from functions.desk import deployment
from functions.desk.access import caller
from functions.desk.deciding import changed
from functions.desk.lists import report_of

READING: Final = (NotSignedIn, NotAllowed, NotThroughTheEdge, Busy)
WRITING: Final = (
    *READING,
    CaseNotFound,
    CaseChanged,
    IllegalMove,
    PreconditionMissing,
    IfMatchUnreadable,
    KeyMissing,
    KeyConflict,
    NotJson,
    BodyTooLarge,
    UnsupportedEncoding,
    NotValid,
)


class Sent(BaseModel):
    """A message that its readers find with their receipts. Repeating it sends nothing twice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Of the case."""
    number: int
    """Of its entry in the history of the case."""
    at: str
    report: str | None = None
    """The one report it is for; left out when it is for all."""


def register(api: Api) -> None:
    """Serve the calls of this module."""
    api.operation(
        "POST",
        "/v1/desk/cases/{id}/messages",
        summary="Write to the reporters of a case",
        tag="desk",
        body=Message,
        answers={201: Sent},
        refusals=WRITING,
        parameters=(IF_MATCH, IDEMPOTENCY_KEY),
        security="staff",
    )(send_message)


def send_message(request: Request) -> Answer:
    """Write to all reporters of a case, or to one of them. They read it with their receipts.

    Whoever left a contact is told that there is news, and nothing more. To ask something and wait
    for the answer, decide `ask` at review.
    """
    member = caller(request, Call.MESSAGES)
    key = mark_of_key(receipt.read_key(request.headers.get("idempotency-key")))
    seen, case_id, sent = tag_of(request), case_id_of(request), request.read(Message)
    table, at = deployment.table(), deployment.now()
    permit(member, Call.MESSAGES, table.case(case_id))

    def change(case: Case) -> Change | None:
        permit(member, Call.MESSAGES, case)
        known = [each for each in messages_of(table.name, case.id) if each.key == key]
        for message in known:
            made.append(message)
            return None
        report = report_of(table, case.id, sent.report).reference if sent.report else None
        if case.etag != seen:
            raise changed(case, member, at)
        made.append(
            StoredMessage(case.events + 1, stamp(at), member.subject, sent.text, report, key)
        )
        return messaged(case, at, member.subject, text=sent.text, report=report)

    def also() -> list[Write]:
        message = made[-1]
        told = [table.reports.there(message.report)] if message.report else []
        return [items.putting(table.name, message_item(case_id, message)), *told]

    made: list[StoredMessage] = []
    case = table.update(case_id, change, also=also)
    message = made[-1]
    if message.text != sent.text or not reference.same(message.report, sent.report):
        raise KeyConflict
    observe.fact("reporters written to", case_id=case.id, correlation_id=case.correlation_id)
    return Answer(
        201,
        Sent(id=case.id, number=message.number, at=message.at, report=message.report),
        {"ETag": case.etag},
    )
