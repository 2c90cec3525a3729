"""How a report stops hearing of its case: what was told is kept with it, all in one transaction.

A report hears of a case by nature only while no second one ever came there. The write that gives
the second number takes that away from the first. It is bound to the case as it was read, so nothing
is told in between and then forgotten; with another version it is made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.aws.table import items, keys
from casework.aws.table.case_reports import REPORT_REFERENCE_FIELD
from casework.aws.table.item_mapping import case_from_item, report_from_item
from casework.aws.table.public_timelines import read_public_timeline
from casework.aws.table.wire import to_wire_item
from casework.case.case import Case
from casework.case.value_objects import DeadlineKind, ReportClock
from casework.report.public_timeline import entries_to_keep


@dataclass(frozen=True)
class TimelineCutOff:
    """What a report keeps as it stops hearing of its case."""

    kept: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the report."""
    writes: tuple[dict[str, Any], ...] = ()
    """Writes beside it: the line of its next deadline."""
    as_read: tuple[dict[str, Any], ...] = ()
    """The check that the case has told nothing since."""


def kept_public_timeline(table: str, reference: str, case: Case, at: str) -> TimelineCutOff:
    """What a report keeps that hears of a case until now.

    Once people acted, its own clock goes on as that of the case does now. So its reporter is told
    of lateness as one whose case nobody else joined.
    """
    check = (_as_read(table, case),)
    found = read_public_timeline(table, reference, at)
    if found is None:
        return TimelineCutOff(as_read=check)
    report, came = found
    if (kept := entries_to_keep(report, came, at)) is None or kept == report.kept:
        return TimelineCutOff(as_read=check)
    told = {"kept": kept.model_dump(mode="json")}
    wait = case.wait if case.status.rule.waits else None
    if wait is None or wait.level or wait.due <= at:
        return TimelineCutOff(told, as_read=check)
    clock = ReportClock(since=at, due=wait.due, late=wait.due, priority=case.priority)
    line = items.put_write(table, keys.due_key(clock.due, DeadlineKind.ALONE, reference))
    return TimelineCutOff({**told, "alone": clock.model_dump(mode="json")}, (line,), check)


def stop_first_report_writes(table: str, case_id: str, at: str) -> list[dict[str, Any]]:
    """The writes by which the first report of a case stops hearing of it, as a second one comes;
    none where it does not hear, or people admitted it."""
    stored = items.get_item(table, keys.case_key(case_id))  # first: what is read later is as new
    line = items.get_item(table, keys.arrived_key(case_id, 1)) or {}
    item = (
        items.get_item(table, keys.report_key(line[REPORT_REFERENCE_FIELD]))
        if REPORT_REFERENCE_FIELD in line
        else None
    )
    if stored is None or item is None or "facts" not in item:
        return []
    report = report_from_item(item)
    hears = report.hears is not None and report.hears.case == case_id
    if not hears or report.admitted is not None:
        return []
    stops = kept_public_timeline(table, report.reference, case_from_item(stored), at)
    silent = {
        "TableName": table,
        "Key": to_wire_item(keys.report_key(report.reference)),
        "UpdateExpression": f"{_setting(stops.kept)} REMOVE hears",
        "ConditionExpression": "hears.#case = :case",
        "ExpressionAttributeNames": {"#case": "case", **_names(stops.kept)},
        "ExpressionAttributeValues": to_wire_item(
            {":case": case_id, **{f":{name}": value for name, value in stops.kept.items()}}
        ),
    }
    line_of_it = {
        "TableName": table,
        "Key": to_wire_item(keys.arrived_key(case_id, 1)),
        "UpdateExpression": "REMOVE hears",
        "ConditionExpression": f"attribute_exists({keys.PARTITION_KEY})",
    }
    return [*stops.as_read, {"Update": silent}, {"Update": line_of_it}, *stops.writes]


def _as_read(table: str, case: Case) -> dict[str, Any]:
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": to_wire_item(keys.case_key(case.id)),
            "ConditionExpression": "revision = :was",
            "ExpressionAttributeValues": to_wire_item({":was": case.revision}),
        }
    }


def _setting(said: Mapping[str, Any]) -> str:
    return f"SET {', '.join(f'#{name} = :{name}' for name in said)}" if said else ""


def _names(said: Mapping[str, Any]) -> dict[str, str]:
    return {f"#{name}": name for name in said}
