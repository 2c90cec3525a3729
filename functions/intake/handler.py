"""The Lambda of reporters: the API under `/v1/`, the pages without JavaScript, and the page for
unknown addresses."""

from __future__ import annotations

from typing import Any

from casework.aws.http.api import request_from_event, to_lambda_response
from functions.intake import operations, write_confirmation


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The Lambda handler: the API under `/v1/`, the pages without JavaScript, and the page for
    unknown addresses."""
    return write_confirmation.answer_after_write(event, lambda: _handled(event, context))


def _handled(event: dict[str, Any], context: object) -> dict[str, Any]:
    if not event["rawPath"].startswith("/v1/"):
        from functions.intake import (  # most calls are of the API, and need no pages
            form_pages,
            not_found_page,
        )

        if form_pages.is_form_page(event["rawPath"]):
            return to_lambda_response(form_pages.form_response(request_from_event(event), context))
        if not_found_page.wants_page(event["requestContext"]["http"]["method"]):
            return to_lambda_response(
                not_found_page.not_found_response(
                    request_from_event(event), operations.guard, context
                )
            )
    return operations.api.handle(event, context)
