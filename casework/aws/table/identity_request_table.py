"""Identity requests as stored, beside their case."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, Final

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.case_table import CaseTable
from casework.decisions.identity_requests import IdentityRequest, RequestStanding, erase_words
from casework.errors import RequestNotFound
from casework.text.compression import compress_text, decompress_text

READ_BATCH_SIZE: Final = 100
"""Requests that are read at once."""


def list_identity_requests(table: str, case_id: str) -> list[IdentityRequest]:
    """The requests of a case, oldest first."""
    return [
        identity_request_from_item(item)
        for item in items.query_prefix(table, *keys.identity_key.under(case_id))
    ]


def get_identity_request(table: str, case_id: str, number: int) -> IdentityRequest:
    """One request, strongly read; raises RequestNotFound."""
    item = (
        items.get_item(table, keys.identity_key(case_id, number)) if 0 < number < 10_000 else None
    )
    if item is None:
        raise RequestNotFound("The case has no such identity request.")
    return identity_request_from_item(item)


def get_actionable_identity_request(table: CaseTable, case_id: str, number: int) -> IdentityRequest:
    """One request to act on: it counts as erased with its report, though its texts go later.

    Raises RequestNotFound.
    """
    request = get_identity_request(table.name, case_id, number)
    return erase_words(request) if table.reports.get_report(request.report) is None else request


def identity_request_to_item(request: IdentityRequest) -> dict[str, Any]:
    """A request in stored form, in plain values."""
    return {
        **keys.identity_key(request.case, request.number),
        **request.model_dump(mode="json", exclude={"motive", "reason", "salt"}, exclude_none=True),
        "motive": compress_text(request.motive),
        "reason": compress_text(request.reason) if request.reason else None,
        "salt": request.salt,
    }


def undecided_request_key(request: IdentityRequest) -> dict[str, str]:
    """Key of the line that shows deciders a waiting request."""
    return desk_keys.custody_key(request.asked_at, request.case, request.number)


def list_undecided_requests(table: str) -> Iterator[IdentityRequest]:
    """Undecided requests, oldest first, read on demand."""
    lines = items.query_prefix(table, desk_keys.custody_key.partition())
    while some := list(map(desk_keys.custody_key.of, islice(lines, READ_BATCH_SIZE))):
        wanted = [keys.identity_key(case_id, number) for _, case_id, number in some]
        found = map(identity_request_from_item, items.get_items(table, wanted))
        for request in sorted(found, key=lambda each: (each.asked_at, each.case, each.number)):
            if request.standing is RequestStanding.ASKED:
                yield request


def has_undecided_request(table: str, case_id: str, gone: Collection[str]) -> bool:
    """Whether the case has an undecided request, apart from those about erased reports."""
    return any(
        each.standing is RequestStanding.ASKED and each.report not in gone
        for each in list_identity_requests(table, case_id)
    )


def erase_identity_requests(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Erase the texts of a case's requests, or of those about one report, one per step.

    A request and its line on the custodians' list change together, so the list never shows one
    without the other.
    """
    for request in list_identity_requests(table, case_id):
        if report not in (None, request.report) or request.standing is RequestStanding.ERASED:
            continue
        items.write_transaction(
            [
                items.put_write(table, identity_request_to_item(erase_words(request))),
                items.delete_write(table, undecided_request_key(request)),
            ]
        )
        yield


def identity_request_from_item(item: dict[str, Any]) -> IdentityRequest:
    said = {**item, "motive": decompress_text(item["motive"])}
    if "reason" in item:
        said["reason"] = decompress_text(item["reason"])
    return IdentityRequest.model_validate(said)
