"""Alerts of danger in a case: at most one in each window, and the number of dangerous reports.

Each dangerous report or addition leaves a mark beside its case, under the minute of its arrival and
its own name. So a receiver hears of a case once in `windows.WINDOW`, however often a report is read
and however many reports a sender sends, and the desk sees their number. A mark expires after
`windows.KEPT`, and is erased with its report before that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casework.aws.services import announcements
from casework.aws.services.announcements import Announcement
from casework.aws.services.clients import client
from casework.aws.table import items, keys
from casework.aws.table.linked_reports import LinkedReports
from casework.aws.table.windows import KEPT, marked, minute_of
from casework.aws.table.wire import to_wire
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.errors import Busy
from casework.moves.weight import Weight, heavier

_QUIET: Final = "quiet"
"""In the mark of the opening report: whether others had told of danger before it."""
MOST_TRIES: Final = 8
"""Tries of a mark while others write beside the report."""


@dataclass(frozen=True)
class DangerSource:
    """The source of a danger: a report, or an addition."""

    report: str
    came_at: str
    addition: str | None = None
    """Its id."""

    @property
    def named(self) -> dict[str, str]:
        """Its name in a history."""
        return {"report": self.report, **({"addition": self.addition} if self.addition else {})}

    @property
    def whole(self) -> str:
        """A unique name that is the same at each reading."""
        return "|".join(self.named.values())


def alert(
    table: str, topic: str, case: Case, weight: Weight, source: DangerSource, now: datetime
) -> None:
    """Alert the duty desk of danger in a case, unless it was alerted within the window, with the
    urgency that the new danger gives the case.

    After danger was withdrawn, the next one alerts at once. A repetition sends at most the same
    notification. The alert is sent before its mark is stored, so a crash between repeats it and
    does not lose it.
    """
    # Where the case cannot be raised, as after its end, its missing danger is no person's decision.
    withdrawn = not case.imminent and lifecycle.allows(case.status, Move.RAISE)
    if withdrawn or not marked(table, case.id, keys.alert_source_key.begins, source.came_at):
        minute = minute_of(source.came_at)
        weighed = case.model_copy(update=heavier(case, weight))
        announcements.publish(topic, announcements.endangered(weighed, minute), now)
    _keep_beside(table, case.id, source, now)


def opened(table: str, case: Case, now: datetime) -> Announcement | None:
    """The alert for the danger that opened a case; None if a joined report's danger was announced
    within the window.

    This is decided once and stored before the alert: repeating it gives the same answer, and joined
    reports rely on it.
    """
    source = DangerSource(case.opened_by, case.opened_at)
    mark = _item(case.id, source, now)
    key = {name: mark[name] for name in (keys.PARTITION, keys.SORT)}
    quiet = marked(table, case.id, keys.alert_source_key.begins, source.came_at)
    if not items.put_new(table, {**mark, _QUIET: quiet}):
        kept = items.get(table, key)
        quiet = kept is not None and bool(kept.get(_QUIET, True))
    return None if quiet else announcements.alerted(case)


def _keep_beside(table: str, case_id: str, source: DangerSource, now: datetime) -> None:
    """The same, unless the report was erased meanwhile; raises Busy while many write beside it."""
    item = _item(case_id, source, now)
    key = {name: item[name] for name in (keys.PARTITION, keys.SORT)}
    put = {"TableName": table, "Item": to_wire(item), "ConditionExpression": items.NEW}
    reports = LinkedReports(table)
    for _ in range(MOST_TRIES):
        try:
            items.transact([{"Put": put}, reports.there(source.report)])
        except items.WrittenMeanwhile:
            if items.get(table, key) is None and reports.one(source.report) is not None:
                continue
        return
    raise Busy("Very much is written beside the report.")


def _item(case_id: str, source: DangerSource, now: datetime) -> dict[str, Any]:
    minute, over = minute_of(source.came_at), now + KEPT
    key = keys.alert_key(case_id, minute, source.report, source.addition)
    return {**key, keys.EXPIRES_AT: int(over.timestamp())}


def erase(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Delete the marks of danger of a case, or those of one report, one per step."""
    for key in items.keys_under(table, *keys.alert_source_key.under(case_id)):
        *_, source = keys.alert_source_key.of(key)
        if report in (None, source.partition("#")[0]):
            items.delete(table, key)
            yield


def how_many(table: str, case_id: str) -> int:
    """The number of recent dangerous reports and additions of a case."""
    partition, begins = keys.alert_source_key.under(case_id)
    answer = client("dynamodb").query(
        TableName=table,
        Select="COUNT",
        KeyConditionExpression="pk = :pk AND begins_with(sk, :begins)",
        ExpressionAttributeValues=to_wire({":pk": partition, ":begins": begins}),
        ConsistentRead=True,
    )
    return int(answer["Count"])
