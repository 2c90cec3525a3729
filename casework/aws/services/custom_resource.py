"""The answers of a custom resource to CloudFormation.

CloudFormation sends an event and receives the answer at an address of S3 that is signed for one
upload. The holder of the address can answer in our place, so no log and no error contains it
(CloudFormation User Guide, "Custom resource request types").
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

CALLBACK_TIMEOUT_SECONDS: Final = 5
CALLBACK_PAUSES_SECONDS: Final = (1, 4)
"""Seconds between tries."""
HTTP_OK_TEXT: Final = "200"
ECHOED_REQUEST_FIELDS: Final = ("StackId", "RequestId", "LogicalResourceId")


class ResponseNotDelivered(Exception):
    """CloudFormation did not take the answer; it waits until the resource's timeout."""

    error_code = "NotAnswered"


def success_response(event: Mapping[str, Any], named: str, **data: str) -> dict[str, Any]:
    """Success. `named` identifies the resource: another name is another resource, and
    CloudFormation then requests the deletion of the former one."""
    return {**_of(event, named), "Status": "SUCCESS", "Data": data}


def failure_response(event: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Failure, with a reason that people read among the stack's events."""
    named = event.get("PhysicalResourceId") or event["LogicalResourceId"]
    return {**_of(event, named), "Status": "FAILED", "Reason": reason}


def send_response(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Send the answer to CloudFormation; raises ResponseNotDelivered, which does not contain the
    address."""
    for pause in CALLBACK_PAUSES_SECONDS:
        if _once(event, answer) == HTTP_OK_TEXT:
            return
        time.sleep(pause)
    heard = _once(event, answer)
    if heard != HTTP_OK_TEXT:
        raise ResponseNotDelivered(heard)


def _once(event: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The received status, or the kind of error."""
    place = urlsplit(str(event["ResponseURL"]))
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=CALLBACK_TIMEOUT_SECONDS)
    try:
        # The signature covers an empty type.
        connection.request(
            "PUT", f"{place.path}?{place.query}", json.dumps(answer), {"Content-Type": ""}
        )
        return str(connection.getresponse().status)
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


def _of(event: Mapping[str, Any], named: str) -> dict[str, Any]:
    return {**{name: event[name] for name in ECHOED_REQUEST_FIELDS}, "PhysicalResourceId": named}
