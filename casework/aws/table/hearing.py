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
from casework.aws.table.arrivals import REFERENCE
from casework.aws.table.stored import case_from, report_from
from casework.aws.table.tellings import way_to
from casework.aws.table.wire import to_wire
from casework.case.case import Case
from casework.case.parts import Alone, Due
from casework.report.way import keeping


@dataclass(frozen=True)
class Silence:
    """What a report keeps as it stops hearing of its case."""

    kept: Mapping[str, Any] = field(default_factory=dict)
    """Attributes of the report."""
    writes: tuple[dict[str, Any], ...] = ()
    """Writes beside it: the line of its next deadline."""
    as_read: tuple[dict[str, Any], ...] = ()
    """The check that the case has told nothing since."""


def silence(table: str, reference: str, case: Case, at: str) -> Silence:
    """What a report keeps that hears of a case until now.

    Once people acted, its own clock goes on as that of the case does now. So its reporter is told
    of lateness as one whose case nobody else joined.
    """
    check = (_as_read(table, case),)
    found = way_to(table, reference, at)
    if found is None:
        return Silence(as_read=check)
    report, came = found
    if (kept := keeping(report, came, at)) is None or kept == report.kept:
        return Silence(as_read=check)
    told = {"kept": kept.model_dump(mode="json")}
    wait = case.wait if case.status.law.waits else None
    if wait is None or wait.level or wait.due <= at:
        return Silence(told, as_read=check)
    clock = Alone(since=at, due=wait.due, late=wait.due, priority=case.priority)
    line = items.putting(table, keys.due_key(clock.due, Due.ALONE, reference))
    return Silence({**told, "alone": clock.model_dump(mode="json")}, (line,), check)


def no_longer_alone(table: str, case_id: str, at: str) -> list[dict[str, Any]]:
    """The writes by which the first report of a case stops hearing of it, as a second one comes;
    none where it does not hear, or people admitted it."""
    stored = items.get(table, keys.case_key(case_id))  # first: what is read later is as new
    line = items.get(table, keys.arrived_key(case_id, 1)) or {}
    item = items.get(table, keys.report_key(line[REFERENCE])) if REFERENCE in line else None
    if stored is None or item is None or "facts" not in item:
        return []
    report = report_from(item)
    hears = report.hears is not None and report.hears.case == case_id
    if not hears or report.admitted is not None:
        return []
    stops = silence(table, report.reference, case_from(stored), at)
    silent = {
        "TableName": table,
        "Key": to_wire(keys.report_key(report.reference)),
        "UpdateExpression": f"{_setting(stops.kept)} REMOVE hears",
        "ConditionExpression": "hears.#case = :case",
        "ExpressionAttributeNames": {"#case": "case", **_names(stops.kept)},
        "ExpressionAttributeValues": to_wire(
            {":case": case_id, **{f":{name}": value for name, value in stops.kept.items()}}
        ),
    }
    line_of_it = {
        "TableName": table,
        "Key": to_wire(keys.arrived_key(case_id, 1)),
        "UpdateExpression": "REMOVE hears",
        "ConditionExpression": f"attribute_exists({keys.PARTITION})",
    }
    return [*stops.as_read, {"Update": silent}, {"Update": line_of_it}, *stops.writes]


def _as_read(table: str, case: Case) -> dict[str, Any]:
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": to_wire(keys.case_key(case.id)),
            "ConditionExpression": "revision = :was",
            "ExpressionAttributeValues": to_wire({":was": case.revision}),
        }
    }


def _setting(said: Mapping[str, Any]) -> str:
    return f"SET {', '.join(f'#{name} = :{name}' for name in said)}" if said else ""


def _names(said: Mapping[str, Any]) -> dict[str, str]:
    return {f"#{name}": name for name in said}
