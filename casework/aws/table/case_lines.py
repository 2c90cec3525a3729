"""The lines of a case in lists: deadlines, duties, caseload, number, and its entries by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.index import entry_names
from casework.case.lifecycle import Status
from casework.case.value_objects import Duty


def index_lines(case_id: str, event: CaseEvent) -> Iterator[dict[str, Any]]:
    """The items by which an entry is found again under its names."""
    for name in entry_names(event):
        yield {**keys.entry_index_key(case_id, name), "number": event.number, "at": event.at}


def caseload_key_of_case(case: Case | None) -> dict[str, str]:
    """Key of the line of the case among what stands with its unit; empty where it has none."""
    if case is None or case.unit_state is None or case.referral is None:
        return {}
    return desk_keys.caseload_line_key(case.referral.unit, case.id)


def number_writes(table: str, case: Case) -> dict[str, Any]:
    """The write that gives a new case its number, unless another case has it."""
    item = {**keys.number_key(case.number), "case_id": case.id}
    return {
        "Put": {
            "TableName": table,
            "Item": to_wire_item(item),
            "ConditionExpression": items.IF_ABSENT_CONDITION,
        },
    }


def side_line_writes(case: Case) -> dict[tuple[str, str], dict[str, str]]:
    """The lines of a case in the lists beside the indexes: on the duty desk, among the sweeper's
    deadlines, and of cases that courts hold. Attributes by partition and sort key."""

    def place(kind: Duty) -> str:
        return desk_keys.duty_place(kind, case)

    acts = (case.attended, case.taken, *case.tries[-1:])
    cared = " ".join(each.at for each in acts if each is not None)
    attended = {desk_keys.ATTENDED_FIELD: cared} if cared else {}
    holds = case.court_holds if case.status is not Status.ERASED else ()
    last = max(holds, key=lambda each: each.until, default=None)
    held = {"until": last.until, "entry": f"{last.entry} {last.until}"} if last else {}
    lines = [
        *([{**keys.legal_hold_key(case.id), **held}] if held else []),
        *({**desk_keys.duty_key(kind, place(kind)), **attended} for kind in case.duties),
        *(
            keys.due_key(wait.due, kind.value, case.id)
            for kind, wait in case.pending_deadlines.items()
        ),
    ]
    return {(line[keys.PARTITION_KEY], line[keys.SORT_KEY]): line for line in lines}
