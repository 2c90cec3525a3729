"""Tells CloudFormation the public half of a sealing key that it has made or replaced.

The answer becomes a setting of the functions that seal (docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.aws.services import custom_resource, public_keys, telemetry
from casework.aws.services.service_errors import code_of
from casework.errors import error_name


def handle(event: dict[str, Any], context: object) -> None:
    """Answer one request; it is answered whatever happens. Raises ResponseNotDelivered where nobody
    hears.

    The event is never logged: see `casework.aws.services.custom_resource`.
    """
    del context
    custom_resource.send_response(event, public_key_answer(event))


def public_key_answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """What CloudFormation is told: the public half of the key whose ARN stands under `Key`.

    The resource is named by its key, so that another key is another resource. There is nothing to
    delete.
    """
    if event["RequestType"] == "Delete":
        return custom_resource.success_response(event, event["PhysicalResourceId"])
    try:
        key = str(event["ResourceProperties"]["Key"])
        return custom_resource.success_response(
            event, key, PublicKey=public_keys.fetch_public_key(key)
        )
    except Exception as error:  # noqa: BLE001 - a deployment that hears nothing waits in vain
        telemetry.log_failure("public key not read", error)
        why = code_of(error) or error_name(error)
        return custom_resource.failure_response(
            event, f"The public half of the key could not be read: {why}"
        )
