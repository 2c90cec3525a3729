"""Effects of an addition to a report, and of an entry of a case's history.

Both come from the stream like reports, at least once: everything here may be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from casework.aws.services import notifications, secrets, telemetry
from casework.aws.services.notifications import Notification
from casework.aws.services.settings import LinkSettings
from casework.aws.steps import executions
from casework.aws.steps.task_state import now
from casework.aws.table import keys, notification_throttle
from casework.aws.table.additions import StoredAdditionView, get_addition, list_additions
from casework.aws.table.case_table import CaseTable
from casework.aws.table.danger_alerts import DangerSource
from casework.aws.table.read_attempts import ReadAbandoned, ReadAttempts
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.errors import CaseNotFound, IllegalMove
from casework.moves.additions import waits_for_night
from casework.moves.questions import record_answer
from casework.moves.triage import mark_addition_unreadable
from casework.pack.clocks import jurisdiction_clocks
from casework.pack.jurisdiction import open_pack
from casework.report.followup import AddedView, AdditionKind
from casework.report.reporter_news import (
    is_reporter_news,
    matches_ended_case,
    news_name,
    reports_concerned,
)
from casework.text.realm import realm_from_name
from functions.triage import additions
from functions.triage.execution_starts import start_unless_throttled
from functions.triage.group_lines import give_report_own_line
from functions.triage.identifier_owners import MAX_OWNER_MERGES_FOLLOWED
from functions.triage.recoverable_money import note_money_of_report
from functions.triage.severity import apply_severity


def informed_unit(case: Case) -> str | None:
    """The unit that knows of the case, or may know of it any moment."""
    return case.referral.unit if case.referral and case.status.rule.is_with_unit else None


def follow_addition(settings: LinkSettings, case_id: str | None, reference: str, sort: str) -> None:
    """Read an addition, enter it, end the question it answers, and tell the holder of the case: the
    unit, also after it ended the case, or the duty desk if the case ended at review.

    While the report has no case, this waits: people find the addition with the report. Raises
    NotRead when it could not be read and must be tried again.
    """
    realm = realm_from_name(reference)
    table = CaseTable(settings.case_table, settings.selector_secret, realm, settings.own_secret)
    report = table.reports.get_report(reference)
    (name,) = keys.addition_key.of_sort(sort)
    addition = get_addition(settings.case_table, reference, name)
    if report is None or addition is None or case_id is None:
        return
    at, content = now(), addition.readable_content
    if content is not None and content.answers is not None:
        end_question(settings, table, case_id, reference, content.answers, at)
    key, own_key = table.identifiers.key, secrets.read_key(settings.own_secret)
    found, attempts = None, None
    if not addition.unreadable:
        attempts = _attempts(settings, reference, addition)
        with suppress(ReadAbandoned), attempts.attempt(at):
            found = additions.read_addition(
                open_pack(settings.pack), key, own_key, report, addition
            )
    case = additions.apply_addition(
        table,
        key,
        resolve_surviving_case(table, case_id),
        report,
        addition,
        found,
        at,
        jurisdiction_clocks(open_pack(settings.pack)),
    )
    give_report_own_line(table, case, report, at)
    told_by = f"{reference}|{sort}"
    admitted = report.belongs_to(case)
    for announcement in _told(case, addition.added_at, content, admitted=admitted):
        notification_throttle.publish_throttled(
            settings.case_table, settings.topic, announcement, addition.added_at, at
        )
    if found is not None and attempts is not None:
        pack, came_at = open_pack(settings.pack), addition.added_at
        told_at = datetime.fromisoformat(came_at)
        note_money_of_report(table, pack, case, told_by, found.assessment, found.days, told_at)
        apply_severity(
            settings, case, DangerSource(reference, came_at, addition.id), found.assessment
        )
        attempts.complete()
    elif attempts is not None:
        _set_aside(settings, table, case, reference, addition)
        attempts.record_abandoned()
    telemetry.count_metric("ReportsAddedTo")


def _attempts(settings: LinkSettings, reference: str, addition: StoredAdditionView) -> ReadAttempts:
    return ReadAttempts(
        settings.case_table,
        keys.addition_key(reference, addition.id),
        addition.added_at,
        addition.attempts,
        waits_at={
            keys.FLOW_PARTITION_KEY: keys.retry_flow(reference),
            keys.FLOW_SORT_KEY: addition.added_at,
        },
    )


def follow_missed(settings: LinkSettings, case_id: str, reference: str) -> None:
    """Follow additions to a report that are in no case yet: the repair."""
    for addition in list_additions(settings.case_table, reference):
        if not addition.is_in_case:
            sort = keys.addition_key(reference, addition.id)[keys.SORT_KEY]
            follow_addition(settings, case_id, reference, sort)


def resolve_surviving_case(table: CaseTable, case_id: str) -> Case:
    """The case, or the one that goes on for it while its reports are on their way there."""
    case = table.get_case(case_id)
    for _ in range(MAX_OWNER_MERGES_FOLLOWED):
        if case.merged_into is None:
            break
        case = table.get_case(case.merged_into)
    return case


def _told(
    case: Case, came_at: str, content: AddedView | None, *, admitted: bool
) -> Iterator[Notification]:
    """The receiver of news of an addition: the present or last holder of the case."""
    if informed_unit(case) is not None or case.unread is not None:
        yield notifications.case_extended(
            case, notification_throttle.arrival_minute(came_at), admitted=admitted
        )
    elif content is not None and content.kind is AdditionKind.WITHDRAWAL:
        yield notifications.withdrawal_requested(case, admitted=admitted)


def end_question(
    settings: LinkSettings,
    table: CaseTable,
    case_id: str,
    reference: str,
    question: int,
    at: datetime,
) -> None:
    """End the question that was answered, by words or by a file."""

    def answer(case: Case) -> Change | None:
        try:
            return record_answer(case, at, question=question, report=reference)
        except IllegalMove:
            return None  # the answer came late, or twice: it is read all the same

    # The report may have been split off from the case that asks.
    put = {int(each["number"]): each["case_id"] for each in table.reports.questions(reference)}
    case, _ = table.update(put.get(question, case_id), answer)
    if case.needs_execution and case.stuck is None and case.run > 1:
        executions.start_execution(
            settings.workflow, case, at, jurisdiction_clocks(open_pack(settings.pack))
        )


def _set_aside(
    settings: LinkSettings,
    table: CaseTable,
    case: Case,
    reference: str,
    addition: StoredAdditionView,
) -> None:
    """Tell the duty desk of an addition that no machine can read, and note it on the case."""
    came_at = addition.added_at
    telling = notifications.report_unreadable(case, notification_throttle.arrival_minute(came_at))
    notification_throttle.publish_throttled(
        settings.case_table, settings.topic, telling, came_at, now()
    )

    def decide(case: Case) -> Change | None:
        if not lifecycle.is_legal_move(case.status, Move.UNREADABLE):
            return None  # it has ended: no decision is due, but the duty desk was told
        change = mark_addition_unreadable(case, now(), reference, addition.id)
        return None if waits_for_night(change) else change

    table.update(case.id, decide)


def publish_news(settings: LinkSettings, partition: str, sort: str) -> CaseEvent | None:
    """Announce an entry of a case's history to its receivers: its reporters, or the unit that ended
    the case. Returns the entry."""
    table = CaseTable(settings.case_table)
    case_id = keys.case_id_from_partition(partition)
    (number,) = keys.event_key.of_sort(sort)
    try:
        case = table.get_case(case_id)
    except CaseNotFound:
        return None
    event = table.event(case_id, number)
    if event is None:
        return None
    if is_reporter_news(event):
        notifications.publish_notification(
            settings.topic,
            notifications.reporter_update(
                case, news_name(case_id, number), reports_concerned(event)
            ),
            now(),
        )
    elif matches_ended_case(event):
        _tell_who_ended_it(settings, table, case, event)
    return event


def resume_workflow(settings: LinkSettings, case_id: str) -> None:
    """Tell the workflow of a decision on a case: its author could not where the service, or their
    own process, failed them. A case whose workflow a flood left unstarted is started now."""
    table, on = CaseTable(settings.case_table), jurisdiction_clocks(open_pack(settings.pack))
    case = table.get_case(case_id)
    if (
        executions.resume_after_decision(table, case, now(), on)
        or not case.needs_execution
        or case.stuck is not None
    ):
        return
    if table.waits.get_token(case_id) is None:
        start_unless_throttled(settings.workflow, case, on, decided=True)


def _tell_who_ended_it(
    settings: LinkSettings, table: CaseTable, case: Case, event: CaseEvent
) -> None:
    """Tell the unit that ended a case of a report on its identifiers, unless the unit hears of the
    report anyway because it also has the report's case."""
    unit = case.final_unit if case.status is Status.CLOSED else None
    if unit is None:
        return
    if informed_unit(resolve_surviving_case(table, str(event.data["case"]))) == unit:
        return
    notifications.publish_notification(
        settings.topic, notifications.ended_case_matched(case, unit, event.number), now()
    )


def republish_news_since(table: CaseTable, topic: str, case: Case, since: str) -> None:
    """Announce the news of a case since then once more; a reporter who had it gets no repeat.

    For reporters whose reports were still in transit into the case.
    """
    for event in table.events(case.id):
        if event.at >= since and is_reporter_news(event) and not reports_concerned(event):
            notifications.publish_notification(
                topic, notifications.reporter_update(case, news_name(case.id, event.number)), now()
            )


def reprocess_news(settings: LinkSettings, typed: Any) -> None:
    """Announce all news of a case again, and tell its workflow: the way back from the dead
    letters."""
    resume_workflow(settings, str(typed))
    for event in CaseTable(settings.case_table).events(str(typed)):
        if is_reporter_news(event) or matches_ended_case(event):
            sort = keys.event_key(str(typed), event.number)
            publish_news(settings, sort[keys.PARTITION_KEY], sort[keys.SORT_KEY])
