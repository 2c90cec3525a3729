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

SECONDS: Final = 5
PAUSES: Final = (1, 4)
"""Seconds between tries."""
OK: Final = "200"
FROM_THE_REQUEST: Final = ("StackId", "RequestId", "LogicalResourceId")


class NotAnswered(Exception):
    """CloudFormation did not take the answer; it waits until the resource's timeout."""

    error_code = "NotAnswered"


def succeeded(event: Mapping[str, Any], named: str, **data: str) -> dict[str, Any]:
    """Success. `named` identifies the resource: another name is another resource, and
    CloudFormation then requests the deletion of the former one."""
    return {**_of(event, named), "Status": "SUCCESS", "Data": data}


def failed(event: Mapping[str, Any], reason: str) -> dict[str, Any]:
    """Failure, with a reason that people read among the stack's events."""
    named = event.get("PhysicalResourceId") or event["LogicalResourceId"]
    return {**_of(event, named), "Status": "FAILED", "Reason": reason}


def send(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Send the answer to CloudFormation; raises NotAnswered, which does not contain the address."""
    for pause in PAUSES:
        if _once(event, answer) == OK:
            return
        time.sleep(pause)
    heard = _once(event, answer)
    if heard != OK:
        raise NotAnswered(heard)


def _once(event: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """The received status, or the kind of error."""
    place = urlsplit(str(event["ResponseURL"]))
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.netloc, timeout=SECONDS)
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
    return {**{name: event[name] for name in FROM_THE_REQUEST}, "PhysicalResourceId": named}
