"""Tells reporters with a contact that there is news: reference and "there is news", no more.

Only this function's role may ask KMS to open contact boxes. Messages come from the topic by a
queue; one names a case and a piece of its news. For each concerned report the box is opened, used
once and forgotten; its use is recorded with the report, and for a page of reports in the log of the
case. A box is opened only where the deployment sends what its reporter can receive. The record with
the report prevents a repeat; a crash between sending and recording sends once more.

A case with many reports is told page by page: the rest goes back into the queue.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from casework.aws.services import sealed_boxes, telemetry
from casework.aws.services.clients import aws_client
from casework.aws.services.notifications import anonymous_report_id
from casework.aws.services.service_errors import code_of
from casework.aws.services.settings import NoticeSettings
from casework.aws.table import items, keys
from casework.aws.table.audit_log import record_joint_mark
from casework.aws.table.case_table import CaseTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.public_timelines import read_public_timeline
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move
from casework.case.times import format_timestamp
from casework.pack.jurisdiction import open_pack
from casework.report.reporter_news import entry_number_from_news
from functions.notify.notice_text import NoticeText, reporter_notice

REPORTERS_PER_PAGE: Final = 50
PERMANENT_REFUSAL_CODES: Final = frozenset(
    {"MessageRejected", "BadRequestException", "InvalidParameterException"}
)
"""Refusals that a later try meets again: the address is wrong or blocked."""
NO_CHANNEL_OUTCOME: Final = "no_channel"
"""The outcome of a notice without a way to its reporter."""


@cache
def settings() -> NoticeSettings:
    """The settings of this function."""
    return NoticeSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Tell the reporters of each message's case; the queue retries failures."""
    failed = []
    for record in event["Records"]:
        try:
            said = json.loads(record["body"])
            notify_reporters(ReporterUpdate.model_validate(said["data"]))
        except Exception as error:  # noqa: BLE001  # the queue repeats it, then puts it aside
            telemetry.log_failure("reporters not told", error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


class ReporterUpdate(BaseModel):
    """The content of a message: the case, the piece of news, and its receivers."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    news: str
    only: tuple[str, ...] = ()
    """The marks of the reports it is for; none for all that are told of it."""
    after: str | None = None
    """Where the page of reports begins."""


def notify_reporters(news: ReporterUpdate) -> None:
    """Tell a page of a case's reporters, and put the next page into the queue."""
    table = CaseTable(settings().case_table)
    page, receivers = (
        table.reports.page_references(news.case, REPORTERS_PER_PAGE, news.after),
        UpdateReceivers(table, news),
    )
    reached: dict[str, str] = {}
    try:
        for report in table.reports.get_reports(page.ids):
            if report.case_id == news.case and receivers.includes(report):
                reached |= notify_reporter(table, report, news.news)
    finally:  # a box that was opened is in the log, even if the next one fails
        if reached:
            where = f"{news.news}#{news.after or ''}"
            record_joint_mark(
                table.name, news.case, now(), "notice", where, receivers.day, reached=reached
            )
    left = tuple(each for each in news.only if each not in map(anonymous_report_id, page.ids))
    if page.after is not None and (left or not news.only):
        further = news.model_copy(update={"after": page.after, "only": left})
        aws_client("sqs").send_message(
            QueueUrl=settings().queue, MessageBody=json.dumps({"data": further.model_dump()})
        )


class UpdateReceivers:
    """The receivers of a piece of news: reporters who see it when they follow their report."""

    def __init__(self, table: CaseTable, news: ReporterUpdate) -> None:
        self.table, self.news = table, news
        self.entry = entry_number_from_news(news.case, news.news)

    @cached_property
    def event(self) -> CaseEvent | None:
        """The entry that is told; None for news without an entry."""
        return self.table.event(self.news.case, self.entry) if self.entry else None

    @property
    def day(self) -> str:
        """The day of the entry that is told; empty for news without an entry."""
        return self.event.at[:10] if self.event else ""

    def includes(self, report: StoredReport) -> bool:
        """Whether the reporter of a report is told: news for one reporter reaches no other."""
        if self.news.only:
            return anonymous_report_id(report.reference) in self.news.only
        if self.event is None or not _may_hear(report, self.news.case):
            return False
        found = read_public_timeline(self.table.name, report.reference, format_timestamp(now()))
        if found is None:
            return False
        _, came = found
        tellings = [each.by for each in came.told if each.by is not None]
        for each in came.messages if self.event.move == Move.MESSAGE else tellings:
            if (each.case, each.number) == (self.news.case, self.entry):
                return True
        return False


def _may_hear(report: StoredReport, case_id: str) -> bool:
    """Whether a report hears of a case, or did once."""
    told = report.kept.tellings if report.kept else ()
    hears = report.hears is not None and report.hears.case == case_id
    return hears or any(each.case == case_id for each in told)


def notify_reporter(table: CaseTable, report: StoredReport, news: str) -> dict[str, str]:
    """Tell one reporter once; answers the outcome by reference, now or before.

    Nothing for a reporter without a contact, or one whose report was erased.
    """
    reference = report.reference
    if (before := report.notification_outcome(news)) is not None:
        return {reference: before}
    left = _left(table.name, reference)
    if left is None:
        return {}
    outcome = _reached(reference, report.language, left) if _can_reach(left) else NO_CHANNEL_OUTCOME
    table.reports.record_notification(reference, news, outcome)
    telemetry.count_metric(
        "ReportersTold" if outcome in {"email", "sms"} else "ReportersNotReached"
    )
    return {reference: outcome}


@dataclass(frozen=True)
class LatestContact:
    """The newest contact that a reporter left."""

    box: bytes
    ways: frozenset[str]
    """Its kinds, as `Contact` names them; empty where the report does not say."""


def _can_reach(left: LatestContact) -> bool:
    """Whether the deployment sends by a way that the contact has: if not, its box stays closed."""
    sends = {"email": bool(settings().sender), "phone": settings().short_messages == "on"}
    return any(sends[way] for way in left.ways or sends)


def _reached(reference: str, language: str, left: LatestContact) -> str:
    """Open the box and send; answers the channel, or why the reporter was not reached."""
    try:
        contact = json.loads(
            sealed_boxes.unseal_stored_box(left.box, reference=reference, field="contact")
        )
    except (sealed_boxes.InvalidBox, ValueError) as error:
        telemetry.log_failure("box not opened", error, reference=reference)
        telemetry.count_metric("BoxesNotOpened")
        return "not_opened"
    return _send(contact, reporter_notice(language, reference))


def _left(table: str, reference: str) -> LatestContact | None:
    """The newest contact of a report or its additions."""
    left, newest = None, ""
    for item in items.query_prefix(table, keys.report_key(reference)[keys.PARTITION_KEY]):
        at = item.get("added_at") or item.get("accepted_at") or ""
        if "contact_box" in item and at >= newest:
            left, newest = (
                LatestContact(item["contact_box"], frozenset(item.get("reached_by", ()))),
                at,
            )
    return left


def _send(contact: dict[str, str], words: NoticeText) -> str:
    """Send by e-mail if there is an address and a sender, otherwise by short message.

    Returns the channel, or the reason for no message; raises when a later try may succeed.
    """
    try:
        if "email" in contact and settings().sender:
            aws_client("sesv2").send_email(
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
        number = _dialled(contact["phone"]) if "phone" in contact else ""
        if settings().short_messages == "on" and _allowed(number):
            aws_client("sns").publish(PhoneNumber=number, Message=words.body)
            return "sms"
    except Exception as error:
        if code_of(error) not in PERMANENT_REFUSAL_CODES:
            raise
        telemetry.log_failure("notice refused", error)
        return "refused"
    return NO_CHANNEL_OUTCOME


def _allowed(number: str) -> bool:
    """Whether short messages are sent to the country of a telephone: others may cost dear."""
    codes = settings().short_messages_to.split() or [open_pack(settings().pack).facts.calling_code]
    return any(code and number.startswith(f"+{code}") for code in codes)


def _dialled(phone: str) -> str:
    from casework.identifiers import canonicalise_phone

    canonical = canonicalise_phone(phone) or phone
    return canonical if canonical.startswith("+") else f"+{canonical}"
