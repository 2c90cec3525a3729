"""Answers that a client has already: an ETag of the content, and 304 for the same content again.

A list has no version of its own, so its tag is a digest of what it says. Seconds left are no part
of it: they change with every second, and follow from `due`, which is a part. A client that gets 304
counts them from `due` itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import BaseModel

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import Parameter

IF_NONE_MATCH_PARAMETER = Parameter(
    "If-None-Match",
    "header",
    "The ETag of the copy you have; 304 when it is still good.",
    {"type": "string"},
)
VOLATILE_FIELDS: Final = frozenset({"seconds_left"})
"""Fields that follow from another field and the time of the call."""
_DIGITS: Final = 32


def is_cached_by_client(request: Request, tag: str) -> bool:
    """Whether the client names this tag among those that it has.

    The public edge weakens the tag of an answer that it compresses; the content is the same.
    """
    return tag in request.headers.get("if-none-match", "")


def respond_if_modified(request: Request, answer: Response, basis: str = "") -> Response:
    """The answer with its ETag, or 304 without a body for a client that has it. `basis` is what the
    content depends on beside the body of the answer."""
    if answer.status != 200 or not isinstance(answer.body, BaseModel):
        return answer
    tag = content_etag(answer.body, basis)
    headers = {**answer.headers, "ETag": tag}
    return (
        Response(304, None, headers)
        if is_cached_by_client(request, tag)
        else replace(answer, headers=headers)
    )


def content_etag(body: BaseModel, basis: str = "") -> str:
    """The entity tag of a content: the same for the same content, whenever it is asked for."""
    said = _lasting(body.model_dump(mode="json", exclude_none=True))
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256((text + basis).encode()).hexdigest()[:_DIGITS]}"'


def _lasting(value: Any) -> Any:
    """The value without the fields that only count down."""
    if isinstance(value, Mapping):
        return {name: _lasting(each) for name, each in value.items() if name not in VOLATILE_FIELDS}
    if isinstance(value, (list, tuple)):
        return [_lasting(each) for each in value]
    return value
