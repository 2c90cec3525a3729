"""What follows from an addition to a report, and from an entry of a case's history.

Both come from the stream like reports do, at least once: everything here may be repeated.
"""

from __future__ import annotations

from typing import Any, Final

from casework.aws import announcements, items, keys, observe, workflow
from casework.aws.case_table import CaseTable
from casework.aws.clients import client
from casework.aws.faults import code_of
from casework.aws.settings import LinkSettings
from casework.aws.step import now
from casework.aws.wire import to_wire
from casework.case import Case
from casework.change import Change
from casework.errors import CaseNotFound, IllegalMove
from casework.followup import added_view
from casework.jurisdiction import open_pack
from casework.lifecycle import Move, Status
from casework.moves.asking import answered
from casework.notices import about, is_news, news_of
from functions.triage.gate import lift

TOLD: Final = frozenset(
    {
        Status.QUEUED,
        Status.PUBLISHED,
        Status.AWAITING_AUTHORISATION,
        Status.ACKNOWLEDGED,
    }
)
"""Statuses in which a unit knows the case and hears of what is added to it."""


def follow_addition(settings: LinkSettings, case_id: str | None, reference: str, sort: str) -> None:
    """End the question it answers, and tell the unit that holds the case.

    Nothing is done while the report has no case: people find the addition with the report.
    """
    table = CaseTable(settings.case_table)
    key = keys.addition_key(reference, sort.removeprefix(keys.ADDITION_PREFIX))
    item = items.get(settings.case_table, key)
    if item is None or case_id is None:
        return
    _show(settings.case_table, reference, item["added_at"])
    added = added_view("", item["added_at"], item["content"], contact="contact" in item)
    at = now()
    question = added.answers
    if question is not None:

        def answer(case: Case) -> Change | None:
            try:
                return answered(case, at, question=question, report=reference)
            except IllegalMove:
                return None  # the answer came late, or twice: it is read all the same

        case = table.update(case_id, answer)
        if case.in_flight and case.stuck is None and case.run > 1:
            workflow.start(settings.workflow, case, at)
    case = table.case(case_id)
    if case.status in TOLD and case.referral is not None:
        addition = announcements.added(case, f"{reference}|{key[keys.SORT]}")
        announcements.publish(settings.topic, addition, at)
    observe.count("ReportsAddedTo")


def _show(table: str, reference: str, at: str) -> None:
    """Say on the report that there is more beside it, so that its readers look."""
    try:
        client("dynamodb").update_item(
            TableName=table,
            Key=to_wire(keys.report_key(reference)),
            UpdateExpression="SET added_to = :at",
            ConditionExpression="attribute_exists(facts)",
            ExpressionAttributeValues=to_wire({":at": at}),
        )
    except Exception as error:
        if code_of(error) != "ConditionalCheckFailedException":
            raise


def tell_news(settings: LinkSettings, partition: str, sort: str) -> None:
    """Announce an entry of a case's history of which its reporters are told."""
    table = CaseTable(settings.case_table)
    case_id = keys.case_of(partition)
    number = int(sort.removeprefix(keys.EVENT_PREFIX))
    try:
        case = table.case(case_id)
    except CaseNotFound:
        return
    event = table.event(case_id, number)
    if event is not None and event.move == Move.ACKNOWLEDGE.value:
        # A report that came as the unit took the case may not have been seen by then.
        lift(table, open_pack(settings.pack), case, table.reports.all_of(case_id))
    if event is not None and is_news(event):
        announcements.publish(
            settings.topic,
            announcements.news(case, news_of(case_id, number), about(event)),
            now(),
        )


def reprocess_news(settings: LinkSettings, typed: Any) -> None:
    """Announce all news of a case again: the way back from the dead letters."""
    for event in CaseTable(settings.case_table).events(str(typed)):
        if is_news(event):
            sort = keys.event_key(str(typed), event.number)
            tell_news(settings, sort[keys.PARTITION], sort[keys.SORT])
