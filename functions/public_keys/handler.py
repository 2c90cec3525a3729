"""Tells CloudFormation the public half of a sealing key that it has made or replaced.

The answer becomes a setting of the functions that seal (docs/decisions/0036).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.aws.services import observe, public_keys, stack_answers
from casework.aws.services.faults import code_of
from casework.errors import error_name


def handle(event: dict[str, Any], context: object) -> None:
    """Answer one request; it is answered whatever happens. Raises NotAnswered where nobody hears.

    The event is never logged: see `casework.aws.services.stack_answers`.
    """
    del context
    stack_answers.send(event, answer(event))


def answer(event: Mapping[str, Any]) -> dict[str, Any]:
    """What CloudFormation is told: the public half of the key whose ARN stands under `Key`.

    The resource is named by its key, so that another key is another resource. There is nothing to
    delete.
    """
    if event["RequestType"] == "Delete":
        return stack_answers.succeeded(event, event["PhysicalResourceId"])
    try:
        key = str(event["ResourceProperties"]["Key"])
        return stack_answers.succeeded(event, key, PublicKey=public_keys.asked(key))
    except Exception as error:  # noqa: BLE001 - a deployment that hears nothing waits in vain
        observe.failure("public key not read", error)
        why = code_of(error) or error_name(error)
        return stack_answers.failed(event, f"The public half of the key could not be read: {why}")
