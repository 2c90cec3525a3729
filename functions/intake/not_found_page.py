"""The page at addresses that are no page: the public edge asks for it where it has no file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from casework.aws.http.api import Request, Response, respond_safely
from casework.aws.http.response_headers import SERVER_RENDERED_HEADERS

FILE: Final = Path(__file__).with_name("missing.json")
"""The page by language, and under no name the one in every language; written by `tools.site`, which
publishes the same as `404.html`."""


def wants_page(method: str) -> bool:
    """Whether the request is for a page: an unknown address takes no other request."""
    return method in {"GET", "HEAD"}


def not_found_response(
    request: Request, guard: Callable[[Request], None], context: Any
) -> Response:
    """404 with the page, for calls through the public edge; never raises."""

    def page() -> Response:
        guard(request)
        headers = {**SERVER_RENDERED_HEADERS, "Content-Type": "text/html; charset=utf-8"}
        pages: dict[str, str] = json.loads(FILE.read_bytes())
        language = request.path.split("/")[1]
        return Response(404, pages.get(language, pages[""]).encode(), headers)

    return respond_safely(request, page, context)
