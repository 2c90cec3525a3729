"""Messages of staff to the reporters of a case."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import IDEMPOTENCY_KEY, IF_MATCH, Answer, Request
from casework.aws.http.target import case_id_of, if_match
from casework.aws.services import observe
from casework.aws.table import items
from casework.aws.table.case_table import Deed, Write
from casework.aws.table.messages import StoredMessage, message_item, message_to, messages_of
from casework.case.case import Case
from casework.case.times import stamp
from casework.decisions.permissions import Call, permit
from casework.decisions.staff import StaffMember
from casework.errors import KeyConflict, NotAllowed, TooMany
from casework.moves.messaging import messaged
from casework.report.followup import MOST_MESSAGES, Message
from casework.text import reference
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import WRITING, route
from functions.desk.entry.deciding import changed
from functions.desk.shown.lists import report_of


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


@route(
    "send_message",
    "POST",
    "cases/{id}/messages",
    summary="Write to the reporters of a case",
    body=Message,
    answers={201: Sent},
    refusals=WRITING,
    parameters=(IF_MATCH, IDEMPOTENCY_KEY),
)
def send_message(request: Request) -> Answer:
    """Write to the reporters of chosen reports, or of all admitted ones. They read it with their
    receipts. While a unit holds the case, and once it has ended, an analyst writes to none. A
    message to chosen reports also reaches unadmitted ones; `belongs` of each report says whether a
    message to all reaches it.

    Reporters with a contact are told only that there is news. To ask a question and wait for the
    answer, decide `ask` at review.
    """
    member = caller(request, Call.MESSAGES)
    key = key_of(request)
    seen, case_id, sent = if_match(request), case_id_of(request), request.read(Message)
    table, at = deployment.table(), deployment.now()
    _let_write(member, table.case(case_id), key)

    def change(case: Case) -> Deed[StoredMessage]:
        _let_write(member, case, key)
        written = messages_of(table.name, case.id)
        for message in (each for each in written if each.key == key):
            return Deed(None, message)
        found = [report_of(table, case.id, each, "reports").reference for each in sent.reports]
        chosen = tuple(dict.fromkeys(found))
        if case.etag != seen:
            raise changed(case, member, at)
        if len(written) >= MOST_MESSAGES:
            raise TooMany(f"A case takes at most {MOST_MESSAGES} messages to its reporters.")
        by = member.subject
        office = member.unit or deployment.pack().desk.id
        message = StoredMessage(case.events + 1, stamp(at), by, sent.text, chosen, key, office)
        kept: list[Write] = [items.putting(table.name, message_item(case_id, message))]
        for each in message.reports:
            kept.append(items.putting(table.name, message_to(case_id, message, each)))
            kept.append(table.reports.there(each))
        return Deed(messaged(case, at, by, reports=chosen, bound=message.bound), message, kept)

    case, deed = table.carry_out(case_id, change)
    message = deed.result
    if message.text != sent.text or not _same(message.reports, sent.reports):
        raise KeyConflict
    observe.fact("reporters written to", case_id=case.id, correlation_id=case.correlation_id)
    return Answer(
        201,
        Sent(id=case.id, number=message.number, at=message.at, reports=message.reports),
        {"ETag": case.etag},
    )


def _let_write(member: StaffMember, case: Case, key: str) -> None:
    """Let the member write to reporters of the case, or repeat what they wrote while they could."""
    try:
        permit(member, Call.MESSAGES, case)
    except NotAllowed:
        written = messages_of(deployment.table().name, case.id)
        if not any((each.key, each.by) == (key, member.subject) for each in written):
            raise


def _same(kept: Sequence[str], sent: Sequence[str]) -> bool:
    """Whether the request names the same reports, in any spelling."""
    return all(any(reference.same(each, typed) for typed in sent) for each in kept) and all(
        any(reference.same(each, typed) for each in kept) for typed in sent
    )
