"""The lists that a reporter follows, in pages: the latest first, older ones page by page.

Each list of an answer has its own limit of bytes, and a page of the form is a page of the API. So
an entry counts with its size in JSON or in HTML, whichever is larger. A cursor says how many
entries of each list are older than the page. They are counted from the oldest, so that new entries
move no place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar

from casework.aws.http import cursors
from casework.aws.services.response_sizes import html_bytes, json_bytes, take_while_fits
from casework.report.followup import AddedView
from functions.intake.answers import Post, Progress, ReferenceEntry
from functions.intake.follow_page import isolate_text

T = TypeVar("T", ReferenceEntry, Post, AddedView)

FOLLOW_UP_CURSOR_LIST: Final = "follow"
PROGRESS_BUDGETS_BYTES: Final = {"timeline": 250_000, "messages": 500_000, "additions": 2_000_000}
"""Bytes of each list on a page; together with the largest entry of each far below the largest
answer of a function, and small enough for a telephone."""
_PLACES: Final = re.compile(r"[0-9]{1,6}(?:-[0-9]{1,6}){2}")


def page_progress(progress: Progress, cursor: str | None) -> Progress:
    """The latest page, or the page before the one of the cursor.

    Raises NotValid for a cursor of another list.
    """
    lists = {name: getattr(progress, name) for name in PROGRESS_BUDGETS_BYTES}
    ends = {name: len(entries) for name, entries in lists.items()}
    if cursor is not None:
        _, places = cursors.decode_cursor(cursor, (FOLLOW_UP_CURSOR_LIST,), _PLACES)
        ends = dict(zip(PROGRESS_BUDGETS_BYTES, map(int, places.split("-")), strict=True))
    shown = {
        name: _latest(entries[: ends[name]], PROGRESS_BUDGETS_BYTES[name])
        for name, entries in lists.items()
    }
    left = {
        name: min(ends[name], len(lists[name])) - len(shown[name])
        for name in PROGRESS_BUDGETS_BYTES
    }
    more = (
        cursors.encode_cursor(FOLLOW_UP_CURSOR_LIST, "-".join(map(str, left.values())))
        if any(left.values())
        else None
    )
    return progress.model_copy(update={**shown, "cursor": more})


def _latest(entries: Sequence[T], room: int) -> tuple[T, ...]:
    """As many of the last entries as there is room for, oldest first."""
    return take_while_fits(reversed(entries), room, _sent)[::-1]


def _sent(entry: ReferenceEntry | Post | AddedView) -> int:
    """The bytes of an entry where it is longest."""
    return max(json_bytes(entry), html_bytes(isolate_text(entry.text)))
