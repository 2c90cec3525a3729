"""Reports that come into a case: each gets the next number there, several in one transaction.

Reports of one batch that join the same case take their numbers together: one by one they would be
some fifty a second for a case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from casework.aws.table import case_reports, desk_keys, items, keys
from casework.aws.table.backoff import sleep_with_backoff
from casework.aws.table.report_table import ERASED_AT_FIELD
from casework.aws.table.timeline_cut_offs import stop_first_report_writes
from casework.aws.table.wire import to_wire_item
from casework.case.first_glance import OwedGlance
from casework.case.value_objects import DeadlineKind, ReportClock
from casework.errors import Busy
from casework.text.reference import case_id_from_reference

EXISTING_REPORT_CONDITION: Final = (
    f"attribute_exists({keys.PARTITION_KEY}) AND attribute_not_exists({ERASED_AT_FIELD})"
)
"""The condition that a report exists, and not only its tombstone."""
ADD_FORMER_CASE_CLAUSE: Final = "ADD was_in :was_in"
"""A report keeps every case that it has left: figures find it by them (`statistics_table`)."""
ATTEMPT_ATTRIBUTES: Final = (
    f"{keys.FLOW_PARTITION_KEY}, {keys.FLOW_SORT_KEY}, attempts, attempted_at"
)
"""The attributes of the waiting list for linking, and of the attempts at reading."""
MAX_JOIN_ATTEMPTS: Final = 10
"""Tries of reports for their numbers while others join the same case."""
MAX_JOINS_PER_TRANSACTION: Final = 24
"""Reports in one transaction: each has three writes, and one of them four, of the hundred that it
may have; the second of a case takes four more."""


@dataclass(frozen=True)
class IncomingReport:
    """A report on its way into a case, and what is kept of that."""

    reference: str
    told: Mapping[str, Any]
    alone: ReportClock | None = None
    """Its clock, which starts unless it runs already."""
    glance: OwedGlance | None = None
    """What is kept for the first look at it, which is owed from its first link on."""

    @classmethod
    def from_link_results(
        cls,
        reference: str,
        linked_by: Sequence[str],
        own_named: Sequence[str] = (),
        named: Mapping[str, str] | None = None,
        alone: ReportClock | None = None,
        glance: OwedGlance | None = None,
        *,
        identifiers: Collection[str] = (),
        clues: Sequence[str] = (),
        unreadable: bool = False,
    ) -> Self:
        """From the results of linking, which are as in `StoredReport`."""
        attributes: dict[str, Any] = {
            "linked_by": list(linked_by),
            **({"own_named": list(own_named)} if own_named else {}),
            **({"named": dict(named)} if named else {}),
            **({"identifiers": set(identifiers)} if identifiers else {}),
            **({"clues": list(clues)} if clues else {}),
            **({"unreadable": True} if unreadable else {}),
        }
        return cls(reference, attributes, alone, glance)


def join_reports(table: str, case_id: str, at: str, comings: Sequence[IncomingReport]) -> set[str]:
    """Put some reports into a case in the order given, or move them there from cases that had
    closed before they came; returns those that were not there before.

    A report that people took out of a case stays where it is, and so does one that was erased
    meanwhile: none of its words return beside a tombstone. Raises Busy while very many come.
    """
    for attempt in range(MAX_JOIN_ATTEMPTS):
        if attempt:
            sleep_with_backoff(attempt)
        # Before the reports: whoever is the first of the case by then is read as linked, and no
        # transaction has two writes for it.
        last = case_reports.last_report_number(table, case_id)
        found = _read(table, [each.reference for each in comings])
        new = {
            each.reference: each for each in comings if _comes(found.get(each.reference), case_id)
        }
        if not new:
            return set()
        for reference, each in new.items():
            if (begins := _clock_of(found[reference], each)) is not None:
                # Before it is linked: no clock runs without its line, and a line without its clock
                # has no effect.
                items.put_item(table, keys.due_key(begins.due, DeadlineKind.ALONE, reference))
        writes: list[dict[str, Any]] = []
        alone = last == 0 and len(new) == 1
        for number, each in enumerate(new.values(), start=last + 1):
            item = found[each.reference]
            writes += _coming(table, item, each, case_id, at, number, alone=alone)
        if last == 1:
            writes += stop_first_report_writes(table, case_id, at)
        try:
            items.write_transaction(writes)
        except items.WriteConflict:
            continue
        return set(new)
    raise Busy("Very many reports come into the case.")


def attribute_placeholders(told: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The placeholders of some attributes, and their values."""
    names = {f"#{number}": name for number, name in enumerate(told)}
    return names, {f":{name[1:]}": told[attribute] for name, attribute in names.items()}


def set_expression(names: Mapping[str, str]) -> str:
    """The assignments of an update, from placeholders."""
    return ", ".join(f"{name} = :{name[1:]}" for name in names)


def _read(table: str, references: Sequence[str]) -> dict[str, dict[str, Any]]:
    if len(references) == 1:
        item = items.get_item(table, keys.report_key(references[0]))
        return {references[0]: item} if item else {}
    wanted = [keys.report_key(each) for each in dict.fromkeys(references)]
    read = items.get_items(table, wanted)
    return {keys.reference_from_partition(item[keys.PARTITION_KEY]): item for item in read}


def _comes(item: Mapping[str, Any] | None, case_id: str) -> bool:
    if item is None or "facts" not in item or "stayed" in item:
        return False
    return item.get("case_id") != case_id or keys.FLOW_PARTITION_KEY in item


def _clock_of(item: Mapping[str, Any], coming: IncomingReport) -> ReportClock | None:
    """The clock that begins with the first link of a report."""
    return coming.alone if "alone" not in item else None


def first_link_attributes(
    item: Mapping[str, Any], reference: str, begins: ReportClock, glance: OwedGlance | None
) -> dict[str, Any]:
    """What a report owes people from its first link on: its clock, and the first look at it."""
    clock = {"alone": begins.model_dump(mode="json")}
    if glance is None:
        return clock
    stands = glance.stands
    place = desk_keys.glance_place(
        glance.rank, str(item["accepted_at"]), reference, stands.turn, stands.group
    )
    return {**clock, "glance": glance.to_stored(), **place}


def _coming(
    table: str,
    item: Mapping[str, Any],
    coming: IncomingReport,
    case_id: str,
    at: str,
    number: int,
    *,
    alone: bool,
) -> list[dict[str, Any]]:
    """The writes by which a report, as it was read, joins a case by its own identifiers. `alone`
    is whether it is the first one there, and no other comes with it."""
    reference = coming.reference
    belongs = case_id_from_reference(reference) == case_id
    hears = {"case": case_id, "first": 1, "since": at} if belongs and alone else None
    begins = _clock_of(item, coming)
    first = first_link_attributes(item, reference, begins, coming.glance) if begins else {}
    attributes = {"linked_at": at, **coming.told, **first, "case_id": case_id, "number": number}
    attributes |= {"hears": hears} if hears else {}
    was = item.get("case_id")
    conditions = [
        EXISTING_REPORT_CONDITION,
        "case_id = :was" if was else "attribute_not_exists(case_id)",
    ]
    is_queued = "attribute_exists" if keys.FLOW_PARTITION_KEY in item else "attribute_not_exists"
    conditions.append(f"{is_queued}({keys.FLOW_PARTITION_KEY})")
    names, values = attribute_placeholders(attributes)
    linked = {
        "TableName": table,
        "Key": to_wire_item(keys.report_key(reference)),
        "UpdateExpression": f"SET {set_expression(names)} REMOVE {ATTEMPT_ATTRIBUTES} "
        f"{ADD_FORMER_CASE_CLAUSE if was else ''}",
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_wire_item(
            {**values, **({":was": was, ":was_in": {was}} if was else {})}
        ),
    }
    line = case_reports.put_report_line_write(
        table,
        case_id,
        number,
        reference,
        at,
        accepted_at=str(item["accepted_at"]),
        belongs=belongs,
        hears=hears is not None,
    )
    writes = [line, {"Update": linked}]
    if was and "number" in item:
        writes += case_reports.remove_line_writes(table, was, item["number"])
    return writes
