"""Openings of reporters' numbers that people still judge, as stored: a line for each.

The opening itself is an entry of its case, with its words beside it. A line goes with the
judgement, and stays where the report is erased: what a person did is judged without the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework.aws.table import desk_keys, items, keys, particulars
from casework.aws.table.joins import EXISTING_REPORT_CONDITION
from casework.aws.table.wire import to_wire_item
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.numbers import NumberOpening
from casework.text.realm import Realm


def line_key(opening: NumberOpening) -> dict[str, str]:
    """Key of the line of an opening that waits."""
    return desk_keys.number_opening_key(
        opening.at, opening.case, opening.number, unclear=opening.unclear
    )


def number_opening_to_line(opening: NumberOpening) -> dict[str, Any]:
    """The line in stored form, in plain values."""
    return {
        **line_key(opening),
        "by": opening.by,
        "report": opening.report,
        "ground": opening.ground,
    }


def list_unjudged_number_openings(table: str, realm: Realm) -> Iterator[NumberOpening]:
    """All openings of a realm that people still judge: those for auditors, then the others."""
    yield from map(_opening, items.query_prefix(table, desk_keys.openings_partition(realm)))


def get_number_opening(table: str, case_id: str, at: str, number: int) -> NumberOpening | None:
    """The opening of an entry of a case, at its time; None where nobody judges it any more."""
    for unclear in (False, True):
        key = desk_keys.number_opening_key(at, case_id, number, unclear=unclear)
        if (item := items.get_item(table, key)) is not None:
            return _opening(item)
    return None


def read_number_opening_reasons(
    table: str, openings: list[NumberOpening]
) -> dict[tuple[str, int], str]:
    """Why each number was opened, by case and entry; none of an erased report."""
    found = {}
    for each in openings:
        stored = items.get_item(table, keys.particulars_key(each.case, each.number))
        if stored is not None:
            found[each.case, each.number] = str(
                particulars.particulars_from_item(stored).said[FREE_WORDS_FIELD]
            )
    return found


def number_opened_update_write(table: str, reference: str, quarter: str) -> dict[str, Any]:
    """The write that tells the reporter in which quarter of an hour their number was opened, if the
    report is there and not erased."""
    return {
        "Update": {
            "TableName": table,
            "Key": to_wire_item(keys.report_key(reference)),
            "UpdateExpression": "ADD number_opened :quarter",
            "ConditionExpression": EXISTING_REPORT_CONDITION,
            "ExpressionAttributeValues": to_wire_item({":quarter": {quarter}}),
        }
    }


def _opening(item: Mapping[str, Any]) -> NumberOpening:
    unclear, at, case_id, number = desk_keys.parse_number_opening_sort(item)
    return NumberOpening(
        case=case_id,
        number=number,
        at=at,
        unclear=unclear,
        by=item["by"],
        report=item["report"],
        ground=item["ground"],
    )
