"""Details of history entries: stored beside them, and erased with the case."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casework.aws.table import items, keys
from casework.case.history import Particulars
from casework.text.compression import compress_text, decompress_text


def particulars_to_item(case_id: str, number: int, about: Particulars) -> dict[str, Any]:
    """In stored form, in plain values, under the number of its event."""
    report = {"report": about.report} if about.report else {}
    content = compress_text(about.content.decode())
    return {
        **keys.particulars_key(case_id, number),
        "content": content,
        "salt": about.salt,
        **report,
    }


def particulars_from_item(stored: Mapping[str, Any]) -> Particulars:
    """The details that `item` stored; raises ValueError or zlib.error for unreadable bytes."""
    return Particulars(
        said=json.loads(decompress_text(stored["content"])),
        salt=stored["salt"],
        report=stored.get("report"),
    )


def read_case_particulars(table: str, case_id: str) -> dict[int, Mapping[str, Any]]:
    """All details of a case, by the number of the event."""
    return {
        number: particulars_from_item(stored).said for number, stored in _stored(table, case_id)
    }


def read_particulars(
    table: str, entries: Sequence[tuple[str, int]]
) -> dict[tuple[str, int], Mapping[str, Any]]:
    """The details of at most 100 entries, each named by its case and number, without missing
    ones."""
    wanted = [keys.particulars_key(case_id, number) for case_id, number in entries]
    return {
        keys.particulars_key.of(stored): particulars_from_item(stored).said
        for stored in (items.get_items(table, wanted) if wanted else ())
    }


def erase_particulars(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Erase the details of a case, or those from one report, one per step."""
    for number, stored in _stored(table, case_id):
        if report in (None, stored.get("report")):
            items.delete_item(table, keys.particulars_key(case_id, number))
            yield


def _stored(table: str, case_id: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for stored in items.query_prefix(table, *keys.particulars_key.under(case_id)):
        yield keys.particulars_key.of(stored)[1], stored
