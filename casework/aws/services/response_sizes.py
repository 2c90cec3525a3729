"""The largest answer, and the part of a list that fits into it.

A function answers at most 6 MB, and the HTTP API passes at most 10 MB; a longer answer is lost. So
every growing list is answered in pages, and pages are measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from pydantic import BaseModel

T = TypeVar("T", bound=BaseModel)

MAX_RESPONSE_BYTES: Final = 5_500_000
"""Bytes of a function's answer, with what the service adds."""


def json_bytes(part: BaseModel) -> int:
    """The most bytes of a part of an answer.

    The body of an answer is a text inside another JSON document. There a quote takes four bytes
    and, at worst, each UTF-16 unit outside ASCII takes six.
    """
    return len(json.dumps(part.model_dump_json(exclude_none=True)))


def html_bytes(markup: str) -> int:
    """The most bytes of a part of a page: the page is the body of an answer."""
    return len(json.dumps(markup))


def take_while_fits(
    parts: Iterable[T], room: int, weighed: Callable[[T], int] = json_bytes
) -> tuple[T, ...]:
    """The first of the parts that together weigh at most `room`, and at least one."""
    fitting: list[T] = []
    for part in parts:
        room -= weighed(part)
        if fitting and room < 0:
            break
        fitting.append(part)
    return tuple(fitting)
