"""Messages of staff to the reporters of a case."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER, IF_MATCH_PARAMETER
from casework.aws.http.path_params import case_id_from_path, read_if_match
from casework.aws.services import telemetry
from casework.aws.table import items
from casework.aws.table.case_table import CaseTransaction, TransactionWrite
from casework.aws.table.messages import (
    StoredMessage,
    list_case_messages,
    message_item,
    message_to_reporter_item,
)
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.decisions.permissions import StaffCall, require_permission
from casework.decisions.staff import StaffMember
from casework.errors import KeyConflict, NotAllowed, TooMany
from casework.moves.messages import record_message
from casework.report.followup import MAX_MESSAGES, Message
from casework.text import reference
from functions.desk import deployment
from functions.desk.queries.lists import get_report_of_case
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.decision_handler import conflict_error
from functions.desk.shared.routing import WRITE_REFUSALS, desk_route


class Sent(BaseModel):
    """A message that its readers find with their receipts. Repeating the request sends it once."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    number: int
    """Of its entry in the history of the case."""
    at: str
    reports: tuple[str, ...] = ()
    """The reports it is for; left out when it is for all that belong to the case."""


@desk_route(
    "send_message",
    "POST",
    "cases/{id}/messages",
    summary="Write to the reporters of a case",
    body=Message,
    answers={201: Sent},
    refusals=WRITE_REFUSALS,
    parameters=(IF_MATCH_PARAMETER, IDEMPOTENCY_KEY_PARAMETER),
)
def send_message(request: Request) -> Response:
    """Write to the reporters of chosen reports, or of all admitted ones. They read it with their
    receipts. While a unit holds the case, and once it has ended, an analyst writes to none. A
    message to chosen reports also reaches unadmitted ones; `belongs` of each report says whether a
    message to all reaches it.

    Reporters with a contact are told only that there is news. To ask a question and wait for the
    answer, decide `ask` at review.
    """
    member = require_caller(request, StaffCall.MESSAGES)
    key = idempotency_digest(request)
    etag, case_id, draft = (
        read_if_match(request),
        case_id_from_path(request),
        request.parse_body(Message),
    )
    table, at = deployment.desk_case_table(), deployment.now()
    _let_write(member, table.get_case(case_id), key)

    def change(case: Case) -> CaseTransaction[StoredMessage]:
        _let_write(member, case, key)
        earlier_messages = list_case_messages(table.name, case.id)
        for message in (each for each in earlier_messages if each.key == key):
            return CaseTransaction(None, message)
        found = [
            get_report_of_case(table, case.id, each, "reports").reference for each in draft.reports
        ]
        chosen = tuple(dict.fromkeys(found))
        if case.etag != etag:
            raise conflict_error(case, member, at)
        if len(earlier_messages) >= MAX_MESSAGES:
            raise TooMany(f"A case takes at most {MAX_MESSAGES} messages to its reporters.")
        by = member.subject
        office = member.unit or deployment.desk_jurisdiction().desk.id
        message = StoredMessage(
            case.events + 1, format_timestamp(at), by, draft.text, chosen, key, office
        )
        message_writes: list[TransactionWrite] = [
            items.put_write(table.name, message_item(case_id, message))
        ]
        for each in message.reports:
            message_writes.append(
                items.put_write(table.name, message_to_reporter_item(case_id, message, each))
            )
            message_writes.append(table.reports.existence_check(each))
        return CaseTransaction(
            record_message(case, at, by, reports=chosen, bound=message.commitment_hex),
            message,
            message_writes,
        )

    case, deed = table.transact(case_id, change)
    message = deed.result
    if message.text != draft.text or not _same(message.reports, draft.reports):
        raise KeyConflict
    telemetry.log_info("reporters written to", case_id=case.id, correlation_id=case.correlation_id)
    return Response(
        201,
        Sent(id=case.id, number=message.number, at=message.at, reports=message.reports),
        {"ETag": case.etag},
    )


def _let_write(member: StaffMember, case: Case, key: str) -> None:
    """Let the member write to reporters of the case, or repeat what they wrote while they could."""
    try:
        require_permission(member, StaffCall.MESSAGES, case)
    except NotAllowed:
        written = list_case_messages(deployment.desk_case_table().name, case.id)
        if not any((each.key, each.by) == (key, member.subject) for each in written):
            raise


def _same(kept: Sequence[str], sent: Sequence[str]) -> bool:
    """Whether the request names the same reports, in any spelling."""
    return all(
        any(reference.is_same_reference(each, typed) for typed in sent) for each in kept
    ) and all(any(reference.is_same_reference(each, typed) for each in kept) for typed in sent)
