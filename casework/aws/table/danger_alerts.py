"""Alerts of danger in a case: at most one in each window, and the number of dangerous reports.

Each dangerous report or addition leaves a mark beside its case, under the minute of its arrival and
its own name. So a receiver hears of a case once in `NOTIFICATION_THROTTLE_TIME`, however often a
report is read and however many reports a sender sends, and the desk sees their number. A mark
expires after `notification_throttle.MARK_TTL`, and is erased with its report before that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casework.aws.services import notifications
from casework.aws.services.clients import aws_client
from casework.aws.services.notifications import Notification
from casework.aws.table import items, keys
from casework.aws.table.case_report_table import LinkedReports
from casework.aws.table.notification_throttle import MARK_TTL, arrival_minute, was_notified
from casework.aws.table.wire import to_wire_item
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.errors import Busy
from casework.moves.severity import CaseSeverity, raised_fields

_QUIET: Final = "quiet"
"""In the mark of the opening report: whether others had told of danger before it."""
MAX_ALERT_ATTEMPTS: Final = 8
"""Tries of a mark while others write beside the report."""


@dataclass(frozen=True)
class DangerSource:
    """The source of a danger: a report, or an addition."""

    report: str
    came_at: str
    addition: str | None = None
    """Its id."""

    @property
    def history_fields(self) -> dict[str, str]:
        """Its name in a history."""
        return {"report": self.report, **({"addition": self.addition} if self.addition else {})}

    @property
    def unique_name(self) -> str:
        """A unique name that is the same at each reading."""
        return "|".join(self.history_fields.values())


def send_danger_alert(
    table: str, topic: str, case: Case, weight: CaseSeverity, source: DangerSource, now: datetime
) -> None:
    """Alert the duty desk of danger in a case, unless it was alerted within the window, with the
    urgency that the new danger gives the case.

    After danger was withdrawn, the next one alerts at once. A repetition sends at most the same
    notification. The alert is sent before its mark is stored, so a crash between repeats it and
    does not lose it.
    """
    # Where the case cannot be raised, as after its end, its missing danger is no person's decision.
    withdrawn = not case.imminent and lifecycle.is_legal_move(case.status, Move.RAISE)
    if withdrawn or not was_notified(table, case.id, keys.alert_source_key.begins, source.came_at):
        minute = arrival_minute(source.came_at)
        weighed = case.model_copy(update=raised_fields(case, weight))
        notifications.publish_notification(topic, notifications.danger_added(weighed, minute), now)
    _keep_beside(table, case.id, source, now)


def opening_alert(table: str, case: Case, now: datetime) -> Notification | None:
    """The alert for the danger that opened a case; None if a joined report's danger was announced
    within the window.

    This is decided once and stored before the alert: repeating it gives the same answer, and joined
    reports rely on it.
    """
    source = DangerSource(case.opened_by, case.opened_at)
    mark = _item(case.id, source, now)
    key = {name: mark[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
    quiet = was_notified(table, case.id, keys.alert_source_key.begins, source.came_at)
    if not items.put_new_item(table, {**mark, _QUIET: quiet}):
        kept = items.get_item(table, key)
        quiet = kept is not None and bool(kept.get(_QUIET, True))
    return None if quiet else notifications.danger_alert(case)


def _keep_beside(table: str, case_id: str, source: DangerSource, now: datetime) -> None:
    """The same, unless the report was erased meanwhile; raises Busy while many write beside it."""
    item = _item(case_id, source, now)
    key = {name: item[name] for name in (keys.PARTITION_KEY, keys.SORT_KEY)}
    put = {
        "TableName": table,
        "Item": to_wire_item(item),
        "ConditionExpression": items.IF_ABSENT_CONDITION,
    }
    reports = LinkedReports(table)
    for _ in range(MAX_ALERT_ATTEMPTS):
        try:
            items.write_transaction([{"Put": put}, reports.existence_check(source.report)])
        except items.WriteConflict:
            if items.get_item(table, key) is None and reports.get_report(source.report) is not None:
                continue
        return
    raise Busy("Very much is written beside the report.")


def _item(case_id: str, source: DangerSource, now: datetime) -> dict[str, Any]:
    minute, over = arrival_minute(source.came_at), now + MARK_TTL
    key = keys.alert_key(case_id, minute, source.report, source.addition)
    return {**key, keys.EXPIRES_AT_FIELD: int(over.timestamp())}


def erase_alerts(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Delete the marks of danger of a case, or those of one report, one per step."""
    for key in items.query_keys(table, *keys.alert_source_key.under(case_id)):
        *_, source = keys.alert_source_key.of(key)
        if report in (None, source.partition("#")[0]):
            items.delete_item(table, key)
            yield


def count_dangers(table: str, case_id: str) -> int:
    """The number of recent dangerous reports and additions of a case."""
    partition, begins = keys.alert_source_key.under(case_id)
    answer = aws_client("dynamodb").query(
        TableName=table,
        Select="COUNT",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
        ExpressionAttributeValues=to_wire_item({":pk": partition, ":begins": begins}),
        ConsistentRead=True,
    )
    return int(answer["Count"])
