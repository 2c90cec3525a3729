"""The Lambda of reporters: the API under `/v1/`, the pages without JavaScript, and the page for
unknown addresses."""

from __future__ import annotations

from typing import Any

from casework.aws.http.http import answered, request_of
from functions.intake import keeping, operations


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The Lambda handler: the API under `/v1/`, the pages without JavaScript, and the page for
    unknown addresses."""
    return keeping.answer(event, lambda: _handled(event, context))


def _handled(event: dict[str, Any], context: object) -> dict[str, Any]:
    if not event["rawPath"].startswith("/v1/"):
        from functions.intake import form, missing  # most calls are of the API, and need no pages

        if form.serves(event["rawPath"]):
            return answered(form.answer(request_of(event), context))
        if missing.serves(event["requestContext"]["http"]["method"]):
            return answered(missing.answer(request_of(event), operations.guard, context))
    return operations.api.handle(event, context)
