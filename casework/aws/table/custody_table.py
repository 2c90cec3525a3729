"""Identity requests as stored, beside their case."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from casework.aws.table import desk_keys, items, keys
from casework.aws.table.case_table import CaseTable
from casework.decisions.identity import IdentityRequest, RequestStanding, erased
from casework.errors import RequestNotFound
from casework.text.folding import fold, unfold


def requests_of(table: str, case_id: str) -> list[IdentityRequest]:
    """The requests of a case, oldest first."""
    return [request_from(item) for item in items.under(table, *keys.identity_key.under(case_id))]


def request_of(table: str, case_id: str, number: int) -> IdentityRequest:
    """One request, strongly read; raises RequestNotFound."""
    item = items.get(table, keys.identity_key(case_id, number)) if 0 < number < 10_000 else None
    if item is None:
        raise RequestNotFound("The case has no such identity request.")
    return request_from(item)


def standing_request(table: CaseTable, case_id: str, number: int) -> IdentityRequest:
    """One request to act on: it counts as erased with its report, though its texts go later.

    Raises RequestNotFound.
    """
    request = request_of(table.name, case_id, number)
    return erased(request) if table.reports.one(request.report) is None else request


def request_item(request: IdentityRequest) -> dict[str, Any]:
    """A request in stored form, in plain values."""
    return {
        **keys.identity_key(request.case, request.number),
        **request.model_dump(mode="json", exclude={"motive", "reason", "salt"}, exclude_none=True),
        "motive": fold(request.motive),
        "reason": fold(request.reason) if request.reason else None,
        "salt": request.salt,
    }


def waiting_key(request: IdentityRequest) -> dict[str, str]:
    """Key of the line that shows deciders a waiting request."""
    return desk_keys.custody_key(request.asked_at, request.case, request.number)


def waiting_requests(table: str) -> Iterator[IdentityRequest]:
    """Undecided requests, oldest first, read on demand."""
    for item in items.under(table, desk_keys.custody_key.partition()):
        _, case_id, number = desk_keys.custody_key.of(item)
        request = request_of(table, case_id, number)
        if request.standing is RequestStanding.ASKED:
            yield request


def still_waits(table: str, case_id: str, gone: Collection[str]) -> bool:
    """Whether the case has an undecided request, apart from those about erased reports."""
    return any(
        each.standing is RequestStanding.ASKED and each.report not in gone
        for each in requests_of(table, case_id)
    )


def erase_requests(table: str, case_id: str, report: str | None = None) -> Iterator[None]:
    """Erase the texts of a case's requests, or of those about one report, one per step.

    A request and its line on the custodians' list change together, so the list never shows one
    without the other.
    """
    for request in requests_of(table, case_id):
        if report not in (None, request.report) or request.standing is RequestStanding.ERASED:
            continue
        items.transact(
            [
                items.putting(table, request_item(erased(request))),
                items.deleting(table, waiting_key(request)),
            ]
        )
        yield


def request_from(item: dict[str, Any]) -> IdentityRequest:
    said = {**item, "motive": unfold(item["motive"])}
    if "reason" in item:
        said["reason"] = unfold(item["reason"])
    return IdentityRequest.model_validate(said)
