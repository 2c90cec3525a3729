"""Tells reporters who left a contact that there is news: reference and "there is news", no more.

This function's role is the only one that may ask KMS to open contact boxes. Messages come from
the topic by a queue; one names a case and a piece of its news. For each report of the case the
box is opened, used once and forgotten, and that it was used is kept beside the report and in the
log of the case. What is kept stops a repeat; a crash between sending and keeping sends once more.

A case with many reports is told page by page: the rest goes back into the queue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from casework.aws import items, keys, observe, sealing
from casework.aws.announcements import mark_of
from casework.aws.case_table import CaseTable
from casework.aws.clients import client
from casework.aws.faults import code_of
from casework.aws.log import mark
from casework.aws.settings import NoticeSettings
from casework.case import stamp
from casework.errors import Busy
from functions.notify.words import Notice, notice

PAGE: Final = 50
MOST_TRIES: Final = 4
"""How often a record is written anew while others write its report."""
FOR_GOOD: Final = frozenset({"MessageRejected", "BadRequestException", "InvalidParameterException"})
"""Refusals that a later try meets again: the address is wrong or blocked."""


@cache
def settings() -> NoticeSettings:
    """The settings of this function."""
    return NoticeSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Tell the reporters of each message's case; what fails is tried again by the queue."""
    failed = []
    for record in event["Records"]:
        try:
            said = json.loads(record["body"])
            tell_case(News.model_validate(said["data"]))
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            observe.failure("reporters not told", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


class News(BaseModel):
    """What a message says: which case, which entry of its history, and for whom."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case: str
    news: str
    only: str | None = None
    """The mark of the one report it is for."""
    after: str | None = None
    """Where the page of reports begins."""


def tell_case(news: News) -> None:
    """Tell a page of a case's reporters, and put the next page into the queue."""
    table = CaseTable(settings().case_table)
    page = table.reports.of(news.case, PAGE, news.after)
    for reference in page.ids:
        if news.only in (None, mark_of(reference)):
            tell_reporter(news.case, reference, news.news)
        if news.only == mark_of(reference):
            return
    if page.after is not None:
        further = news.model_copy(update={"after": page.after})
        client("sqs").send_message(
            QueueUrl=settings().queue, MessageBody=json.dumps({"data": further.model_dump()})
        )


def tell_reporter(case_id: str, reference: str, news: str) -> None:
    """Tell one reporter once; who left no contact, or is erased, is not told."""
    table = settings().case_table
    boxes = _boxes(table, reference)
    if boxes is None:
        return
    key = keys.notice_key(reference, news)
    if items.get(table, key) is not None:
        return
    language, box = boxes
    words = notice(language, reference)
    at = now()
    try:
        contact = json.loads(sealing.unseal(box, reference=reference, field="contact"))
    except (sealing.BrokenBox, ValueError) as error:
        observe.failure("box not opened", error, reference=reference)
        observe.count("BoxesNotOpened")
        outcome = "not_opened"
    else:
        outcome = _send(contact, words)
    mark(table, case_id, at, "notice", f"{news}#{reference}", by="system", outcome=outcome)
    record = {**key, "at": stamp(at), "told_of": case_id, "outcome": outcome}
    _keep_beside(CaseTable(table), reference, record)
    observe.count("ReportersTold" if outcome in {"email", "sms"} else "ReportersNotReached")


def _keep_beside(table: CaseTable, reference: str, record: Mapping[str, str]) -> None:
    """Keep that a reporter was told, unless their report was erased meanwhile."""
    for _ in range(MOST_TRIES):
        try:
            items.transact([items.putting(table.name, record), table.reports.there(reference)])
        except items.WrittenMeanwhile:
            if table.reports.one(reference) is None:
                return
        else:
            return
    raise Busy("The report is being changed by many at once.")


def _boxes(table: str, reference: str) -> tuple[str, bytes] | None:
    """The report's language and the box of its newest contact."""
    language, box, newest = "", None, ""
    for item in items.under(table, keys.report_key(reference)[keys.PARTITION]):
        if item[keys.SORT] == keys.REPORT_SORT:
            language = item.get("language", "")
        at = item.get("added_at") or item.get("accepted_at") or ""
        if "contact_box" in item and at >= newest:
            box, newest = item["contact_box"], at
    return (language, box) if language and box is not None else None


def _send(contact: dict[str, str], words: Notice) -> str:
    """Send by e-mail where there is an address and a sender, else by short message.

    Answers the channel, or why nothing was sent; raises when a later try may succeed.
    """
    try:
        if "email" in contact and settings().sender:
            client("sesv2").send_email(
                FromEmailAddress=settings().sender,
                Destination={"ToAddresses": [contact["email"]]},
                Content={
                    "Simple": {
                        "Subject": {"Data": words.subject, "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": words.body, "Charset": "UTF-8"}},
                    }
                },
            )
            return "email"
        if "phone" in contact and settings().short_messages == "on":
            client("sns").publish(PhoneNumber=_dialled(contact["phone"]), Message=words.body)
            return "sms"
    except Exception as error:
        if code_of(error) not in FOR_GOOD:
            raise
        observe.failure("notice refused", error)
        return "refused"
    return "no_channel"


def _dialled(phone: str) -> str:
    from casework.identifiers import canonical_phone

    canonical = canonical_phone(phone) or phone
    return canonical if canonical.startswith("+") else f"+{canonical}"
