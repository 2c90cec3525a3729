"""How large an answer may be, and as much of a list as it has room for.

A function answers at most 6 MB, the HTTP API passes on at most 10 MB: what is longer is no answer
at all. So every list that can grow is answered in pages, and pages are measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from pydantic import BaseModel

T = TypeVar("T", bound=BaseModel)

LARGEST_ANSWER: Final = 5_500_000
"""Bytes of a function's answer, with what the service adds."""


def weight(part: BaseModel) -> int:
    """The bytes of a part of an answer at most.

    The body of an answer is a text inside another JSON document, in which a quote has four bytes
    and, at worst, each UTF-16 unit of what is not ASCII has six.
    """
    return len(json.dumps(part.model_dump_json(exclude_none=True)))


def weight_of_page(markup: str) -> int:
    """The bytes of a part of a page at most: the page is the body of an answer."""
    return len(json.dumps(markup))


def fitting(parts: Iterable[T], room: int, weighed: Callable[[T], int] = weight) -> tuple[T, ...]:
    """The first of the parts that weigh no more than `room` together, and one at least."""
    taken: list[T] = []
    for part in parts:
        room -= weighed(part)
        if taken and room < 0:
            break
        taken.append(part)
    return tuple(taken)
