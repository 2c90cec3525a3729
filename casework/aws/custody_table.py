"""Identity requests as they are kept, beside the case they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casework.aws import items, keys
from casework.aws.clients import client
from casework.aws.wire import to_wire
from casework.custody import IdentityRequest
from casework.errors import RequestNotFound
from casework.folding import fold, unfold


def requests_of(table: str, case_id: str) -> list[IdentityRequest]:
    """The requests of a case, oldest first."""
    partition = keys.case_key(case_id)[keys.PARTITION]
    return [_request(item) for item in items.under(table, partition, keys.IDENTITY_PREFIX)]


def request_of(table: str, case_id: str, number: int) -> IdentityRequest:
    """One request, strongly read; raises RequestNotFound."""
    item = items.get(table, keys.identity_key(case_id, number)) if 0 < number < 10_000 else None
    if item is None:
        raise RequestNotFound("The case has no such identity request.")
    return _request(item)


def request_item(request: IdentityRequest) -> dict[str, Any]:
    """A request as it is stored, in plain values."""
    return {
        **keys.identity_key(request.case, request.number),
        **request.model_dump(mode="json", exclude={"motive", "reason"}, exclude_none=True),
        "motive": fold(request.motive),
        "reason": fold(request.reason) if request.reason else None,
    }


def waiting_line(request: IdentityRequest) -> dict[str, Any]:
    """What shows custodians that a request waits for them."""
    return keys.custody_key(request.asked_at, request.case, request.number)


def waiting_requests(table: str, limit: int) -> Iterator[IdentityRequest]:
    """Requests that wait for a custodian, oldest first."""
    for item in items.under(table, keys.CUSTODY_PARTITION, limit=limit):
        case_id, number = keys.custody_of(item[keys.SORT])
        request = request_of(table, case_id, number)
        if request.standing == "asked":
            yield request


def no_longer_waits(table: str, request: IdentityRequest) -> None:
    """Take a decided request off the custodians' list."""
    client("dynamodb").delete_item(TableName=table, Key=to_wire(waiting_line(request)))


def _request(item: dict[str, Any]) -> IdentityRequest:
    said = {**item, "motive": unfold(item["motive"])}
    if "reason" in item:
        said["reason"] = unfold(item["reason"])
    return IdentityRequest.model_validate(said)
