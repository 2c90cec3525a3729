"""The page at addresses that are no page: the public edge asks for it where it has no file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from casework.aws.http.http import Answer, Request, in_any_case
from casework.aws.http.pages import RENDERED

FILE: Final = Path(__file__).with_name("missing.json")
"""The page by language, and under no name the one in every language; written by `tools.site`, which
publishes the same as `404.html`."""


def serves(method: str) -> bool:
    """Whether the request is for a page: an unknown address takes no other request."""
    return method in {"GET", "HEAD"}


def answer(request: Request, guard: Callable[[Request], None], context: Any) -> Answer:
    """404 with the page, for calls through the public edge; never raises."""

    def page() -> Answer:
        guard(request)
        headers = {**RENDERED, "Content-Type": "text/html; charset=utf-8"}
        pages: dict[str, str] = json.loads(FILE.read_bytes())
        language = request.path.split("/")[1]
        return Answer(404, pages.get(language, pages[""]).encode(), headers)

    return in_any_case(request, page, context)
